"""Reminders: which step of the ladder is taken now. Each condition is looked at again when the timer fires."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.domain import cadence, rungs
from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain.decisions import paging
from bot.domain.decisions.moment import Moment
from bot.domain.evolve import foresee
from bot.domain.ladder import PAGE, ROOM
from bot.domain.model import Absence, Incident
from bot.domain.rungs import Rung

LATE_AFTER: Final = timedelta(seconds=60)
"""Firebell owes nobody an explanation for a reminder that comes later than it should by less than this."""


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.RescheduleReminders():
            rung = rungs.next_rung(incident, moment.policy)
            return (e.RemindersRescheduled(rung.at if rung else None),)
        case c.RecordOutcome(effect=f.ReadRoom(), facts=f.RoomHeard(spoken_at=spoken_at)):
            return looked(incident, spoken_at, moment)
    return None


def remind(incident: Incident, command: c.FireTimer, moment: Moment) -> tuple[e.Event, ...]:
    """Take the step that is due; after downtime one catch-up stands for every step that was missed."""
    policy, now = moment.policy, moment.now
    following, due = rungs.next_rung(incident, policy), incident.clock.due_at
    if following is None or due is None:
        return ()
    away = _absence(incident, command, now)
    rung = (rungs.catch_up if away else rungs.current_rung)(incident, policy, now)
    if rung is None:
        return (e.ReminderDeferred(following.at, heard=following.recipients == PAGE),)
    wait = cadence.deferred_until(incident, policy, now)
    if wait is not None and wait > now:
        return (e.ReminderDeferred(wait),)
    if rung.recipients != PAGE:
        if away:
            return (_sent(incident, rung, moment, away=away if rung.step > 0 else None),)
        return tuple(_sent(incident, one, moment) for one in rungs.at_once(incident, policy, rung))
    paged = page(incident, rung, moment)
    silent = rungs.pages_after(incident, policy)
    asks = any(isinstance(event, e.PageRequested) for event in paged)
    return (e.RoomLookWanted(now - policy.span(silent)),) if asks and silent and _unread(incident, rung) else paged


def page(incident: Incident, rung: Rung, moment: Moment) -> tuple[e.Event, ...]:
    """Page whoever is on call; where nobody can be, or somebody is already, the room is told instead."""
    asked = paging.by_itself(incident, _reason(incident, moment), moment)
    if isinstance(asked, str):
        return (_sent(incident, rung, moment, page=asked),)
    return (_sent(incident, rung, moment, page="requested"), asked)


def looked(incident: Incident, spoken_at: datetime | None, moment: Moment) -> tuple[e.Event, ...]:
    """The room was read: page now, unless somebody writes there. An answer that comes too late is dropped."""
    if incident.clock.asked_at is None or incident.clock.due_at is None:
        return ()
    found = (e.RoomLookedAt(spoken_at),)
    after = foresee(incident, found, moment.actor, moment.now)
    rung = rungs.current_rung(after, moment.policy, moment.now)
    return (*found, *page(after, rung, moment)) if rung is not None and rung.recipients == PAGE else found


def _sent(
    incident: Incident, rung: Rung, moment: Moment, *, away: Absence | None = None, page: str = ""
) -> e.ReminderSent:
    due = incident.clock.due_at or rung.at
    to_room = page not in ("", "requested")
    return e.ReminderSent(
        step=rung.step,
        due_at=due,
        recipients=ROOM if to_room else rung.recipients,
        late_minutes=max(0, int((moment.now - due).total_seconds() // 60)),
        missed=cadence.missed_count(incident, moment.policy, moment.now),
        draft=cadence.draft(incident, moment.policy) if rung.step <= 1 else "",
        away=away,
        users=rung.users,
        again=rung.again or to_room,
        page=page,
    )


def _unread(incident: Incident, rung: Rung) -> bool:
    """Whether the room must be read before a page: what people only write there, nothing else has told."""
    asked = incident.clock.asked_at
    return incident.room is not None and (asked is None or asked < rung.at)


def _reason(incident: Incident, moment: Moment) -> str:
    due = incident.clock.due_at or moment.now
    silent = rungs.pages_after(incident, moment.policy)
    heard = f", and nobody has written for {silent // timedelta(minutes=1)} minutes" if silent else ""
    return f"{paging.MISSING_UPDATE} at {due:%H:%M} UTC and has not come{heard}"


def _absence(incident: Incident, command: c.FireTimer, now: datetime) -> Absence | None:
    """Return the absence that kept this reminder back, without what people were told of before; None for no such."""
    away, told = command.away, incident.clock.caught_up
    if away is None or now - command.due_at <= LATE_AFTER:
        return None
    since = max(away.since, told) if told else away.since
    return Absence(since, away.until) if since <= command.due_at < away.until else None
