"""What follows from updates, and from the reminders that they answer."""

from __future__ import annotations

from datetime import datetime

from bot.domain import cadence, reaction
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import Incident, Status
from bot.domain.policy import Policy
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


def reminders(incident: Incident, event: e.Event, seq: int, policy: Policy) -> tuple[Reaction, ...]:
    """Remind, or wait as long as somebody chose."""
    match event:
        case e.ReminderDeferred(until=until):
            rung = cadence.next_rung(incident, policy)
            return (*cards(incident), Arm(reaction.UPDATE, until, rung.step if rung else 0))
        case e.ReminderSent() as sent:
            return (*_remind(incident, sent, seq), *cards(incident), *arm_update(incident, policy))
    return (*cards(incident), *arm_update(incident, policy))


def _reminder_slots(incident: Incident) -> str:
    """How the slots of the reminders begin that the next update or "no change" answers."""
    return f"{REMINDER}{len(incident.updates)}.{incident.clock.unchanged_in_row}:"


def answered(before: Incident | None, event: e.Event, at: datetime) -> tuple[Reaction, ...]:
    """Edit what asked for this answer to one line, so that no button goes on asking."""
    if before is None or isinstance(event, e.UpdateCorrected):
        return ()
    notice = n.ReminderAnswered(event.number if isinstance(event, e.UpdatePosted) else 0, at)
    asked = _reminder_slots(before)
    return tuple(f.EditMessage(slot, notice) for slot in before.messages if slot.startswith(asked))


def placed_late(incident: Incident, slot: str) -> tuple[Reaction, ...]:
    """A reminder that was still on its way when it was answered is edited as soon as it stands."""
    if slot.startswith(_reminder_slots(incident)) or not incident.is_open:
        return ()
    latest = incident.latest_update
    if incident.clock.unchanged_in_row:
        return (f.EditMessage(slot, n.ReminderAnswered(0, incident.clock.restarted_at)),)
    return (f.EditMessage(slot, n.ReminderAnswered(latest.number, latest.at)),) if latest else ()


def _remind(incident: Incident, sent: e.ReminderSent, seq: int) -> tuple[Reaction, ...]:
    slot = _reminder_slots(incident)
    notice: n.Notice = n.UpdateDue(sent.due_at, sent.late_minutes, sent.step, sent.draft, sent.away)
    if sent.step == 0:
        notice = n.UpdateHeadsUp(sent.due_at, sent.draft)
    if sent.recipients == cadence.ROOM:
        return (f.PostMessage("room", notice, f"{slot}{seq}"),)
    person = cadence.owner(incident)
    if sent.recipients == cadence.OWNER:
        return (f.DirectMessage(person, notice, f"{slot}{seq}"),) if person else ()
    leaders = [leader for leader in cadence.leaders(incident) if leader != person]
    return tuple(f.DirectMessage(leader, notice, f"{slot}{seq}:{leader}") for leader in leaders)
