"""Channel names."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_NAME: Final = 80
"""Slack's limit for a channel name; the shortest of the chat systems we know."""

_NOT_ALLOWED = re.compile(r"[^a-z0-9]+")
_WORD_LIMIT: Final = 6


def slug(text: str) -> str:
    """Reduce a title to lower-case words joined by hyphens; "" when nothing is left (an emoji, a script without letters
    a to z).
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(word for word in _NOT_ALLOWED.split(plain) if word)


def channel_name(template: str, *, number: int, title: str, severity: str, date: str, suffix: int = 1) -> str:
    """Fill the name template; `suffix` 2 and up is appended when a name was taken.

    The template knows {number}, {slug}, {severity} and {date} (YYYY-MM-DD). The result has at most 80 characters of
    a-z, 0-9, - and _.
    """
    words = slug(title).split("-")[:_WORD_LIMIT]
    filled = template.format(number=number, slug="-".join(words), severity=slug(severity), date=date)
    name = re.sub(r"[^a-z0-9_-]+", "-", filled.lower())
    name = re.sub(r"-{2,}", "-", name).strip("-_") or f"inc-{number}"
    tail = f"-{suffix}" if suffix > 1 else ""
    return name[: MAX_NAME - len(tail)].rstrip("-_") + tail
