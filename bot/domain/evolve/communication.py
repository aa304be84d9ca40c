"""How well people are kept informed: each event moves the tally."""

from __future__ import annotations

from datetime import timedelta

from bot.domain import events as e
from bot.domain.communication import GRACE, Reach, Tally, late_since
from bot.domain.model import Incident
from bot.domain.replacing import replace

_ENDINGS = (e.IncidentResolved, e.IncidentCancelled, e.IncidentClosed, e.IncidentMerged)


def tallied(before: Incident, after: Incident, recorded: e.Recorded) -> Tally:
    """Return the tally after an event, given the incident before and after it."""
    tally, at, event = before.told, recorded.at, recorded.event
    tally = _noted(tally, before, event)
    owed = before.clock.due_at
    if owed is not None and isinstance(event, e.UpdatePosted | e.UnchangedConfirmed):
        since = late_since(tally, owed, before.clock.snoozed_until)
        late = since is not None and at - since >= GRACE
        tally = replace(tally, answered=tally.answered + 1, late=tally.late + late)
    if after.clock.due_at != owed:
        tally = tally.after_silence(owed, before.clock.snoozed_until, at)
    if isinstance(event, e.UpdatePosted):
        tally = tally.after_word(at)
        tally = replace(tally, reached=(*tally.reached, Reach(event.number)))
    if isinstance(event, _ENDINGS) and before.is_open:
        tally = tally.after_word(at, last=True)
    elif after.is_open and not before.is_open:
        tally = replace(tally, heard_at=at)
    return tally


def _noted(tally: Tally, before: Incident, event: e.Event) -> Tally:
    """What reminders and deliveries said by the way."""
    match event:
        case e.ReminderDeferred(until=until, heard=False):
            return replace(tally, postponed=until)
        case e.ReminderSent(step=step, recipients=recipients, page=page, away=away) if step > 0:
            tally = tally.after_step("page" if page == "requested" else recipients)
            due = late_since(tally, before.clock.due_at, before.clock.snoozed_until)
            if away is None or due is None:
                return tally
            missed = max(away.until - max(away.since, due), timedelta())
            return replace(tally, absent=tally.absent + missed)
        case e.UpdateReached(number=number, people=people, mailed=mailed):
            reached = (Reach(number, people, mailed) if one.number == number else one for one in tally.reached)
            return replace(tally, reached=tuple(reached))
    return tally
