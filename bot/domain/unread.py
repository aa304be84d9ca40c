"""What is still known of a stored effect that cannot be read: its type, and where it was to go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

UNREADABLE: Final = "unreadable"
"""Why something was put off, or given up, that this release cannot read."""

_PAGE: Final = re.compile(r"page:([0-9]{1,9})")

STEPS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("OpenRoom", "room"): "channel",
        ("PostCard", "room"): "card",
        ("PostCard", "summary_card"): "summary",
        ("InviteToRoom", "people"): "invite",
        ("SetTopic", "topic"): "topic",
        ("PinCard", "furniture"): "pin",
        ("AddBookmark", "furniture"): "bookmarks",
    }
)
"""The set-up step that an effect of this type and stream may stand for."""


@dataclass(frozen=True, slots=True)
class Unread:
    """An effect of type `what` in `stream`. What it was to say, and to whom, is not known."""

    what: str
    stream: str

    @property
    def step(self) -> str:
        """The set-up step that it may have stood for, "" for none."""
        return STEPS.get((self.what, self.stream), "")

    @property
    def page(self) -> int | None:
        """The number of the page that it was to send; None for anything else, or in a stream that names no page."""
        found = _PAGE.fullmatch(self.stream) if self.what == "PageOnCall" else None
        return int(found[1]) if found else None
