"""What is said about the course of an incident, from its declaration to its end: facts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Status


@dataclass(frozen=True, slots=True)
class DeclaredReceipt:
    """To the declarer: it is under way, with "Declared by mistake" until `undo_until`."""

    undo_until: datetime


@dataclass(frozen=True, slots=True)
class SeverityQuestion:
    """To the declarer: the severity was assumed; is it right?"""

    severity: str


@dataclass(frozen=True, slots=True)
class SeverityRaisedOrLowered:
    old: str
    new: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class StatusMoved:
    old: Status
    new: Status
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class IncidentOver:
    """Resolved (with what fixed it), cancelled or closed (with the reason)."""

    status: Status
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class IncidentReopened:
    reason: str
    by: str


CourseNotice = (
    DeclaredReceipt | SeverityQuestion | SeverityRaisedOrLowered | StatusMoved | IncidentOver | IncidentReopened
)
