"""The live summary in a channel's canvas, word for word, and whatever people typed stays text in it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from bot.domain.briefing import Briefing, Point
from bot.domain.model import Incident
from bot.domain.priority import Band, Standing
from templates import sample_data as data
from templates.live import POINTS_SHOWN, live_summary, people_in
from tests.templates.hostile import TEXTS, incident_of

GOLDEN = Path(__file__).parent / "golden"
KNOWN = Briefing(
    decisions=(Point(data.at("02:53"), "Severity SEV2 to SEV1: half of all payments fail"),),
    questions=(Point(data.at("02:58"), "@{U0BEA} asks: is the deploy of 02:40 the cause?"),),
)
STANDING = Standing(1, Band.SEVERE, "Rank 1: mostly revenue lost.")


@pytest.mark.parametrize(
    ("name", "incident", "now"),
    [
        ("canvas-open", data.mitigating(), data.NOW),
        ("canvas-overdue", data.overdue(), data.at("03:20")),
        ("canvas-resolved", data.resolved(), data.at("04:11")),
    ],
)
def test_it_reads_as_agreed(name: str, incident: Incident, now: datetime, golden_update: bool) -> None:
    live = live_summary(
        incident,
        data.POLICY,
        KNOWN,
        links=data.links(incident),
        now=now,
        standing=STANDING,
        names={"U0BEA": "Bea Lind"},
    )
    path = GOLDEN / f"{name}.md"
    if golden_update:
        path.write_text(live.markdown, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == live.markdown


def test_whom_its_points_name_is_known_before() -> None:
    assert people_in(KNOWN) == {"U0BEA"}


def test_days_of_another_year_are_told_with_the_year() -> None:
    incident = data.mitigating()
    this, next_one = (
        live_summary(incident, data.POLICY, KNOWN, links=data.links(incident), now=now).markdown
        for now in (data.NOW.replace(day=28), data.NOW.replace(year=data.NOW.year + 1))
    )
    day = f"{incident.declared_at:%d %b}"
    assert f"{day} {incident.declared_at:%H:%M} UTC" in this
    assert f"{day} {incident.declared_at:%Y %H:%M} UTC" in next_one


def test_a_long_list_says_how_much_is_left_out() -> None:
    many = Briefing(decisions=tuple(Point(data.at("02:53"), f"Decided {n}") for n in range(POINTS_SHOWN + 3)))
    live = live_summary(data.mitigating(), data.POLICY, many, links=data.links(data.mitigating()), now=data.NOW)
    assert "Decided 10" in live.markdown
    assert "Decided 2\n" not in live.markdown
    assert "and 3 earlier" in live.markdown


@pytest.mark.parametrize("kind", TEXTS)
def test_what_people_typed_is_neither_structure_nor_mention_nor_link_of_another_name(kind: str) -> None:
    incident = incident_of(TEXTS[kind])
    known = Briefing(decisions=(Point(data.NOW, TEXTS[kind]),), questions=(Point(data.NOW, TEXTS[kind]),))
    live = live_summary(incident, data.POLICY, known, links=data.links(incident), now=data.NOW)
    tokens = MarkdownIt("commonmark", {"html": True}).parse(live.markdown)
    assert [one.content for one in tokens if one.type in ("html_block", "fence", "code_block", "blockquote_open")] == []
    inner = [child for one in tokens for child in one.children or ()]
    assert [child.content for child in inner if child.type in ("html_inline", "code_inline")] == []
    named = [str(child.attrs["src"]) for child in inner if child.type == "image"]
    assert all(src.startswith("@U") and src != "@U0EVIL" for src in named), named
    assert len(live.title) <= 120
