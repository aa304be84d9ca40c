"""Roles, followers, and who is in the room."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.evolve.parts import with_item, without
from bot.domain.model import Incident
from bot.domain.replacing import replace


def people(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """Whoever is given a role, follows or enters has not left."""
    match recorded.event:
        case e.RoleAssigned(role=role, user=user, replaced=replaced):
            holders = tuple(person for person in incident.roles.get(role, ()) if person not in (user, replaced))
            roles = with_item(incident.roles, role, (*holders, user))
            shifts = incident.shifts.taken(role, user, replaced, recorded.at)
            changed = replace(incident, roles=roles, left=without(incident.left, user), shifts=shifts)
            return replace(changed, acknowledged_at=incident.acknowledged_at or recorded.at)
        case e.RoleReleased(role=role, user=user):
            holders = tuple(person for person in incident.roles.get(role, ()) if person != user)
            shifts = incident.shifts.left(role, user, recorded.at)
            return replace(incident, roles=with_item(incident.roles, role, holders), shifts=shifts)
        case e.Followed(user=user):
            followers = (*without(incident.followers, user), user)
            parts = tuple(replace(one, followers=without(one.followers, user)) for one in incident.parts)
            return replace(incident, followers=followers, parts=parts, left=without(incident.left, user))
        case e.Unfollowed(user=user):
            return replace(incident, followers=without(incident.followers, user))
        case e.PersonEntered(user=user):
            joined = (*without(incident.joined, user), user)
            return replace(incident, joined=joined, left=without(incident.left, user))
        case e.PersonLeft(user=user):
            return _left(incident, user)
    return None


def _left(incident: Incident, user: str) -> Incident:
    """Whoever is in the room again after this was invited by a person: merges brought them no more."""
    return replace(
        incident,
        joined=without(incident.joined, user),
        left=(*without(incident.left, user), user),
        parts=tuple(replace(one, people=without(one.people, user)) for one in incident.parts),
        lingering=without(incident.lingering, user),
    )
