"""What customers were told on a status page."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.publishing import Component, PublicStatus
from bot.domain.relations import Other


@dataclass(frozen=True, slots=True)
class PostConfirmed:
    """Somebody has seen the preview and confirmed it. On a provider's page nothing stands yet."""

    number: int
    episode: int
    title: str
    text: str
    status: PublicStatus
    components: tuple[Component, ...] = ()


@dataclass(frozen=True, slots=True)
class PostPublished:
    """It stands on the page; `url` is a provider's."""

    number: int
    provider_id: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class PostFailed:
    """The provider's page was given up; `effect_id` is what may be tried again."""

    number: int
    effect_id: str
    detail: str


@dataclass(frozen=True, slots=True)
class PostOvertaken:
    """It was tried again when a newer one stood on the page already, so it was left out."""

    number: int


@dataclass(frozen=True, slots=True)
class CustomersAsked:
    """What this is part of is over, and customers still read of this: `asked` is asked what they are to read now."""

    whole: Other
    asked: str


Publishing = PostConfirmed | PostPublished | PostFailed | PostOvertaken | CustomersAsked
