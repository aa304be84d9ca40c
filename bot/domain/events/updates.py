"""What people were told, and how they were reminded to tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Absence, Confidence, Status


@dataclass(frozen=True, slots=True)
class UpdatePosted:
    """`announce` broadcasts it to the summary channel; `due_at` is when the next one is due (None: none is)."""

    number: int
    headline: str
    impact: str = ""
    doing: str = ""
    next: str = ""
    next_at: datetime | None = None
    status: Status = Status.INVESTIGATING
    severity: str = ""
    due_at: datetime | None = None
    announce: bool = False
    estimate: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class UpdateCorrected:
    number: int
    headline: str
    impact: str = ""
    doing: str = ""
    next: str = ""
    estimate: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class UnchangedConfirmed:
    """Somebody said "no change"; `since` is when impact last changed."""

    since: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReminderSent:
    """One rung of the ladder. `recipients` are words of the ladder ("owner", "leaders", "room").

    `missed` counts the due times that had passed without an update when this was sent. `away` is when Firebell was
    away, if this fell due then; it stands for all that should have been sent.
    """

    step: int
    due_at: datetime
    recipients: str
    late_minutes: int = 0
    missed: int = 0
    draft: str = ""
    away: Absence | None = None


@dataclass(frozen=True, slots=True)
class ReminderDeferred:
    """Quiet hours: nothing was sent, it will be at `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class ReminderSnoozed:
    until: datetime


@dataclass(frozen=True, slots=True)
class CadenceChanged:
    """The operator's rules changed while this was open: updates follow every `every_seconds`, the next at `due_at`."""

    every_seconds: int
    due_at: datetime


Updates = UpdatePosted | UpdateCorrected | UnchangedConfirmed
Reminders = ReminderSent | ReminderDeferred | ReminderSnoozed | CadenceChanged
