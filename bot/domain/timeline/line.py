"""One line of the timeline, and words that lines of several subjects use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain import events as e
from bot.domain.model import ActorKind

Level = Literal["key", "detail"]
"""Key lines tell the story; details (set-up, rendering, fetching) are there for who wants everything."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one event says. `at` replaces the time it was recorded where the thing itself happened earlier."""

    kind: str
    text: str
    level: Level = "key"
    at: datetime | None = None
    link: str = ""


def because(reason: str) -> str:
    """Return a reason as the end of a line, or nothing."""
    return f": {reason}" if reason else ""


def who(recorded: e.Recorded) -> str:
    """Return who did it, as lines name them."""
    return "Firebell" if recorded.actor.kind is ActorKind.FIREBELL else f"@{{{recorded.actor.id}}}"
