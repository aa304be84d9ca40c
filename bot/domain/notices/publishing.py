"""What is said about texts for customers: facts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PostMoved:
    """To the room: a text for customers, as it now stands."""

    number: int


@dataclass(frozen=True, slots=True)
class PostWanted:
    """To whoever owes updates: after update `update`, or the end of the incident (0), the status page says less.

    `whole_over_at` is when the incident that this one is part of ended, where that is what leads to the question.
    """

    update: int
    whole_over_at: datetime | None = None


PublishingNotice = PostMoved | PostWanted
