"""An incident as ranking sees it."""

from __future__ import annotations

from datetime import datetime

from bot.domain import cadence
from bot.domain.model import Incident
from bot.domain.priority.values import Case


def case_of(incident: Incident, now: datetime) -> Case:
    """Return what of an incident counts for its priority; an overdue update is a flag and no cost."""
    return Case(
        id=incident.id,
        number=incident.number,
        severity=incident.severity,
        since=incident.started_at or incident.declared_at,
        services=incident.services,
        impact=incident.figures,
        safety=incident.safety,
        override=incident.override,
        update_overdue=cadence.overdue_since(incident, now) is not None,
    )
