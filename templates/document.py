"""The postmortem as files: Markdown to be pasted anywhere, and one HTML page that needs nothing beside itself."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context
from markupsafe import Markup

from bot.analysis.series import PanelData, PanelDocument, decode
from bot.domain.durations import Duration
from bot.domain.lengths import of_minutes, span
from bot.domain.missed import Missed
from bot.domain.model import Status
from bot.domain.postmortem import PostmortemFacts
from bot.domain.timeline import Entry, paging, publishing
from templates import communication
from templates.charts import ChartContext, draw_charts
from templates.prose import (
    Names,
    html_formatted,
    html_link,
    html_verbatim,
    md_formatted,
    md_link,
    md_verbatim,
    name_of,
    with_names,
)
from templates.readings import Reading, reading
from templates.words import listed, plural, section_word, status_word

DURATION_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "detect": ("Detect", "impact began to declared"),
        "acknowledge": ("Acknowledge", "declared to first response"),
        "mitigate": ("Mitigate", "impact began to mitigated"),
        "resolve": ("Resolve", "impact began to resolved"),
        "open": ("Open", "declared to resolved"),
    }
)

SECTION_HELP: Final[Mapping[str, str]] = MappingProxyType(
    {
        "root_cause": "What made this possible? Look for conditions rather than for people.",
        "contributing": "What made it more likely, longer, or harder to see?",
        "went_well": "What helped, and should stay as it is?",
    }
)


@dataclass(frozen=True, slots=True)
class Edition:
    """What one rendering is made of. `names` gives the name to show for an id, `panels` the stored panel data.

    `command` is the word people type in the chat.
    """

    facts: PostmortemFacts
    version: int
    names: dict[str, str] = field(default_factory=dict)
    panels: bytes | None = None
    command: str = "/incident"


@dataclass(frozen=True, slots=True)
class Written:
    """Both files, as UTF-8 text."""

    markdown: str
    html: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One service's chart in both lights (as data URIs), with its words and its numbers."""

    service: str
    light: str
    dark: str
    alt: str
    rows: tuple[tuple[PanelData, Reading | None], ...]


def write(edition: Edition) -> Written:
    """Render an edition. Draws its charts, so call it through `templates.studio`; ValueError for unreadable panels."""
    facts = edition.facts
    shared = {
        "facts": facts,
        "edition": edition,
        "figures": figures(edition.panels, context_of(facts)) if edition.panels else (),
        "days": _by_day(facts.timeline),
        "helps": SECTION_HELP,
        "is_open": facts.status.is_open,
        "ended_otherwise": facts.status in (Status.CANCELLED, Status.CLOSED, Status.MERGED),
    }
    return Written(
        markdown=_markdown().get_template("postmortem.md.j2").render(shared),
        html=_html().get_template("postmortem.html.j2").render(shared),
    )


def context_of(facts: PostmortemFacts) -> ChartContext:
    """Return what charts must know of a postmortem's incident."""
    over = facts.status in (Status.RESOLVED, Status.CLOSED)
    return ChartContext(
        label=facts.label,
        began=facts.started_at or facts.declared_at,
        declared=facts.declared_at,
        moment=facts.panels.moment if facts.panels else "asked",
        ended=(facts.impact_ended_at or facts.resolved_at) if over else None,
        resolved=facts.resolved_at,
    )


def figures(panels: bytes, context: ChartContext) -> tuple[Figure, ...]:
    """Draw stored panels for the page, one figure for each service, for light and for dark surroundings."""
    document: PanelDocument = decode(panels)
    light, dark = draw_charts(panels, context), draw_charts(panels, context.darkened())
    found = []
    for service, day, night in zip(document.services(), light, dark, strict=True):
        mine = [panel for panel in document.panels if panel.service == service]
        rows = tuple((panel, reading(panel, context)) for panel in mine)
        found.append(Figure(mine[0].service_name, _uri(day.data), _uri(night.data), day.alt, rows))
    return tuple(found)


def _uri(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def _by_day(timeline: tuple[Entry, ...]) -> list[tuple[datetime, list[Entry]]]:
    days: list[tuple[datetime, list[Entry]]] = []
    for entry in timeline:
        if not days or days[-1][0].date() != entry.at.date():
            days.append((entry.at, []))
        days[-1][1].append(entry)
    return days


@cache
def _html() -> Environment:
    environment = _environment()
    environment.filters.update(
        said=_named(html_verbatim),
        written=_named(html_formatted),
        who=_named(lambda user, names: Markup("<b>{}</b>").format(name_of(user, names))),
    )
    environment.globals["link"] = html_link
    return environment


@cache
def _markdown() -> Environment:
    environment = _environment()
    environment.filters.update(
        said=_named(md_verbatim),
        written=_named(md_formatted),
        who=_named(lambda user, names: md_verbatim(name_of(user, names), {})),
    )
    environment.globals["link"] = md_link
    return environment


def _named(show: Callable[[str, Names], str]) -> Callable[[Context, str], str]:
    """Make a filter of a function that needs to know what people are called."""

    @pass_context
    def shown(context: Context, text: str) -> str:
        return show(text, context["edition"].names)

    return shown


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        plain=_named(lambda text, names: " ".join(with_names(text, names).split())),
        day=day,
        time=lambda at: f"{at:%H:%M}",
        length=length,
        minutes=of_minutes,
        section=section_word,
        status=status_word,
        listed=listed,
        missed=missed_sentence,
        duration=lambda one: DURATION_WORDS[one.key],
    )
    environment.globals.update(
        plural=plural,
        summary=summary_sentence,
        communication=communication.rows,
        times=communication.times,
        link_word=link_word,
    )
    return environment


def link_word(kind: str) -> str:
    """What a link on the timeline opens, by the kind of its entry."""
    return {paging.KIND: "Open page", publishing.KIND: "Open status page"}.get(kind, "Open message")


def day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def length(duration: Duration) -> str:
    """Say how long something took: `7 min`, `at once`, `not recorded`; an incident that is not over is `still open`."""
    if duration.length is None:
        return "still open" if duration.key == "open" and duration.until is None else "not recorded"
    return "at once" if duration.length < timedelta(seconds=1) else span(duration.length)


def summary_sentence(facts: PostmortemFacts) -> str:
    """Say in words what is known, for an incident that nobody has summed up."""
    affected = f" affecting {listed(facts.services)}" if facts.services else ""
    kind = f"a {facts.severity} drill" if facts.drill else f"a {facts.severity} incident"
    text = f"{facts.label} was {kind}{affected}, declared at {facts.declared_at:%H:%M} UTC"
    if facts.resolved_at is None:
        return f"{text}. It is {status_word(facts.status).lower()}."
    return f"{text} and resolved at {facts.resolved_at:%H:%M} UTC, {span(facts.resolved_at - facts.declared_at)} later."


def _to_the_minute(at: datetime) -> datetime:
    """What stands beside a figure is shown without seconds, and the figure counts from that."""
    return at.replace(second=0, microsecond=0)


def missed_sentence(missed: Missed) -> str:
    """Say what did not come and which role owed it, or that Firebell was away when it should have reminded."""
    many = f" ({missed.count} due times passed)" if missed.count > 1 else ""
    if missed.ended_at is None:
        came = f"Due {missed.due_at:%H:%M} UTC, not sent so far{many}."
    else:
        late = span(_to_the_minute(missed.ended_at) - _to_the_minute(missed.due_at))
        came = f"Due {missed.due_at:%H:%M}, came {missed.ended_at:%H:%M} UTC, {late} late{many}."
    if missed.away_minutes:
        away = of_minutes(missed.away_minutes)
        return f"{came} Firebell had been away for {away} and could not remind; this counts against it."
    return f"{came} Owed by the {missed.role}." if missed.role else f"{came} Nobody held the role that owes updates."
