"""Calls to make to the paging system, as facts, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.paging import OnCall


@dataclass(frozen=True, slots=True)
class PageOnCall:
    """Wake whoever the page's target says. Each attempt carries the page's one key, so that none is doubled."""

    number: int


@dataclass(frozen=True, slots=True)
class AcknowledgePage:
    """Say in the paging system that `user` is on it."""

    number: int
    user: str


@dataclass(frozen=True, slots=True)
class ResolvePage:
    """End the page in the paging system, for a reason that is shown there."""

    number: int
    user: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RequestResponders:
    """Ask further people to come, through a page that stands: the page's call of that place, counted from 0."""

    number: int
    call: int


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The paging system has the page: its id and address there, and whom it asks first."""

    provider_id: str = ""
    url: str = ""
    paged: tuple[OnCall, ...] = ()


@dataclass(frozen=True, slots=True)
class ResponderFacts:
    """Who was asked, and who could not be, because the paging system knows nobody with their e-mail."""

    asked: tuple[str, ...]
    unknown: tuple[str, ...] = ()


PagingEffect = PageOnCall | AcknowledgePage | ResolvePage | RequestResponders
PagingFacts = PageFacts | ResponderFacts
