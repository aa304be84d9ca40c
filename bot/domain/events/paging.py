"""Who was called, and what became of that. `here` in an event: it was done in the chat, not in the paging system."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.paging import OnCall, Target


@dataclass(frozen=True, slots=True)
class PageRequested:
    """Somebody wants people called. Nobody has been called yet."""

    number: int
    target: Target
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Paged:
    """The paging system has confirmed the page."""

    number: int
    provider_id: str = ""
    url: str = ""
    paged: tuple[OnCall, ...] = ()


@dataclass(frozen=True, slots=True)
class PageFailed:
    """The page was given up; `effect_id` is what may be tried again."""

    number: int
    effect_id: str
    detail: str


@dataclass(frozen=True, slots=True)
class PageAcknowledged:
    """Somebody is on it: a person of the chat (`user`), or a name of the paging system's."""

    number: int
    user: str = ""
    name: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class PageResolved:
    """Nobody is called for it any more. `reason` says why it was ended in the chat."""

    number: int
    user: str = ""
    name: str = ""
    here: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RespondersWanted:
    """Further people shall be asked to come, through a page that stands."""

    number: int
    users: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class RespondersAsked:
    """The paging system has asked them; `unknown` are those it knows no e-mail of."""

    number: int
    users: tuple[str, ...]
    unknown: tuple[str, ...] = ()


Paging = PageRequested | Paged | PageFailed | PageAcknowledged | PageResolved | RespondersWanted | RespondersAsked
