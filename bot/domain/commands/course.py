"""The course of an incident: it is declared, edited, weighed, moved along and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import MessageRef, Status


@dataclass(frozen=True, slots=True)
class Declare:
    """Open an incident.

    `severity` None means "not sure". `on_call` are people who may command under the `oncall` policy.

    `role_holders` fills further roles at once: pairs (role key, user id), for instance from a user group.
    """

    title: str
    severity: str | None = None
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
    on_call: tuple[str, ...] = ()
    role_holders: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EditDetails:
    """Change what is not None. `based_on` is the incident's seq when the form was opened."""

    title: str | None = None
    services: tuple[str, ...] | None = None
    summary: str | None = None
    impact: str | None = None
    started_at: datetime | None = None
    based_on: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeSeverity:
    severity: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmSeverity:
    """An assumed severity is right after all."""


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resolve:
    """End the incident. `headline` is the last update's first line; empty means one is written from `fixed_by`."""

    fixed_by: str
    impact_ended_at: datetime | None = None
    headline: str = ""
    impact: str = ""


@dataclass(frozen=True, slots=True)
class Reopen:
    reason: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """A false alarm."""

    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    reason: str


Course = Declare | EditDetails | ChangeSeverity | ConfirmSeverity | ChangeStatus
Ending = Resolve | Reopen | Cancel | Close
