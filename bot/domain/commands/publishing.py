"""What is told to customers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.model import Incident
from bot.domain.publishing import Component, PublicStatus


@dataclass(frozen=True, slots=True)
class PublishPost:
    """Put words that were previewed on the status page.

    `after_post` is the number of the last post the author saw (0: none); None skips that check.
    """

    title: str
    text: str
    status: PublicStatus
    components: tuple[Component, ...] = ()
    after_post: int | None = None


@dataclass(frozen=True, slots=True)
class AskAfterEnd:
    """Ask what customers are to read of this part, now that the incident it belongs to is over; `by` ended that."""

    whole: Incident
    by: str


Publishing = PublishPost | AskAfterEnd
