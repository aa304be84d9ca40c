"""Who is in a private incident's room by nothing but a merge that was taken back."""

from __future__ import annotations

from bot.domain.model import Incident
from bot.domain.relations import Part


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
