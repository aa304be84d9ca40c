"""How long things took, as far as that was recorded. What is not known stays unknown; nothing is filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.model import Incident


@dataclass(frozen=True, slots=True)
class Duration:
    """One span. `key` is "detect", "acknowledge", "mitigate", "resolve" or "open"; `length` None: not recorded."""

    key: str
    since: datetime | None
    until: datetime | None

    @property
    def length(self) -> timedelta | None:
        if self.since is None or self.until is None or self.until < self.since:
            return None
        return self.until - self.since


def measure(incident: Incident) -> tuple[Duration, ...]:
    """Measure from when impact began, which somebody must have said: the declaration is never taken for it.

    "acknowledge" and "open" are counted from the declaration, which is always recorded.
    """
    began, declared = incident.started_at, incident.declared_at
    over = incident.resolved_at or (incident.closed_at if not incident.is_open else None)
    return (
        Duration("detect", began, incident.detected_at or declared),
        Duration("acknowledge", declared, incident.acknowledged_at),
        Duration("mitigate", began, incident.mitigated_at),
        Duration("resolve", began, incident.resolved_at),
        Duration("open", declared, over),
    )
