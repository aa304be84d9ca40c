"""What templates return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """A chat message: `blocks` in Slack's JSON shape, `text` for notifications and readers that show no blocks.

    The first 80 characters of `text` are what a phone shows.
    """

    text: str
    blocks: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses that only the chat system knows, and the slash command's name. None where there is none yet."""

    room_url: str | None = None
    summary_url: str | None = None
    postmortem_url: str | None = None
    command: str = "/incident"
