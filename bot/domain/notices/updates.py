"""What is said about updates, those that came and those that did not: facts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Absence


@dataclass(frozen=True, slots=True)
class UpdatePublished:
    """Update `number` (read from the fold, so that a correction re-renders the same notice)."""

    number: int


@dataclass(frozen=True, slots=True)
class IncidentAnnounced:
    """To subscribers: there is an incident."""


@dataclass(frozen=True, slots=True)
class UpdateHeadsUp:
    """Quietly to the owner, before the update is due: a finished draft."""

    due_at: datetime
    draft: str


@dataclass(frozen=True, slots=True)
class UpdateDue:
    """The update is due (`late_minutes` 0) or overdue. `step` is the rung of the ladder, `to` whom it tells.

    `again`: the room has heard of it before. `unpaged` says why nobody is paged although it is time ("" elsewhere).
    `away` says that Firebell itself was away, and that this one message stands for all it should have sent then.
    """

    due_at: datetime
    late_minutes: int
    step: int
    draft: str = ""
    away: Absence | None = None
    to: str = ""
    again: bool = False
    unpaged: str = ""


@dataclass(frozen=True, slots=True)
class ReminderAnswered:
    """What a reminder becomes once it was answered `at`, by update `number` or (0) by "no change"."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CommunicationMeasured:
    """To whoever commanded, at the end: how well people were kept informed, as the fold has it `at` that time."""

    at: datetime


UpdateNotice = (
    UpdatePublished | IncidentAnnounced | UpdateHeadsUp | UpdateDue | ReminderAnswered | CommunicationMeasured
)
