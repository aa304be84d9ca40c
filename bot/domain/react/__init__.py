"""What follows from what: the only place that turns events into effects and timers."""

from __future__ import annotations

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.react import (
    archiving,
    asked,
    course,
    declaring,
    documents,
    handoff,
    impact,
    outside,
    paging,
    people,
    presence,
    publishing,
    quiet,
    regulatory,
    relations,
    staffing,
    updates,
    venue,
)
from bot.domain.react.rehearsal import rehearsed
from bot.domain.react.telling import card, cards
from bot.domain.reaction import Disarm, Reaction, Retry


def react(before: Incident | None, after: Incident, recorded: e.Recorded, policy: Policy) -> tuple[Reaction, ...]:
    """Return what follows from one event, given the incident before and after it.

    Whoever left the room of a private incident is told nothing more about it.
    """
    found = (
        *archiving.reopened(after, recorded.event),
        *_all_that_follows(before, after, recorded, policy),
        *regulatory.regulatory(after, recorded.event, policy),
        *paging.paging(after, recorded.event),
        *handoff.handoff(after, recorded.event, policy),
        *presence.presence(before, after, recorded, policy),
        *updates.heard(before, after, policy),
        *updates.left(before, after, policy),
        *relations.relations(after, recorded, policy),
        *relations.lingering(before, after, recorded.event),
        *asked.asked(before, after, recorded),
        *publishing.publishing(after, recorded.event, policy),
        *archiving.archiving(before, after, recorded.event, policy),
        *quiet.quiet(before, after, recorded, policy),
    )
    found = (*found, *venue.venue(before, after, recorded.event, found, policy))
    kept = rehearsed(after, found)
    return tuple(one for one in kept if not (isinstance(one, f.DirectMessage) and one.user in after.left))


def _all_that_follows(
    before: Incident | None, after: Incident, recorded: e.Recorded, policy: Policy
) -> tuple[Reaction, ...]:
    by = recorded.actor.id
    match recorded.event:
        case e.IncidentDeclared():
            return (*declaring.set_up(after, policy), *declaring.declared_timers(after, policy))
        case e.DetailsEdited():
            return (*cards(after), f.SetTopic())
        case e.SeverityChanged() as moved:
            return course.severity_moved(after, moved, by, policy)
        case e.SeverityConfirmed():
            return (*cards(after), Disarm(reaction.CONFIRM_SEVERITY))
        case e.SeverityAsked(severity=severity):
            return (f.DirectMessage(after.declared_by, n.SeverityQuestion(severity), asked.SEVERITY),)
        case e.StatusChanged() as changed:
            return course.status_moved(after, changed, by)
        case e.RoleAssigned() | e.RoleReleased() | e.CommanderMissing() | e.Followed() | e.Unfollowed() as event:
            return people.people(after, event, recorded, policy)
        case e.UpdatePosted() | e.UpdateCorrected() | e.UnchangedConfirmed() as event:
            return (*updates.answered(before, event, recorded.at), *updates.updates(after, event, by, policy))
        case e.ReminderSent() | e.ReminderDeferred() | e.ReminderSnoozed() | e.CadenceChanged():
            return updates.reminders(after, recorded, policy)
        case e.RoomLookWanted() | e.RoomLookedAt() | e.RemindersRescheduled():
            return updates.reminders(after, recorded, policy)
        case e.PinRequested(channel=channel, ts=ts, thread_ts=thread_ts):
            known = before is not None and before.pinned_by(channel, ts)
            return () if known else (f.FetchMessage(channel, ts, thread_ts, by),)
        case e.PinFailed(channel=channel, ts=ts, why=why) if before is not None:
            return tuple(f.DirectMessage(user, n.PinGone(why)) for user in before.pinned_by(channel, ts))
        case e.IncidentResolved() | e.IncidentReopened() | e.IncidentCancelled() | e.IncidentClosed() as event:
            return course.endings(after, event, by, policy)
        case e.EffectFailed() as failed:
            return outside.trouble(before, after, failed)
        case e.EffectRetried(effect_id=effect_id):
            return (Retry(effect_id), *cards(after))
        case e.StaffingAccepted() as accepted:
            return staffing.accepted(after, accepted, recorded.at, policy)
        case e.ImpactSet() | e.SafetyDeclared() | e.SafetyWithdrawn() | e.OverrideSet() | e.OverrideEnded():
            return impact.impact(before, after, recorded)
        case e.RoomOpened():
            return cards(after)
        case e.MessagePlaced(slot=slot) if slot.startswith(updates.REMINDER):
            return updates.placed_late(after, slot)
        case e.MessagePlaced(slot=slot):
            return cards(after) if slot in (f.CARD, f.SUMMARY_CARD) else ()
        case e.SetupStepDone():
            return card(after)
        case _:
            return documents.evidence(before, after, recorded.event)
