"""What follows from updates, and from the reminders that they answer."""

from __future__ import annotations

from datetime import datetime

from bot.domain import cadence, ladder, reaction, rungs
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import Incident, Status
from bot.domain.policy import Policy
from bot.domain.presence import oncall_groups
from bot.domain.react.telling import arm_update, cards, to_room, to_summary
from bot.domain.reaction import Arm, Reaction

REMINDER = "reminder:"


def updates(incident: Incident, event: e.Event, by: str, policy: Policy) -> tuple[Reaction, ...]:
    """Publish an update, or edit the copies of a corrected one."""
    follows = (*cards(incident), *arm_update(incident, policy))
    match event:
        case e.UpdatePosted(number=number, status=status, announce=announce):
            slot, notice = f"update:{number}", n.UpdatePublished(number)
            room = () if status is Status.RESOLVED else to_room(incident, notice, f"{slot}:room")
            told = f.TellAudience("stakeholders", notice, slot, by=by)
            return (*room, *to_summary(incident, notice, broadcast=announce, slot=f"{slot}:summary"), told, *follows)
        case e.UpdateCorrected(number=number):
            copies = [slot for slot in incident.messages if _is_copy(slot, number, incident)]
            mailed = f.TellAudience("mailed", n.UpdatePublished(number), by=by)
            return (*(f.EditMessage(slot, n.UpdatePublished(number)) for slot in copies), mailed, *cards(incident))
    return follows


def _is_copy(slot: str, number: int, incident: Incident) -> bool:
    """Whether a message says an update and its reader is to know what became of it."""
    what, _, rest = slot.partition(":")
    which, _, where = rest.partition(":")
    return what == "update" and which == str(number) and where.partition(":")[0] not in incident.left


def reminders(incident: Incident, recorded: e.Recorded, policy: Policy) -> tuple[Reaction, ...]:
    """Remind, or wait as long as somebody chose."""
    match recorded.event:
        case e.ReminderDeferred(until=until):
            rung = rungs.next_rung(incident, policy)
            return (*cards(incident), Arm(reaction.UPDATE, until, rung.step if rung else 0))
        case e.ReminderSent() as sent:
            return (*_remind(incident, sent, recorded.seq, policy), *cards(incident), *arm_update(incident, policy))
        case e.RoomLookWanted(since=since):
            rung = rungs.next_rung(incident, policy)
            patience = recorded.at + policy.span(rungs.LOOK_PATIENCE)
            return (f.ReadRoom(since), Arm(reaction.UPDATE, patience, rung.step if rung else 0))
        case e.RoomLookedAt():
            return arm_update(incident, policy)
    return (*cards(incident), *arm_update(incident, policy))


def heard(before: Incident | None, after: Incident, policy: Policy) -> tuple[Reaction, ...]:
    """Put off a page while people are at work: the silence that it waits for begins anew with whatever they do."""
    if before is None or after.clock.reminded_at is None or before.human_at == after.human_at:
        return ()
    old, new = rungs.next_rung(before, policy), rungs.next_rung(after, policy)
    moved = old is not None and new is not None and ladder.PAGE in (old.recipients, new.recipients) and old.at != new.at
    return arm_update(after, policy) if moved else ()


def left(before: Incident | None, after: Incident, policy: Policy) -> tuple[Reaction, ...]:
    """Move the timer when a step loses the last of its people, or finds one, since who left is told nothing more."""
    if before is None or before.left == after.left:
        return ()
    old, new = (rung and (rung.at, rung.step) for rung in (rungs.next_rung(it, policy) for it in (before, after)))
    return arm_update(after, policy) if old != new else ()


def reminder_slots(incident: Incident) -> str:
    """How the slots of the reminders begin that the next update or "no change" answers."""
    return f"{REMINDER}{len(incident.updates)}.{incident.clock.unchanged_in_row}:"


def answered(before: Incident | None, event: e.Event, at: datetime) -> tuple[Reaction, ...]:
    """Edit what asked for this answer to one line, so that no button goes on asking."""
    if before is None or isinstance(event, e.UpdateCorrected):
        return ()
    notice = n.ReminderAnswered(event.number if isinstance(event, e.UpdatePosted) else 0, at)
    asked = reminder_slots(before)
    return tuple(f.EditMessage(slot, notice) for slot in before.messages if slot.startswith(asked))


def placed_late(incident: Incident, slot: str) -> tuple[Reaction, ...]:
    """A reminder that was still on its way when it was answered is edited as soon as it stands."""
    if slot.startswith(reminder_slots(incident)) or not incident.is_open:
        return ()
    latest = incident.latest_update
    if incident.clock.unchanged_in_row:
        return (f.EditMessage(slot, n.ReminderAnswered(0, incident.clock.restarted_at)),)
    return (f.EditMessage(slot, n.ReminderAnswered(latest.number, latest.at)),) if latest else ()


def _remind(incident: Incident, sent: e.ReminderSent, seq: int, policy: Policy) -> tuple[Reaction, ...]:
    slot = f"{reminder_slots(incident)}{seq}"
    if sent.step == 0:
        return tuple(f.DirectMessage(user, n.UpdateHeadsUp(sent.due_at, sent.draft), slot) for user in sent.users)
    notice = n.UpdateDue(
        sent.due_at,
        sent.late_minutes,
        sent.step,
        sent.draft,
        sent.away,
        to=sent.recipients,
        again=sent.again,
        unpaged=sent.page,
    )
    match sent.recipients:
        case ladder.PAGE:
            return ()
        case ladder.ROOM:
            return (f.PostMessage("room", notice, slot),)
        case ladder.ON_CALL:
            known = tuple(filter(None, (cadence.owner(incident), *cadence.leaders(incident))))
            groups = oncall_groups(incident, policy)
            return (f.TellAudience("oncall", notice, slot, leave_out=tuple(dict.fromkeys(known)), groups=groups),)
        case ladder.OWNER:
            return tuple(f.DirectMessage(user, notice, slot) for user in sent.users)
    return tuple(f.DirectMessage(user, notice, f"{slot}:{user}") for user in sent.users)
