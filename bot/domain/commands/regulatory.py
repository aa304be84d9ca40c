"""What can be asked about possible duties to report, by those they are for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.regulation import Trigger


@dataclass(frozen=True, slots=True)
class RaiseDuty:
    """A person thinks that a regulation may ask for a report, though nothing brought it up."""

    regulation: str


@dataclass(frozen=True, slots=True)
class AssessDuty:
    """Say whether a regulation applies; that it does not needs a reason."""

    regulation: str
    applies: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class AskDecider:
    """Ask somebody whether and when a clock's trigger happened."""

    regulation: str
    trigger: Trigger
    user: str


@dataclass(frozen=True, slots=True)
class StartDutyClock:
    """Say when a trigger happened, and who says so; `everywhere`: for every duty that still waits for it."""

    regulation: str
    trigger: Trigger
    started_at: datetime
    by: str
    why: str = ""
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class FileDuty:
    """A step's report went out."""

    regulation: str
    step: str
    filed_at: datetime
    by: str
    reference: str


@dataclass(frozen=True, slots=True)
class RescheduleDuties:
    """The rules in force may have changed, or a timer may be missing: set it anew."""


Regulatory = RaiseDuty | AssessDuty | AskDecider | StartDutyClock | FileDuty | RescheduleDuties
