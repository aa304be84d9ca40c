"""Our own status page as files: one HTML page that needs nothing beside itself, and an Atom feed."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.domain.public_page import COUNTED_DAYS, PublicPage, PublicService, Said
from bot.domain.publishing import ComponentState
from templates.customers import STATES, STATUSES
from templates.mrkdwn import clean
from templates.words import listed, plural

FEED: Final = "feed.atom"
FEED_MOST: Final = 30
_FOLDER: Final = Path(__file__).parent
_BAD: Final = frozenset({ComponentState.MAJOR, ComponentState.PARTIAL})
_NO_NEWS: Final = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Files:
    """Both files as UTF-8, and the Content-Security-Policy under which the page works."""

    html: bytes
    feed: bytes
    security: str


def write(page: PublicPage, title: str, *, feed: str = FEED, address: str = "") -> Files:
    """Write the page; `feed` is where it links the feed, `address` where people reach the page ("" if unknown).

    What it says depends on nothing but the facts: the same facts make the same bytes.
    """
    css = (_FOLDER / "status_page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(sha256(css.encode()).digest()).decode("ascii")
    security = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    html = _environment().get_template("status_page.html.j2")
    atom = _environment().get_template("status_page.atom.j2")
    shared = {"title": clean(title), "statuses": STATUSES, "feed": feed}
    told = _feed(page)
    updated = max((one.at for _, one in told), default=None)
    return Files(
        html=html.render(
            **shared,
            page=page,
            css=Markup(css),  # noqa: S704 - our own file, which holds neither `<` nor what anybody typed
            policy=security,
            headline=headline(page),
            states=STATES,
        ).encode(),
        feed=atom.render(
            **shared,
            address=address,
            entries=told,
            updated=f"{updated.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if updated else _NO_NEWS,
        ).encode(),
        security=f"{security}; frame-ancestors 'none'",
    )


def headline(page: PublicPage) -> str:
    """Say in a sentence how things are now."""
    hit = [one for one in page.services if one.state is not ComponentState.OPERATIONAL]
    if hit:
        return f"{STATES[page.worst]}: {listed([one.name for one in hit])}"
    return "We are looking into a problem" if page.going_on else "Everything works"


def _feed(page: PublicPage) -> list[tuple[str, Said]]:
    """The newest texts of what the page lists, newest first, each with its title."""
    episodes = (*page.going_on, *(one for day in page.days for one in day.ended))
    texts = [(one.title, text) for one in episodes for text in one.said]
    return sorted(texts, key=lambda row: row[1].at, reverse=True)[:FEED_MOST]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(tone=_tone, bar=_bar, moment=_moment, named=_named, trouble=_trouble)
    return environment


def _finalize(value: Any) -> Any:
    """Drop what would turn the rest of a line around or end an XML document early."""
    return clean(value) if type(value) is str else value


def _tone(state: ComponentState) -> str:
    if state is ComponentState.OPERATIONAL:
        return "fine"
    return "bad" if state in _BAD else "warn"


def _bar(state: ComponentState) -> Markup:
    if state is ComponentState.OPERATIONAL:
        return Markup()
    return Markup(' class="b"') if state in _BAD else Markup(' class="w"')


def _trouble(service: PublicService) -> str:
    days = service.troubled
    said = f"trouble on {plural(days, 'day')}" if days else "no trouble"
    return f"Last {COUNTED_DAYS} days: {said}"


def _moment(at: datetime) -> Markup:
    utc = at.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(f"{utc:%Y-%m-%dT%H:%M:%SZ}", f"{utc:%d %b %Y, %H:%M} UTC")


def _named(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"
