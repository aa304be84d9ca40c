"""Safe text for Slack's mrkdwn: everything people typed is escaped unless it went through here."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Final

from templates.clip import MARK, clip

_TOKEN: Final = re.compile(r"<[^<>]*>|&(?:amp|lt|gt);")
_PERSON: Final = re.compile(r"@\{([UW][A-Z0-9]{1,30})\}")
_USER_ID: Final = re.compile(r"[UW][A-Z0-9]{1,30}")
_URL: Final = re.compile(r"https?://[^\s<>\"'|]+")
_URL_TAIL: Final = ".,;:!?)]}"
_SENT_PERSON: Final = re.compile(r"<@([UW][A-Z0-9]{1,30})(?:\|[^<>]*)?>")
_SENT_LINK: Final = re.compile(r"<(https?://[^<>|]+)(?:\|[^<>]*)?>")
_BIDI_CONTROLS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NEAR: Final = timedelta(hours=12)


class Mrkdwn(str):
    """Text that may go into a mrkdwn field as it is."""

    __slots__ = ()


def clean(text: str) -> str:
    """Drop control characters and the bidirectional overrides that would turn the rest of a line around."""
    return _CONTROLS.sub("", _BIDI_CONTROLS.sub("", text))


def one_line(text: str) -> str:
    """Bring a text onto one line."""
    return " ".join(clean(text).split())


def isolate(text: str) -> str:
    """Keep right-to-left text from reordering what stands around it; other text is returned as it is."""
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text):
        return f"\u2068{text}\u2069"
    return text


def escape(text: str) -> Mrkdwn:
    """Make any text harmless: no mention, link or token survives.

    Bold, italics and code marks stay alive: mrkdwn has no escape for them, and a character slipped in between would be
    in the way of whoever copies the text (docs.slack.dev/messaging/formatting-message-text).
    """
    return Mrkdwn(clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def prose(text: str, limit: int = 0) -> Mrkdwn:
    """Escape what somebody wrote, link its addresses and show its `@{U123}` tokens as people.

    `limit` counts the characters that are sent; 0 means no clipping.
    """
    parts: list[str] = []
    position = 0
    for match in _URL.finditer(text):
        url = match[0].rstrip(_URL_TAIL)
        parts += [_with_people(text[position : match.start()]), link(url)]
        position = match.start() + len(url)
    parts.append(_with_people(text[position:]))
    safe = Mrkdwn("".join(parts))
    return clip_mrkdwn(safe, limit) if limit else safe


def _with_people(text: str) -> str:
    return _PERSON.sub(r"<@\1>", escape(text))


def restore(text: str) -> str:
    """Turn text that was sent with `prose` back into what it was made from."""
    plain = _SENT_LINK.sub(r"\1", _SENT_PERSON.sub(r"@{\1}", text))
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mention(user: str) -> Mrkdwn:
    """Mention a person by id; anything that is no id is shown as a name."""
    if _USER_ID.fullmatch(user):
        return Mrkdwn(f"<@{user}>")
    return escape(user.capitalize())


def channel(channel_id: str) -> Mrkdwn:
    """Link a channel by id; those who may not see it see no name."""
    return Mrkdwn(f"<#{escape(channel_id)}>")


def link(url: str, label: str = "") -> Mrkdwn:
    """Link an address, under a label if there is one."""
    address = escape(url).replace("|", "%7C")
    shown = escape(one_line(label)).replace("|", "¦")
    return Mrkdwn(f"<{address}|{shown}>" if shown else f"<{address}>")


def date(at: datetime) -> Mrkdwn:
    """Show day and time in each reader's own zone; readers that cannot show it so get UTC.

    Slack leaves the year out of days within half a year, and so cannot be misread; the words for others never do.
    """
    return _date_token(at, "{date_short_pretty} {time}", f"{at.astimezone(UTC):%d %b %Y %H:%M} UTC")


def near(at: datetime, now: datetime) -> Mrkdwn:
    """Show the time only, if it lies within half a day of `now`, else with its day."""
    if abs(at - now) < _NEAR:
        return _date_token(at, "{time}", f"{at.astimezone(UTC):%H:%M} UTC")
    return date(at)


def _date_token(at: datetime, shape: str, fallback: str) -> Mrkdwn:
    return Mrkdwn(f"<!date^{int(at.timestamp())}^{shape}|{fallback}>")


def clip_mrkdwn(text: Mrkdwn, limit: int) -> Mrkdwn:
    """Shorten safe text to `limit` characters without cutting an escape, a mention or a date in two."""
    if len(text) <= limit:
        return text
    cut = max(0, limit - len(MARK))
    for token in _TOKEN.finditer(text):
        if token.start() < cut < token.end():
            cut = token.start()
            break
    return Mrkdwn(clip(text[:cut] + MARK, limit) if cut else MARK)
