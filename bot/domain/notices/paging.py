"""What is said about pages: facts only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageMoved:
    """To the room: a page, as it now stands."""

    number: int


@dataclass(frozen=True, slots=True)
class RespondersAsked:
    """To the room: who was asked to come, and whom the paging system does not know."""

    number: int
    users: tuple[str, ...]
    unknown: tuple[str, ...]


PagingNotice = PageMoved | RespondersAsked
