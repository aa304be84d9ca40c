"""The postmortem's two files: what they say, that they stand alone, and that nothing people typed breaks them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.missed import Missed
from bot.domain.model import FIREBELL, Status
from bot.domain.postmortem import assemble
from templates import document
from templates.document import Edition, Written, length, link_word, missed_sentence, summary_sentence, write
from templates.prose import html_formatted, html_link, html_verbatim, md_formatted, md_link, md_verbatim
from tests.builders import BEA, NAMES, POLICY, night, panel_document
from tests.domain.world import START, World

GOLDEN = Path(__file__).parents[1] / "data" / "postmortem"
EARLY, LATE = START - timedelta(minutes=67), START + timedelta(minutes=95)
TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "h1", "h2", "h3", "p",
    "ul", "ol", "li", "dl", "div", "dt", "dd", "figure", "picture", "source", "img", "table", "caption", "thead",
    "tbody", "tr", "th", "td", "strong", "b", "bdi", "a", "time", "code",
    # What a section's Markdown may become:
    "em", "pre", "blockquote", "hr", "br", "h4", "h5", "h6",
}  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[click](javascript:alert(1))",
    "![](https://spy.example/pixel.png)",
    "[ref]: https://spy.example 'x'",
    "[ref][ref] ![ref]",
    "\\<b>bold</b> \\\\<i>",
    "{{ 7 * 7 }} {% raw %} {# #}",
    "# A heading\n## Another\n- # in a list\n> # in a quote",
    "Setext\n===\nTwo\n---\n> a\n> ===",
    "```\nunclosed <b>fence</b>",
    "# x\n2. ```\n<b>\n",
    "~~~ <b>\n</style><script>\n~~~\n<u>",
    "\t```\n\t```\n<b>x</b>",
    "| a | b |\n|---|---|\n| <b> | [x](y) |",
    "</section></body></html>",
    "<!-- comment --> <?php ?> <![CDATA[x]]>",
    "<https://spy.example> <a@b.example>",
    "&lt;b&gt; &#60;b&#62;",
    "@{UANA} @{U<b>} @{}",
    "\ud83d half a letter, \x00 nothing, \u202e turned",
    "العربية עברית 😀",
    "---\nyaml: front\n---",
    "$x^2$ $$\\frac{1}{2}$$ `code | pipe` **bold** __both__ ~~gone~~",
)
TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=4).map("\n".join),
    st.text(st.sampled_from("<>[]()!#`~|\\&*_-=:\"' \n\tab1./@{}U$"), max_size=60),
)


class Page(HTMLParser):
    """Reads a page as a browser would: which elements, attributes and headings it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[str] = []
        self._heading = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("h1", "h2", "h3"):
            self._heading = True
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        self._heading = self._heading and tag not in ("h1", "h2", "h3")

    def handle_data(self, data: str) -> None:
        if self._heading:
            self.headings[-1] += data


def edition(world: World, *, panels: bool = False, names: dict[str, str] | None = None) -> Edition:
    data = panel_document(EARLY, LATE, services=world.it.services) if panels else None
    return Edition(assemble(world.log, world.policy), 3, NAMES if names is None else names, data)


@cache
def charted() -> Written:
    """The night with its charts, drawn once."""
    return write(edition(night(), panels=True))


def hostile_night(text: str) -> World:
    """A night in which everybody types the same dreadful thing everywhere."""
    typed = text.strip() or "x"
    world = World(POLICY)
    world.declare(typed, "sev1", services=("checkout",), summary=text, impact=text, detected_by=text)
    world.settle(f.OpenRoom(), f.RoomFacts("CROOM", "inc-42"))
    world.wait(minutes=1)
    world.do(c.AddNote(typed))
    world.do(c.RequestPin("CROOM", "1.0"))
    fetched = f.Fetched("UBEA", text, "javascript:alert(1)", world.now)
    world.settle(f.FetchMessage("CROOM", "1.0", None, "UANA"), fetched)
    world.do(c.ChangeSeverity("sev2", typed))
    world.do(c.PostUpdate(typed, text, text, text), BEA)
    world.do(c.RecordFailure("e1", f.SetTopic(), "server", text), FIREBELL)
    world.do(c.Resolve(typed))
    world.do(c.EditSection("root_cause", text))
    world.do(c.SaveActionItem(typed, "UBEA"))
    return world


def walk(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from walk(token.children or [])


def parse(markdown: str) -> list[Token]:
    """Read Markdown as a viewer would that trusts it: HTML, tables and links on."""
    return list(walk(MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown)))


SECTIONS = [
    "Summary", "Impact", "How long it took", "What the metrics showed", "Root cause", "Contributing conditions",
    "What went well", "Action items", "Timeline", "Updates", "How well people were kept informed", "Missed", "Roles",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["md", "html"])
def test_the_documents_are_as_agreed(kind: str) -> None:
    written = write(edition(night()))
    # How the page looks is for eyes and for the browser tests; how it reads is agreed here.
    page = re.sub(r"(?<=<style>).*?(?=</style>)", "", written.html, flags=re.DOTALL)
    text = written.markdown if kind == "md" else page
    place = GOLDEN / f"night.{kind}"
    if os.environ.get("FIREBELL_WRITE_GOLDEN") == "1":
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8")


def test_both_have_every_section() -> None:
    written = write(edition(night()))
    assert Page(written.html).headings == ["INC-42 Checkout returns 500s", *SECTIONS]
    assert re.findall(r"^##+ (.+)$", written.markdown, re.MULTILINE) == SECTIONS


def test_the_page_needs_nothing_beside_itself() -> None:
    page = Page(charted().html)
    for tag, attributes in page.elements:
        for key in ("src", "srcset", "data", "poster", "background"):
            assert (attributes.get(key) or "data:").startswith("data:image/png;base64,") or key not in attributes
        assert tag not in ("script", "link", "iframe", "object", "form")
    policy = next(one["content"] for tag, one in page.elements if one.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def test_the_page_can_be_read_without_seeing_it() -> None:
    page = Page(charted().html)
    tags = [tag for tag, _ in page.elements]
    assert ("html", {"lang": "en"}) in page.elements
    assert tags.count("table") == tags.count("caption") > 2
    assert all(one.get("scope") in ("col", "row") for tag, one in page.elements if tag == "th")
    assert all(len(one.get("alt") or "") > 40 for tag, one in page.elements if tag == "img")
    ids = [one["id"] for _, one in page.elements if "id" in one]
    assert len(ids) == len(set(ids))
    labelled = {one["aria-labelledby"] for tag, one in page.elements if tag == "section"}
    assert labelled <= set(ids)


def test_each_chart_comes_in_light_and_dark_and_the_markdown_has_its_numbers() -> None:
    written = charted()
    page = Page(written.html)
    assert [tag for tag, _ in page.elements if tag in ("source", "img")] == ["source", "img"] * 2
    sources = {one["srcset"] for tag, one in page.elements if tag == "source"}
    assert sources.isdisjoint({one["src"] for tag, one in page.elements if tag == "img"})
    assert "| Payments | Requests answered 5xx | 0.2 % | 9.7 % | 0.22 % |" in written.markdown
    assert "The charts are in the HTML edition of this document." in written.markdown


def test_an_open_section_says_who_is_asked_and_how() -> None:
    written = write(edition(night("resolved")))
    assert written.html.count("Nobody has written this yet.") == written.markdown.count("Nobody has written") == 4
    assert "<b>Carla Moreau</b> is asked for it" in written.html
    assert "press Edit below the postmortem in #inc-42-checkout-returns-500s" in written.html


def test_an_incident_that_goes_on_says_so() -> None:
    written = write(edition(night("declared")))
    assert "This incident is not over." in written.html
    assert "This incident is not over." in written.markdown
    assert "still open" in written.markdown


def test_what_was_said_in_a_part_names_it() -> None:
    whole, part = World(POLICY), World(POLICY)
    for world in (whole, part):
        world.declare()
    part.do(c.PostUpdate("Payments fail", impact="One in ten"))
    written = write(replace(edition(whole), facts=assemble(whole.log, POLICY, {43: part.log})))
    assert "INC-43 · **Payments fail**" in written.markdown
    assert "INC-43 · <strong>Payments fail</strong>" in written.html
    assert written.html.count("INC-43 · Commander") == written.markdown.count("| INC-43 · Commander |") == 1


def test_what_is_unknown_is_not_recorded() -> None:
    world = World(POLICY)
    world.declare()
    world.do(c.ReleaseRole("commander"))
    world.wait(minutes=3)
    world.do(c.Resolve("Restarted"))
    written = write(edition(world))
    assert written.markdown.count("not recorded") == 5
    assert "Nobody recorded when impact began" in written.html
    assert "Nobody recorded the impact." in written.markdown
    assert "Every update came in time." in written.html


def test_a_cancelled_drill_is_told_as_one() -> None:
    world = World(POLICY)
    world.declare(drill=True)
    world.do(c.Cancel("Only an exercise"))
    written = write(edition(world))
    assert "Cancelled: Only an exercise" in written.markdown
    assert "a SEV1 drill" in written.markdown
    assert world.it.status is Status.CANCELLED


def test_a_night_of_two_days_names_each_day() -> None:
    world = World(POLICY, START.replace(hour=23, minute=50))
    world.declare()
    world.wait(minutes=30)
    world.do(c.AddNote("After midnight"))
    written = write(edition(world))
    assert re.findall(r"^### (\d.+)$", written.markdown, re.MULTILINE) == ["19 November 2026", "20 November 2026"]


def test_a_missed_update_names_the_role_and_downtime_firebell() -> None:
    due = START
    late = Missed(due, due + timedelta(minutes=20), "Commander", 2)
    assert missed_sentence(late) == (
        "Due 02:47, came 03:07 UTC, 20 min late (2 due times passed). Owed by the Commander."
    )
    odd = replace(late, due_at=due + timedelta(seconds=40), ended_at=due + timedelta(minutes=20, seconds=10))
    assert missed_sentence(odd) == missed_sentence(late), "the figure counts from the minutes that are shown"
    assert missed_sentence(replace(late, role="", count=1)).endswith("late. Nobody held the role that owes updates.")
    away = replace(late, away_minutes=12, count=1)
    assert missed_sentence(away).endswith(
        "Firebell had been away for 12 min and could not remind; this counts against it."
    )
    assert missed_sentence(replace(late, ended_at=None)).startswith("Due 02:47 UTC, not sent so far")


def test_durations_are_said_in_words() -> None:
    said = {one.key: length(one) for one in assemble(night().log, POLICY).durations}
    assert said == {
        "detect": "7 min",
        "acknowledge": "at once",
        "mitigate": "1 h 1 min",
        "resolve": "1 h 12 min",
        "open": "1 h 5 min",
    }


def test_an_incident_that_nobody_summed_up_is_summed_up() -> None:
    assert summary_sentence(assemble(night("declared").log, POLICY)) == (
        "INC-42 was a SEV1 incident affecting Checkout and Payments, declared at 02:47 UTC. It is declared."
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_breaks_neither_file(text: str) -> None:
    _safe(hostile_night(text))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXT)
def test_no_text_breaks_either_file(text: str) -> None:
    _safe(hostile_night(text))


def _safe(world: World) -> None:
    names = {"UANA": "<b>Ana</b> [x](y)", "UBEA": "# Bea\n| **"}
    written = write(edition(world, names=names))
    written.html.encode()
    written.markdown.encode()
    page = Page(written.html)
    assert {tag for tag, _ in page.elements} <= TAGS
    assert [heading for heading in page.headings[1:] if heading not in SECTIONS] == []
    for tag, attributes in page.elements:
        assert not [key for key in attributes if key.startswith("on")]
        assert tag != "a" or re.match(r"(https?|mailto):", attributes["href"] or "", re.IGNORECASE)
        assert tag != "img"
    tokens = parse(written.markdown)
    headings = [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings[1:] == SECTIONS
    assert {token.content for token in tokens if token.type == "html_inline"} <= {"<br>"}
    assert not [token for token in tokens if token.type in ("html_block", "image")]
    assert all(re.match("https?://", str(token.attrs["href"])) for token in tokens if token.type == "link_open")
    assert sum(token.type == "table_open" and token.level == 0 for token in tokens) == 6


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_a_quoted_section_holds_no_html_no_link_no_picture_and_no_heading(text: str) -> None:
    quoted = md_formatted(text, {})
    tokens = parse(f"Before\n\n{quoted}\n\nAfter")
    kinds = {token.type for token in tokens}
    assert kinds.isdisjoint({"html_block", "html_inline", "link_open", "image", "heading_open"})
    paragraphs = [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "paragraph_open"]
    assert (paragraphs[0], paragraphs[-1]) == ("Before", "After")


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_a_line_as_it_was_said_stays_one_cell_of_a_table(text: str) -> None:
    tokens = parse(f"| a | b |\n| --- | --- |\n| {md_verbatim(text, {})} | end |\n")
    cells = [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "td_open"]
    assert len(cells) == 2
    assert cells[1] == "end"


def test_people_are_shown_by_name() -> None:
    assert html_verbatim("ask @{UANA} or @{UX1}", NAMES) == "ask Ana Ruiz or UX1"
    assert md_verbatim("ask @{UANA}", {"UANA": "A*a"}) == r"ask A\*a"
    assert html_formatted("ask @{UANA}", {"UANA": "**A**"}) == "<p>ask **A**</p>\n"
    assert md_formatted("ask @{UANA}", NAMES) == "> ask Ana Ruiz"


def test_addresses_in_what_was_said_become_links() -> None:
    assert html_verbatim("see https://a.example/x?y=1&z=2).", {}) == (
        'see <a href="https://a.example/x?y=1&amp;z=2" rel="noopener noreferrer">https://a.example/x?y=1&amp;z=2</a>).'
    )
    assert html_link("javascript:alert(1)", "Open <b>") == "Open &lt;b&gt;"
    assert md_link("https://a.example/(x) y|z", "Open") == "[Open](https://a.example/%28x%29%20y%7Cz)"
    assert md_link("javascript:alert(1)", "Open") == ""


def test_a_section_keeps_its_formatting() -> None:
    text = "Two *conditions*:\n\n1. `a < b`\n2. see [this](https://a.example)\n\n```\nif a < b: [x](y)\n# note\n```"
    html = html_formatted(text, {})
    assert "<em>conditions</em>" in html
    assert '<a href="https://a.example" rel="noopener noreferrer nofollow">this</a>' in html
    assert "if a &lt; b: [x](y)\n# note" in html
    assert html_formatted("# Big", {}) == "<h4>Big</h4>\n"
    assert md_formatted(text, {}).splitlines()[-4:] == ["> ```", "> if a < b: [x](y)", "> # note", "> ```"]


def _luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb` (WCAG 2.2)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("light", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("letters", "paper"),
    [
        ("ink", "card"), ("ink", "page"), ("soft", "card"), ("soft", "page"), ("link", "card"), ("ink", "quote"),
        ("accent", "accent-soft"),
    ],
)  # fmt: skip
def test_letters_stand_out_from_their_paper(letters: str, paper: str, light: int) -> None:
    style = (Path(document.__file__).parent / "postmortem.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", style.split(":root {")[1 + light]))
    lighter, darker = sorted((_luminance(colours[letters]), _luminance(colours[paper])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5, "WCAG 2.2, 1.4.3"


def test_a_link_says_what_it_opens() -> None:
    assert [link_word(kind) for kind in ("page", "customers", "note")] == [
        "Open page",
        "Open status page",
        "Open message",
    ]
