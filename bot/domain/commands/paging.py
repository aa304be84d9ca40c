"""What people ask of the paging system, and what it tells by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.domain.paging import Target


@dataclass(frozen=True, slots=True)
class Page:
    """Call whoever is on call; without a target, for the most important affected service."""

    target: Target | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AcknowledgePage:
    """Whoever gives this is on it."""

    number: int


@dataclass(frozen=True, slots=True)
class ResolvePage:
    """Call nobody for this page any more."""

    number: int


@dataclass(frozen=True, slots=True)
class RequestResponders:
    """Ask further people to come, through the newest page that stands."""

    users: tuple[str, ...]
    message: str = ""


@dataclass(frozen=True, slots=True)
class RecordPageMove:
    """The paging system tells that a page was moved there, by its user `provider_user`, called `name`."""

    number: int
    status: Literal["acknowledged", "resolved"]
    provider_user: str = ""
    name: str = ""


Paging = Page | AcknowledgePage | ResolvePage | RequestResponders | RecordPageMove
