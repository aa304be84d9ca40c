"""E-mail: the same words as in the chat, as plain text and simple HTML, with the reader's own times and people's names.

The words are written once, as mrkdwn by `templates.stakeholders`; what mrkdwn holds beside text (times, people, links,
bold) is turned here into what each form of a mail can show.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.subscriptions import Subscription
from templates import stakeholders
from templates.clip import clip
from templates.mrkdwn import Mrkdwn, one_line
from templates.scene import Scene
from templates.wording import say

SUBJECT_MAX: Final = 150

_TOKEN: Final = re.compile(
    r"<!date\^(?P<at>\d+)\^[^<>]*>|<@(?P<user>[UW][A-Z0-9]+)>|<#[^<>]*>|<(?P<url>https?:[^<>|]+)(?:\|(?P<label>[^<>]*))?>"
)
_BOLD: Final = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")

_PAGE: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    '<title>{title}</title></head><body style="font: 16px/1.5 sans-serif; max-width: 40em; margin: 1em auto; '
    'padding: 0 1em; overflow-wrap: anywhere">{body}</body></html>'
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail without its addresses."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads it: their IANA zone, what people are called, and where to end the subscription ("" if nowhere)."""

    zone: str = "UTC"
    names: Mapping[str, str] | None = None
    unsubscribe_url: str = ""


def people_in(notice: stakeholders.Told, scene: Scene, because: Subscription) -> frozenset[str]:
    """Return whom a mail names, by id, so that they can be looked up before it is written."""
    body = stakeholders.words(notice, scene, because.readers).body
    return frozenset(found["user"] for found in _TOKEN.finditer(body) if found["user"])


def write(notice: stakeholders.Told, scene: Scene, because: Subscription, reader: Reader) -> Mail:
    """Write the mail for one reader."""
    told = stakeholders.words(notice, scene, because.readers)
    foot = say(
        "stakeholders.mail_foot",
        topic=stakeholders.topic(because, scene.policy, scene.incident),
        command=scene.links.command,
        url=scene.links.room_url,
        unsubscribe_url=reader.unsubscribe_url,
    )
    subject = clip(one_line(plain(scene.push(told.ask), reader)), SUBJECT_MAX)
    body = f"{plain(told.body, reader)}\n\n-- \n{plain(foot, reader)}\n"
    parts = [*_paragraphs(told.body, reader), "<hr>", *_paragraphs(foot, reader)]
    return Mail(subject, body, _PAGE.format(title=html.escape(subject), body="".join(parts)))


def plain(text: Mrkdwn, reader: Reader) -> str:
    """Turn mrkdwn into plain text."""
    return _BOLD.sub(r"\1", html.unescape(_with_tokens(text, reader, _plain_link)))


def rich(text: Mrkdwn, reader: Reader) -> str:
    """Turn mrkdwn into HTML: what was escaped stays so, and quotes are as well."""
    marked = _with_tokens(text, reader, _rich_link, html.escape)
    return _BOLD.sub(r"<strong>\1</strong>", marked)


def _paragraphs(text: Mrkdwn, reader: Reader) -> list[str]:
    parts = re.split(r"\n\s*\n", text.strip())
    return [f"<p>{rich(Mrkdwn(part), reader).replace(chr(10), '<br>')}</p>" for part in parts]


def _with_tokens(
    text: Mrkdwn, reader: Reader, link: Callable[[str, str], str], safe: Callable[[str], str] = str
) -> str:
    zone = _zone(reader.zone)

    def shown(found: re.Match[str]) -> str:
        if found["at"]:
            return safe(_time(datetime.fromtimestamp(int(found["at"]), UTC), zone))
        if found["user"]:
            return safe((reader.names or {}).get(found["user"], "somebody"))
        return link(found["url"], found["label"] or "") if found["url"] else "the incident channel"

    return _TOKEN.sub(shown, text)


def _plain_link(url: str, label: str) -> str:
    return f"{label} ({url})" if label else url


def _rich_link(url: str, label: str) -> str:
    """The address and its label are escaped already, but for quotes, which addresses hold none of."""
    return f'<a href="{url.replace(chr(34), "%22")}">{label or url}</a>'


def _time(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%d %b %Y %H:%M} {local.tzname() or 'UTC'}"


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
