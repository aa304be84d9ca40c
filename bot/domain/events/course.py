"""How an incident goes: declared, edited, its severity and status, and its ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import MessageRef, Status


@dataclass(frozen=True, slots=True)
class IncidentDeclared:
    id: str
    workspace: str
    number: int
    title: str
    severity: str
    severity_assumed: bool = False
    services: tuple[str, ...] = ()
    services_guessed: bool = False
    summary: str = ""
    impact: str = ""
    kind: str = "infrastructure"
    private: bool = False
    drill: bool = False
    started_at: datetime | None = None
    detected_by: str = ""
    origin: MessageRef | None = None
    setup: tuple[str, ...] = ()
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DetailsEdited:
    """New values; None means unchanged."""

    title: str | None = None
    services: tuple[str, ...] | None = None
    summary: str | None = None
    impact: str | None = None
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeverityChanged:
    """`with_update` says that an update in the same request tells people, so nothing else is posted."""

    old: str
    new: str
    reason: str = ""
    due_at: datetime | None = None
    with_update: bool = False


@dataclass(frozen=True, slots=True)
class SeverityConfirmed:
    severity: str


@dataclass(frozen=True, slots=True)
class SeverityAsked:
    """The declarer was asked whether the assumed severity is right."""

    severity: str


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """`with_update` as in `SeverityChanged`."""

    old: Status
    new: Status
    reason: str = ""
    with_update: bool = False


@dataclass(frozen=True, slots=True)
class IncidentResolved:
    fixed_by: str
    impact_ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentReopened:
    reason: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentCancelled:
    reason: str


@dataclass(frozen=True, slots=True)
class IncidentClosed:
    reason: str


Course = IncidentDeclared | DetailsEdited | StatusChanged | SeverityChanged | SeverityConfirmed | SeverityAsked
Ending = IncidentResolved | IncidentReopened | IncidentCancelled | IncidentClosed
