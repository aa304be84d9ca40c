"""The one gate: a command becomes events or is refused. Pure: time, actor, rules and identity come in `Moment`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.domain import commands as c
from bot.domain.decisions import (
    archiving,
    documents,
    handoff,
    impact,
    lifecycle,
    outcomes,
    paging,
    people,
    presence,
    publishing,
    quiet,
    regulatory,
    relations,
    reminders,
    staffing,
    timeline,
    timers,
    updates,
)
from bot.domain.decisions.moment import Moment
from bot.domain.events import Event
from bot.domain.model import Incident
from bot.domain.refusal import Refused

__all__ = ["Moment", "decide"]

_SUBJECTS: Final[tuple[Callable[[Incident, c.Command, Moment], tuple[Event, ...] | None], ...]] = (
    archiving.decide,
    lifecycle.decide,
    people.decide,
    handoff.decide,
    presence.decide,
    staffing.decide,
    updates.decide,
    timeline.decide,
    documents.decide,
    impact.decide,
    reminders.decide,
    quiet.decide,
    timers.decide,
    paging.decide,
    publishing.decide,
    relations.decide,
    outcomes.decide,
    regulatory.decide,
)


def decide(incident: Incident | None, command: c.Command, moment: Moment) -> tuple[Event, ...]:
    """Return what happens when `command` is given now; an empty tuple means it was true already.

    Raises `Refused` when it may not be, and ValueError when a first command other than `Declare` is given.
    """
    events = _decide(incident, command, moment)
    events = (*events, *handoff.follow(incident, events, moment))
    return (*events, *regulatory.follow(incident, events, moment), *paging.follow(incident, events, moment))


def _decide(incident: Incident | None, command: c.Command, moment: Moment) -> tuple[Event, ...]:
    if isinstance(command, c.Declare):
        return lifecycle.declare(command, moment)
    if incident is None:
        raise Refused("no_incident", "There is no such incident.", "Check the number, or run `list`.")
    for subject in _SUBJECTS:
        events = subject(incident, command, moment)
        if events is not None:
            return events
    raise ValueError(f"no decision for {type(command).__name__}")
