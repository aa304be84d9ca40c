"""Slack's message text as plain text that means the same anywhere.

Format: docs.slack.dev/messaging/formatting-message-text. People become the neutral token `@{U123}`, which templates
turn into mentions and documents into names.
"""

from __future__ import annotations

import html
import re
from typing import Final

_ANGLE: Final = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def plain(text: str) -> str:
    """Undo Slack's notation: mentions, channels, links, dates and the three escapes."""
    return html.unescape(_ANGLE.sub(_word, text))


def _word(match: re.Match[str]) -> str:
    sign, target, label = match[1], match[2], match[3]
    if sign == "@":
        return f"@{{{target}}}"
    if sign == "#":
        return f"#{label or target}"
    if sign == "!":
        return label or f"@{target.split('^')[0]}"
    address = target.removeprefix("mailto:")
    return f"{label} ({address})" if label and label != address else address
