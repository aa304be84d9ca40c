"""What no person asks for: timers, changed rules, and what became of effects. Retry alone is a person's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.effects import Effect, Facts
from bot.domain.model import Absence
from bot.domain.unread import Unread


@dataclass(frozen=True, slots=True)
class RetryEffect:
    """Try a dead effect again."""

    effect_id: str


@dataclass(frozen=True, slots=True)
class FireTimer:
    """A timer came due. `step` and `due_at` are the row's; a row that no longer matches the incident does nothing.

    `away` is when Firebell was away last, as far as it knows.
    """

    kind: str
    due_at: datetime
    step: int = 0
    away: Absence | None = None


@dataclass(frozen=True, slots=True)
class AdoptPolicy:
    """The rules in force may have changed since the incident's clock restarted."""


@dataclass(frozen=True, slots=True)
class RescheduleReminders:
    """The reminder ladder in force says another time than the timer does."""


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """An effect was performed: what the outside system answered."""

    effect_id: str
    effect: Effect
    facts: Facts


@dataclass(frozen=True, slots=True)
class RecordFailure:
    """An effect was given up."""

    effect_id: str
    effect: Effect | Unread
    reason: str
    detail: str


Outside = RetryEffect | FireTimer | AdoptPolicy | RescheduleReminders | RecordOutcome | RecordFailure
