"""Updates, and the answers to a reminder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Confidence, Status


@dataclass(frozen=True, slots=True)
class PostUpdate:
    """A situation report. `after_update` is the number of the last update the author saw; None skips that check."""

    headline: str
    impact: str = ""
    doing: str = ""
    next: str = ""
    next_at: datetime | None = None
    status: Status | None = None
    severity: str | None = None
    severity_reason: str = ""
    after_update: int | None = None
    estimate: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class CorrectUpdate:
    number: int
    headline: str
    impact: str = ""
    doing: str = ""
    next: str = ""
    estimate: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class ConfirmUnchanged:
    """ "No change": a valid answer to a reminder that broadcasts nothing."""


@dataclass(frozen=True, slots=True)
class SnoozeReminder:
    """Move this one reminder on by the policy's snooze time."""


Updates = PostUpdate | CorrectUpdate | ConfirmUnchanged | SnoozeReminder
