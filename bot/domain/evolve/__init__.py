"""The fold: how each event changes an incident. Total over every event ever stored; refuses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

from bot.domain import events as e
from bot.domain.evolve import (
    archiving,
    communication,
    course,
    documents,
    handoff,
    impact,
    outside,
    paging,
    people,
    presence,
    publishing,
    quiet,
    record,
    regulatory,
    relations,
    staffing,
    updates,
    venue,
)
from bot.domain.model import Actor, ActorKind, Incident
from bot.domain.replacing import replace

_GROUPS: Final[tuple[Callable[[Incident, e.Recorded], Incident | None], ...]] = (
    course.details,
    people.people,
    updates.updates,
    record.record,
    course.endings,
    outside.outside,
    documents.documents,
    impact.impact,
    regulatory.regulatory,
    paging.paging,
    staffing.staffing,
    handoff.handoff,
    presence.presence,
    venue.venue,
    relations.relations,
    publishing.publishing,
    archiving.archiving,
    quiet.quiet,
)


def fold(log: Iterable[e.Recorded]) -> Incident:
    """Fold a whole log, which begins with `IncidentDeclared`."""
    incident: Incident | None = None
    for recorded in log:
        incident = apply(incident, recorded)
    if incident is None:
        raise ValueError("an empty log is no incident")
    return incident


def steps(log: Iterable[e.Recorded]) -> Iterator[tuple[e.Recorded, Incident]]:
    """Return each event of a whole log with the incident after it."""
    incident: Incident | None = None
    for recorded in log:
        incident = apply(incident, recorded)
        yield recorded, incident


def foresee(incident: Incident | None, events: Iterable[e.Event], actor: Actor, now: datetime) -> Incident:
    """Return what the incident would be after events that are not recorded yet; None before its first one."""
    for event in events:
        seq = 1 if incident is None else incident.seq + 1
        incident = apply(incident, e.Recorded(seq, event, actor, now))
    if incident is None:
        raise ValueError("no events are no incident")
    return incident


def apply(incident: Incident | None, recorded: e.Recorded) -> Incident:
    """Return the incident after `recorded`; the first event of a log, and no other, is `IncidentDeclared`."""
    event = recorded.event
    if isinstance(event, e.IncidentDeclared):
        return course.declared(event, recorded)
    if incident is None:
        raise ValueError(f"a log cannot begin with {type(event).__name__}")
    changed = _change(incident, recorded)
    human = recorded.at if recorded.actor.kind is ActorKind.PERSON else incident.human_at
    watch = presence.watched(incident, changed, recorded)
    told = communication.tallied(incident, changed, recorded)
    return replace(changed, seq=recorded.seq, human_at=human, watch=watch, told=told)


def _change(incident: Incident, recorded: e.Recorded) -> Incident:
    for group in _GROUPS:
        changed = group(incident, recorded)
        if changed is not None:
            return changed
    return incident
