"""What the demo's buttons do, and the incident that is already under way when the page opens."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Final

import httpx

from bot.cli.demo_bot import DemoBot
from sandbox.seed import BEA, INCIDENTS
from sandbox.server import Sandbox

OLDER_SECONDS: Final = 40 * 60.0
"""How long the older incident has been running when the demo begins."""

SKIP_MARGIN_SECONDS: Final = 0.5
AWAY_SECONDS: Final = 7 * 60.0
"""By how much a crash makes Firebell late for what was due next."""

LONGEST_SKIP_SECONDS: Final = 7 * 24 * 3600.0
SETTLE_SECONDS: Final = 20.0
POLL_SECONDS: Final = 0.1

STILL_TO_POST: Final = (
    "SELECT count(*) FROM effects WHERE status NOT IN ('done', 'dead')"
    " AND type NOT IN ('RefreshCard', 'AddBookmark', 'SetTopic', 'PinCard', 'WriteCanvas')"
)

TIMER_WORDS: Final = {
    "update": "the reminder of an update",
    "no_commander": "the question who commands",
    "confirm_severity": "the question about the severity",
    "handoff": "the question about a handoff",
    "absent": "the question whether the commander is there",
    "panels_after": "the charts after the end",
    "postmortem_nudge": "the question about the postmortem",
}


class Story:
    """Moves the shared clock and drives people of the local Slack over its own HTTP API."""

    def __init__(self, local: Sandbox, bot: DemoBot, database: Path, offset_file: Path) -> None:
        self._local = local
        self._bot = bot
        self._database = database
        self._offset_file = offset_file

    def add_controls(self) -> None:
        self._local.add_control(
            id="skip",
            label="Skip to the next event",
            hint="Moves the clock to the next thing Firebell will do by itself",
            callback=self.skip,
        )
        self._local.add_control(
            id="crash",
            label="Crash the bot now",
            hint="Kills the bot's process, lets it miss what is due next, and starts it again",
            callback=self.crash,
        )

    def go_back(self) -> None:
        """Set the clock to the past, before the bot says its first word: no message of a channel is older than the one
        above it."""
        self._write_offset(-OLDER_SECONDS)

    async def begin(self) -> None:
        """Declare the older incident in the past, then come back to the present."""
        await self._say("/incident declare sev3 Search results are slow for some stores")
        await self._until_settled()
        self._write_offset(-OLDER_SECONDS / 2)
        await self._say("/incident update #1 Slow queries come from one shard. It is being rebuilt; done by half past.")
        await self._until_settled()
        self._write_offset(0.0)

    async def skip(self) -> str:
        """Move the clock to the next due timer."""
        due = self._next_timer()
        if due is None:
            return "Nothing is waiting for its time."
        at, kind, number = due
        ahead = at - self._now()
        if ahead > LONGEST_SKIP_SECONDS:
            return "The next event is more than a week away."
        if ahead > 0:
            await self._advance(ahead + SKIP_MARGIN_SECONDS)
        return f"{_span(ahead)} later: {TIMER_WORDS.get(kind, kind)} for INC-{number}."

    async def crash(self) -> str:
        """Kill the bot; if something falls due soon, let it be missed; bring the bot back."""
        await self._bot.crash()
        due = self._next_timer()
        text = "The bot was killed and is back. Nothing was due meanwhile."
        if due is not None:
            at, kind, number = due
            ahead = max(0.0, at - self._now())
            if ahead <= LONGEST_SKIP_SECONDS:
                await self._advance(ahead + AWAY_SECONDS)
                missed = TIMER_WORDS.get(kind, kind)
                late = _span(AWAY_SECONDS)
                text = f"The bot was killed and came back {late} too late for {missed} for INC-{number}."
        await self._bot.revive()
        await self._bot.connected(self._local.sockets)
        return text

    async def _say(self, command: str) -> None:
        async with httpx.AsyncClient(base_url=f"{self._local.url}/sandbox/api/") as client:
            body = {"channel": INCIDENTS, "text": command}
            answer = await client.post(f"as/{BEA}/commands", json=body, timeout=10)
            answer.raise_for_status()

    async def _advance(self, seconds: float) -> None:
        """Move the clock on by way of the local Slack, which tells its pages."""
        async with httpx.AsyncClient(base_url=f"{self._local.url}/sandbox/api/") as client:
            answer = await client.post("clock", json={"advance": seconds}, timeout=10)
            answer.raise_for_status()

    async def _until_settled(self) -> None:
        """Wait until what people see is posted; edits and bookmarks, which Slack paces, may follow in the present."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            await asyncio.sleep(POLL_SECONDS)
            if self._count(STILL_TO_POST) == 0:
                return

    def _next_timer(self) -> tuple[float, str, int] | None:
        rows = self._read(
            "SELECT t.due_at, t.kind, i.number FROM timers t JOIN incidents i ON i.id = t.incident"
            " ORDER BY t.due_at LIMIT 1"
        )
        return (rows[0][0] / 1_000_000, str(rows[0][1]), int(rows[0][2])) if rows else None

    def _count(self, statement: str) -> int:
        rows = self._read(statement)
        return int(rows[0][0]) if rows else -1

    def _read(self, statement: str) -> list[tuple[float, str, int]]:
        """Look into the bot's database without taking part in it."""
        try:
            with sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=2) as connection:
                return connection.execute(statement).fetchall()
        except sqlite3.OperationalError:
            return []

    def _now(self) -> float:
        return time.time() + self._offset()

    def _offset(self) -> float:
        try:
            return float(self._offset_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0

    def _write_offset(self, seconds: float) -> None:
        draft = self._offset_file.with_suffix(".new")
        draft.write_text(f"{seconds}\n", encoding="ascii")
        draft.replace(self._offset_file)


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "A moment"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes / 60:.0f} hours"
