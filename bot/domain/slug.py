"""Channel names."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_NAME: Final = 80
"""Slack's limit for a channel name; the shortest of the chat systems we know."""

_NOT_ALLOWED = re.compile(r"[^a-z0-9]+")
_WORD_LIMIT: Final = 6
_SPELT: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
"""Latin letters that no accent can be taken off."""


def slug(text: str) -> str:
    """Reduce a title to lower-case words joined by hyphens; "" when nothing is left (an emoji, a script without letters
    a to z).
    """
    plain = unicodedata.normalize("NFKD", text.lower().translate(_SPELT)).encode("ascii", "ignore").decode().lower()
    return "-".join(word for word in _NOT_ALLOWED.split(plain) if word)


def speaks(text: str) -> bool:
    """Whether a title's slug still says what the title says: at least half of its letters are in it."""
    letters = sum(letter.isalpha() for letter in unicodedata.normalize("NFC", text))
    left = slug(text)
    return left != "" and 2 * sum(letter.isalpha() for letter in left) >= letters


def channel_name(
    template: str, *, number: int, title: str, severity: str, date: str, suffix: int = 1, otherwise: str = ""
) -> str:
    """Fill the name template; `suffix` 2 and up is appended when a name was taken.

    The template knows {number}, {slug}, {severity} and {date} (YYYY-MM-DD). `otherwise` gives the slug for a title
    that is written in another script, of which a slug would leave crumbs. The result has at most 80 characters of a-z,
    0-9, - and _: Slack documents "lowercase letters" without saying of which alphabets
    (docs.slack.dev/reference/methods/conversations.create), and a refused name would cost the channel.
    """
    words = slug(title if speaks(title) else otherwise).split("-")[:_WORD_LIMIT]
    filled = template.format(number=number, slug="-".join(words), severity=slug(severity), date=date)
    name = re.sub(r"[^a-z0-9_-]+", "-", filled.lower())
    name = re.sub(r"-{2,}", "-", name).strip("-_") or f"inc-{number}"
    tail = f"-{suffix}" if suffix > 1 else ""
    return name[: MAX_NAME - len(tail)].rstrip("-_") + tail
