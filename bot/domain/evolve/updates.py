"""Updates, and what the cadence needs to know."""

from __future__ import annotations

from datetime import datetime

from bot.domain import events as e
from bot.domain.model import Clock, Incident, Update
from bot.domain.replacing import replace


def updates(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """An update and "no change" restart the clock; reminders move it on."""
    at, clock = recorded.at, incident.clock
    match recorded.event:
        case e.UpdatePosted() as posted:
            update = Update(
                number=posted.number,
                by=recorded.actor.id,
                at=at,
                headline=posted.headline,
                impact=posted.impact,
                doing=posted.doing,
                next=posted.next,
                next_at=posted.next_at,
                status=posted.status,
                severity=posted.severity,
                estimate=posted.estimate,
                confidence=posted.confidence,
            )
            return replace(
                incident,
                updates=(*incident.updates, update),
                clock=Clock(restarted_at=at, due_at=posted.due_at),
                recent=(),
                unchanged_since=None,
                acknowledged_at=incident.acknowledged_at or at,
            )
        case e.UpdateCorrected() as corrected:
            return replace(incident, updates=tuple(_corrected(one, corrected, at) for one in incident.updates))
        case e.UpdateReached():
            return incident
        case e.UnchangedConfirmed(since=since, due_at=due_at):
            fresh = Clock(restarted_at=at, due_at=due_at, unchanged_in_row=clock.unchanged_in_row + 1)
            return replace(incident, clock=fresh, unchanged_since=since)
    moved = _reminded(clock, recorded)
    return replace(incident, clock=moved) if moved is not None else None


def _reminded(clock: Clock, recorded: e.Recorded) -> Clock | None:
    match recorded.event:
        case e.ReminderSent(step=step, missed=missed, away=away, page=page):
            told = away.until if away else clock.caught_up
            sent = replace(clock, step=step + 1, missed=max(clock.missed, missed), caught_up=told)
            return replace(sent, reminded_at=recorded.at, deferred_until=None, paged=clock.paged or page != "")
        case e.ReminderDeferred(until=until):
            return replace(clock, deferred_until=until)
        case e.CadenceChanged(due_at=due_at):
            anew = replace(clock, due_at=due_at, snoozed_until=None, step=0)
            return replace(anew, reminded_at=None, deferred_until=None, paged=False)
        case e.ReminderSnoozed(until=until):
            return replace(clock, snoozed_until=until, step=1)
        case e.RoomLookWanted():
            return replace(clock, asked_at=recorded.at)
        case e.RoomLookedAt(spoken_at=spoken_at):
            return replace(clock, spoken_at=spoken_at or clock.spoken_at)
        case e.RemindersRescheduled():
            return replace(clock, deferred_until=None)
    return None


def _corrected(update: Update, corrected: e.UpdateCorrected, at: datetime) -> Update:
    if update.number != corrected.number:
        return update
    return replace(
        update,
        headline=corrected.headline,
        impact=corrected.impact,
        doing=corrected.doing,
        next=corrected.next,
        estimate=corrected.estimate,
        confidence=corrected.confidence,
        corrected_at=at,
    )
