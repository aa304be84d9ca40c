"""Whether what an effect needs is known."""

from __future__ import annotations

from bot.domain.effects import ROOM, Route
from bot.domain.model import Incident


def needs_met(incident: Incident, way: Route) -> bool:
    """Whether the fold knows everything that must exist before the effect can be tried."""
    return all(incident.room is not None if need == ROOM else need in incident.messages for need in way.needs)
