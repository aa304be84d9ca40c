"""Who is in a private incident's room by nothing but merges, and stays when they are taken back."""

from __future__ import annotations

from bot.domain.model import Incident
from bot.domain.relations import Part


def shared(incident: Incident, part: Incident) -> tuple[str, ...]:
    """Return whom a part that is merged now has as well, of those whom only merges had brought into a private incident.

    The merge is a ground of their own: it keeps them when those before it are taken back.
    """
    if not incident.private:
        return ()
    by_merges = {*incident.lingering, *(user for one in incident.parts for user in one.people)}
    return tuple(sorted(part.inside & incident.inside & by_merges))


def staying(incident: Incident, part: Part) -> tuple[str, ...]:
    """Return those who are left without a ground when a part is taken out: people no longer asked for by it."""
    if not incident.private:
        return ()
    brought = {user for one in incident.parts if one is not part for user in one.people}
    followers = set(incident.followers) - set(part.followers)
    mine = {incident.declared_by, *followers, *brought, *incident.left, *_holders(incident)}
    return tuple(user for user in part.people if user not in mine)


def without_ground(incident: Incident) -> tuple[str, ...]:
    """Return those of them who are still there, and have taken no role and begun to follow nothing since."""
    mine = {*incident.followers, *incident.left, *_holders(incident)}
    return tuple(user for user in incident.lingering if user not in mine)


def _holders(incident: Incident) -> set[str]:
    return {user for users in incident.roles.values() for user in users}
