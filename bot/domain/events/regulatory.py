"""Possible duties to report: that they came up, what people decided, and who was reminded.

None of these is for everybody: see `bot.domain.duties.concerns`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.regulation import Cause, Reminder, Trigger


@dataclass(frozen=True, slots=True)
class DutiesRaised:
    """Regulations may ask for a report; legal decides."""

    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class DutyAssessed:
    """Somebody decided that a regulation applies, or (with the reason) that it does not."""

    regulation: str
    applies: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class DeciderAsked:
    """Somebody was asked to say whether and when a clock's trigger happened."""

    regulation: str
    trigger: Trigger
    user: str


@dataclass(frozen=True, slots=True)
class DutyClockStarted:
    """A trigger happened at `started_at`, as `by` says; a later such event corrects an earlier one."""

    regulation: str
    trigger: Trigger
    started_at: datetime
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class DutyFiled:
    """A report went out: by whom, when, and under which reference."""

    regulation: str
    step: str
    filed_at: datetime
    by: str
    reference: str


@dataclass(frozen=True, slots=True)
class DutiesReminded:
    reminders: tuple[Reminder, ...]


@dataclass(frozen=True, slots=True)
class DutiesChased:
    """Those they are for were told again what waits for a person, with no clock to remind of it."""


@dataclass(frozen=True, slots=True)
class DutiesRescheduled:
    """The rules in force have changed, or a timer was lost: somebody is told next at `next_at`."""

    next_at: datetime


Regulatory = (
    DutiesRaised
    | DutyAssessed
    | DeciderAsked
    | DutyClockStarted
    | DutyFiled
    | DutiesReminded
    | DutiesChased
    | DutiesRescheduled
)
