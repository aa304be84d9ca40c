"""What follows from an event: effects to perform and timers to set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain.effects import Effect

UPDATE: Final = "update"
NO_COMMANDER: Final = "no_commander"
CONFIRM_SEVERITY: Final = "confirm_severity"
PANELS_AFTER: Final = "panels_after"
POSTMORTEM_NUDGE: Final = "postmortem_nudge"
OVERRIDE: Final = "override"
REGULATORY: Final = "regulatory"
HANDOFF: Final = "handoff"
ABSENT: Final = "absent"
ARCHIVE: Final = "archive"
QUIET: Final = "quiet"


@dataclass(frozen=True, slots=True)
class Arm:
    """Set (or move) the incident's timer of this kind; there is at most one of each kind."""

    kind: str
    due_at: datetime
    step: int = 0


@dataclass(frozen=True, slots=True)
class Disarm:
    """Drop the incident's timer of this kind, if any."""

    kind: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Put a dead effect back into the outbox."""

    effect_id: str


Reaction = Effect | Arm | Disarm | Retry
