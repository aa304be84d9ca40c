"""What must hold once everything has come to rest: rows, logs, effects, timers, exports and documents."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from markdown_it import MarkdownIt

from bot.domain.postmortem import assemble
from templates.document import Edition, write
from tests.fuzz.house import House

TAGS: Final = re.compile(
    r"html|head|meta|title|style|body|header|main|footer|section|article|div|span|p|h[1-6]|ul|ol|li|dl|dt|dd|table|caption"
    r"|thead|tbody|tr|th|td|a|b|bdi|strong|em|i|s|code|pre|blockquote|br|hr|time|figure|figcaption|picture|source|img"
    r"|details|summary|small|nav|abbr|del"
)
"""Elements that can do no harm."""

DEAD: Final = "SELECT type, last_reason, last_detail FROM effects WHERE status = 'dead'"
STUCK: Final = (
    "SELECT type, status FROM effects"
    " WHERE status NOT IN ('done', 'dead') AND integration != 'metrics' AND type != 'WriteCanvas'"
)


async def inspect(house: House) -> None:
    """Let everything come to rest, then look at all of it; what is wrong becomes a finding."""
    findings, desk = house.findings, house.desk
    findings.knock = "(after the last input)"
    await house.work_off()
    await house.fire_timers()
    await house.work_off()
    for row in desk.rows(DEAD):
        findings.add(f"dead effect: {row}")
    for row in desk.rows(STUCK):
        findings.add(f"stuck effect: {row}")
    for row in desk.rows("SELECT kind, last_error FROM timers WHERE attempts > 0"):
        findings.add(f"stuck timer: {row}")
    if not _can_write(house):
        findings.add("a transaction was left open")
    for incident_id in await house.audit.incident_ids():
        for flaw in [*(await house.audit.verify(incident_id)).problems, *await _flaws_of_papers(house, incident_id)]:
            findings.add(f"incident: {flaw}")


def _can_write(house: House) -> bool:
    with sqlite3.connect(house.desk.database, timeout=2) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
    return True


async def _flaws_of_papers(house: House, incident_id: str) -> list[str]:
    """Say what is wrong with an incident's export and postmortem."""
    flaws = []
    async for line in house.audit.export(incident_id):
        if "\n" in line.rstrip("\n") or not isinstance(json.loads(line), dict):
            flaws.append("an exported line is no JSON object")
    facts = assemble(await house.queries.log(incident_id), house.desk.policy)
    names = {user: await house.desk.context.people.name(user) for user in facts.people()}
    written = write(Edition(facts, 1, names))
    flaws += [f"page: {flaw}" for flaw in flaws_of_page(written.html)]
    shown = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(written.markdown)
    flaws += [f"markdown: {flaw}" for flaw in flaws_of_page(shown)]
    return flaws


def flaws_of_page(html: str) -> Iterator[str]:
    """Say which elements, handlers and addresses of a page nobody of ours wrote."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    yield from reader.flaws


class _Reader(HTMLParser):
    """Reads a page as a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.flaws: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not TAGS.fullmatch(tag):
            self.flaws.append(f"element {tag[:40]}")
        for name, value in attrs:
            text = (value or "").strip()
            if name.startswith("on") or name == "srcdoc":
                self.flaws.append(f"handler {name}")
            if name in ("href", "action") and not re.match(r"(https?://|mailto:|#)", text):
                self.flaws.append(f"address {text[:60]}")
            if name in ("src", "srcset") and not text.startswith("data:image/png;base64,"):
                self.flaws.append(f"picture {text[:60]}")
            if name == "style":
                self.flaws.append(f"style {text[:60]}")
            if name == "http-equiv" and text != "Content-Security-Policy":
                self.flaws.append(f"header {text[:60]}")
