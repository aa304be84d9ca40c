"""What an incident is to others."""

from __future__ import annotations

from datetime import datetime

from bot.domain import events as e
from bot.domain.model import Clock, Incident, Status
from bot.domain.relations import Other, Part, Tie
from bot.domain.replacing import replace


def relations(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """Links and merges; an incident that is one of its own again is like a reopened one."""
    at = recorded.at
    match recorded.event:
        case e.IncidentLinked(relation=relation, other=other):
            return replace(incident, ties=(*_without(incident, other), Tie(relation, other)))
        case e.IncidentUnlinked(other=other):
            return replace(incident, ties=_without(incident, other))
        case e.IncidentMerged(into=into, reason=reason):
            return _merged(incident, into, reason, at)
        case e.IncidentAbsorbed() as event:
            return _absorbed(incident, event, at)
        case e.IncidentUnmerged(reason=reason, due_at=due_at):
            return replace(
                incident,
                status=Status.INVESTIGATING,
                status_reason=reason,
                merged_into=None,
                whole_over_at=None,
                closed_at=None,
                reopened_at=at,
                clock=Clock(restarted_at=at, due_at=due_at),
                shifts=incident.shifts.anew(at),
                room=incident.room.needed_again() if incident.room else None,
            )
        case e.PartReleased(part=part, followers=followers, services=services, staying=staying):
            return replace(
                incident,
                services=tuple(key for key in incident.services if key not in services),
                parts=tuple(one for one in incident.parts if one.other.id != part.id),
                followers=tuple(user for user in incident.followers if user not in followers),
                lingering=tuple(dict.fromkeys((*incident.lingering, *staying))),
            )
        case e.PeopleTakenOut(users=users):
            return replace(
                incident,
                lingering=tuple(user for user in incident.lingering if user not in users),
                joined=tuple(user for user in incident.joined if user not in users),
                left=tuple(dict.fromkeys((*incident.left, *users))),
            )
    return None


def _absorbed(incident: Incident, event: e.IncidentAbsorbed, at: datetime) -> Incident:
    people = (*event.people, *event.shared)
    part = Part(event.part, at, event.followers, event.services, event.within, people)
    return replace(
        incident,
        parts=(*incident.parts, part),
        followers=tuple(dict.fromkeys((*incident.followers, *event.followers))),
        services=tuple(dict.fromkeys((*incident.services, *event.services))),
        lingering=tuple(user for user in incident.lingering if user not in people),
    )


def _merged(incident: Incident, into: Other, reason: str, at: datetime) -> Incident:
    stopped = replace(incident.clock, due_at=None, snoozed_until=None)
    return replace(incident, status=Status.MERGED, status_reason=reason, merged_into=into, closed_at=at, clock=stopped)


def _without(incident: Incident, other: Other) -> tuple[Tie, ...]:
    return tuple(tie for tie in incident.ties if tie.other.id != other.id)
