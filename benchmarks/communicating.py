"""What a two-hour incident says, how often it calls Slack, and how late its reminders are.

A sev1 is played by people on the local Slack: roles, ten notes, four updates, one that is missed and climbs, a resolve;
one person follows, two subscribe. Time in which nothing happens is skipped by moving the clock of both. Lateness is
from a reminder's due time to the commit of its event, in real seconds. What Slack would have been called without
coalescing is worked out from the log: every edit that an event asks for, less those that were made.

Run: python -m benchmarks.communicating [--write]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx
import structlog

from benchmarks.facts import machine
from benchmarks.servers import ROOT
from bot.app import App
from bot.clock import OffsetClock
from bot.config import load
from bot.domain import effects as f
from bot.domain.events import Recorded
from bot.domain.evolve import apply
from bot.domain.model import Actor, ActorKind, Incident
from bot.domain.policy import Policy
from bot.domain.react import react
from bot.store.codec import EVENTS, moment
from sandbox.seed import ALERTS, ANA, BEA, INCIDENTS, INES, MEI, SAM, TOMAS, demo_seed
from sandbox.server import Sandbox, SandboxConfig

PAPER: Final = ROOT / "docs" / "communication.md"
PATIENCE_SECONDS: Final = 60.0
BEFORE_DUE_SECONDS: Final = 1.5
"""More than a heartbeat, so that the scheduler knows of the moved clock before the reminder is due."""

CALM_SECONDS: Final = 2.5
"""After the last act of a moment; what is paced to one message a second is over by then."""

PLAY: Final = (
    (0, ANA, ALERTS, "declare sev1 Checkout returns 500s"),
    (1, ANA, "", "take commander"),
    (2, ANA, "", f"assign communications <@{BEA}>"),
    (2, ANA, "", f"assign deputy <@{TOMAS}>"),
    (3, SAM, "", "follow"),
    (3, INES, ALERTS, "subscribe everything"),
    (4, MEI, ALERTS, "subscribe sev1"),
    (5, TOMAS, "", "note The deploy at 02:40 changed the timeout"),
    (8, ANA, "", "status investigating"),
    (12, BEA, "", "update Half of all payments fail"),
    (16, TOMAS, "", "note Pods restart every two minutes"),
    (20, ANA, "", "note Asked the database team for the slow queries"),
    (25, BEA, "", "update The new timeout is the likely cause"),
    (31, ANA, "", "status identified"),
    (35, TOMAS, "", "note Rolling back to v141"),
    (38, BEA, "", "update A rollback is under way"),
    (44, TOMAS, "", "note Half of the pods are on v141"),
    (49, ANA, "", "note The queue is growing still"),
    (75, ANA, "", "status mitigating"),
    (80, TOMAS, "", "note All pods are on v141"),
    (81, BEA, "", "update The rollback is done, the queue is being worked off"),
    (90, ANA, "", "status monitoring"),
    (93, ANA, "", "note Errors are back to normal"),
    (95, BEA, "", "nochange"),
    (100, TOMAS, "", "note The queue is empty"),
    (110, ANA, "", "note No further reports from customers"),
    (120, ANA, "", "resolve rolled back to v141"),
)
"""Minute, person, channel ("": the incident's) and what they type. Between 38 and 81 two updates are missed."""


@dataclass
class Stage:
    """The local Slack and the bot's database, on a clock that is moved on."""

    http: httpx.AsyncClient
    database: Path
    offset: Path
    lateness: list[float] = field(default_factory=list)

    @property
    def now(self) -> float:
        return time.time() + float(self.offset.read_text())

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5) as connection:
            return connection.execute(statement).fetchall()

    def move_to(self, at: float) -> None:
        ahead = float(self.offset.read_text()) + max(0.0, at - self.now)
        draft = self.offset.with_suffix(".new")
        draft.write_text(f"{ahead}\n")
        draft.replace(self.offset)

    async def world(self) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.http.get("world")).json()
        return answer

    async def until(self, holds: Any, why: str) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = holds()
            found = await found if asyncio.iscoroutine(found) else found
            if found:
                return found
            await asyncio.sleep(0.05)
        raise TimeoutError(why)

    async def settled(self) -> None:
        """Wait until nothing is left to send; a canvas waits for its own pace."""
        open_ = "SELECT id FROM effects WHERE status NOT IN ('done', 'dead') AND type != 'WriteCanvas'"
        await self.until(lambda: not self.rows(open_), "effects are left")

    async def remind_until(self, at: float) -> None:
        """Let every reminder come that falls due before then, and note how late it is."""
        while due := self.rows(f"SELECT due_at FROM timers WHERE kind = 'update' AND due_at < {int(at * 1e6)}"):
            (when,) = due[0]
            self.move_to(when / 1e6 - BEFORE_DUE_SECONDS)
            gone = f"SELECT 1 FROM timers WHERE kind = 'update' AND due_at = {when}"
            await self.until(lambda gone=gone: not self.rows(gone), "a reminder does not come")
            sent = self.rows("SELECT max(at) FROM events WHERE type = 'ReminderSent'")[0][0]
            if sent is not None and sent >= when:
                self.lateness.append((sent - when) / 1e6)
            await self.settled()


async def play(stage: Stage) -> None:
    """Play the two hours."""
    start, room = stage.now, ""
    for minute, who, where, words in PLAY:
        await stage.remind_until(start + minute * 60)
        stage.move_to(start + minute * 60)
        body = {"channel": where or room, "text": f"/incident {words}"}
        (await stage.http.post(f"as/{who}/commands", json=body)).raise_for_status()
        await asyncio.sleep(CALM_SECONDS)
        await stage.settled()
        if not room:
            room = await stage.until(lambda: _room(stage), "no channel")


async def _room(stage: Stage) -> str:
    channels = (await stage.world())["channels"]
    return next((key for key, one in channels.items() if str(one.get("name")).startswith("inc-1-")), "")


async def measure() -> dict[str, Any]:
    """Return the figures of one played incident."""
    with tempfile.TemporaryDirectory(prefix="firebell-play-") as name:
        folder = Path(name)
        (folder / "offset").write_text("0\n")
        manifest = json.loads((ROOT / "deploy/slack/manifest.socket.json").read_text())
        config = SandboxConfig(
            manifest=manifest, seed=demo_seed(), clock_offset_file=folder / "offset", ack_seconds=10.0
        )
        async with Sandbox(config) as local:
            environment = {
                "SLACK_API_URL": local.api_url,
                "SLACK_BOT_TOKEN": local.bot_token,
                "SLACK_APP_TOKEN": local.app_token,
                "DATABASE_URL": f"sqlite:///{folder / 'firebell.db'}",
                "FIREBELL_CONFIG": str(ROOT / "deploy/firebell.example.yaml"),
                "FIREBELL_CLOCK_OFFSET_FILE": str(folder / "offset"),
                "PORT": "0",
            }
            settings = load(environment)
            app = App(settings, OffsetClock(folder / "offset"))
            async with httpx.AsyncClient(base_url=f"{local.url}/sandbox/api/", timeout=30) as http, app.running():
                stage = Stage(http, folder / "firebell.db", folder / "offset")
                await stage.until(lambda: _connected(stage), "the bot did not connect")
                before = Counter(await _traffic(stage))
                await play(stage)
                calls = Counter(await _traffic(stage)) - before
                return _figures(stage, await stage.world(), calls, settings.policy)


async def _connected(stage: Stage) -> bool:
    return bool((await stage.world())["socket_connected"])


async def _traffic(stage: Stage) -> dict[str, int]:
    found: dict[str, int] = (await stage.world())["calls"]
    return found


def _figures(stage: Stage, world: dict[str, Any], calls: Counter[str], policy: Policy) -> dict[str, Any]:
    asked, made = _edits(stage, policy)
    total = sum(calls.values())
    return {
        "minutes": PLAY[-1][0],
        "messages": _messages(world),
        "reminders": len(stage.lateness),
        "late_median_ms": round(median(stage.lateness) * 1000),
        "late_worst_ms": round(max(stage.lateness) * 1000),
        "calls": total,
        "by_method": dict(calls.most_common()),
        "edits_asked": asked,
        "edits_made": made,
        "calls_without_coalescing": total + asked - made,
    }


def _messages(world: dict[str, Any]) -> dict[str, int]:
    """Count Firebell's messages: in the room and its threads, in the summary channel, and to people one by one."""
    found: Counter[str] = Counter()
    for key, channel in world["channels"].items():
        rows = channel.get("messages") or []
        mine = [one for one in (rows.values() if isinstance(rows, dict) else rows) if one.get("bot_id")]
        spoken = [one for one in mine if one.get("subtype") in (None, "bot_message", "thread_broadcast")]
        threads = sum(bool(one.get("thread_ts")) and one["thread_ts"] != one["ts"] for one in spoken)
        if str(channel.get("name")).startswith("inc-1-"):
            found["the incident's channel"] += len(spoken) - threads
            found["threads in the incident's channel"] += threads
        elif key == INCIDENTS:
            found["the summary channel"] += len(spoken) - threads
            found["threads in the summary channel"] += threads
        elif channel["kind"] == "im":
            found["direct messages"] += len(spoken)
    return dict(found)


def _edits(stage: Stage, policy: Policy) -> tuple[int, int]:
    """Return how many coalescing calls the events asked for, and how many were made."""
    asked = sum(
        1 for effect in _asked(stage, policy) if f.route(effect).collapse and f.route(effect).integration == f.CHAT
    )
    made = stage.rows("SELECT count(*) FROM effects WHERE collapse != '' AND integration = 'chat' AND status = 'done'")
    return asked, int(made[0][0])


def _asked(stage: Stage, policy: Policy) -> Iterator[f.Effect]:
    """Go through the log again: what each event asked for."""
    incident: Incident | None = None
    query = "SELECT seq, type, version, data, actor_id, actor_kind, at FROM events ORDER BY seq"
    for seq, kind, version, data, actor, actor_kind, at in stage.rows(query):
        recorded = Recorded(seq, EVENTS.load(kind, version, data), Actor(actor, ActorKind(actor_kind)), moment(at))
        before, incident = incident, apply(incident, recorded)
        yield from (one for one in react(before, incident, recorded, policy) if isinstance(one, f.Effect))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/communication.md")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    figures = asyncio.run(measure())
    if parser.parse_args().write:
        PAPER.write_text(page(figures, machine()), encoding="utf-8")
    print(json.dumps(figures, indent=2))


def page(figures: dict[str, Any], facts: dict[str, Any]) -> str:
    """Return docs/communication.md."""
    methods = "\n".join(f"| `{name}` | {count} |" for name, count in figures["by_method"].items())
    messages = "\n".join(f"| {where} | {count} |" for where, count in figures["messages"].items())
    return f"""# What an incident says

Made by `make bench-communication`: change `benchmarks/communicating.py`, not this page. Measured {facts["measured"]} on
{facts["cores"]} cores of {facts["cpu"]}.

One sev1 of {figures["minutes"]} minutes, played by six people on the local Slack: roles, ten notes, four updates, two
updates missed in a row so that the ladder climbs, "No change", a resolve; one person follows, two subscribe. No pager
is connected. The clock is moved on where nothing happens.

## Messages

| where | messages |
| --- | --- |
{messages}

## Reminders

{figures["reminders"]} reminders came, {figures["late_median_ms"]} ms after their time in the median and
{figures["late_worst_ms"]} ms at worst: from the due time to the commit of the reminder's event, in real time. What
follows is sent at Slack's pace.

## Calls to Slack

{figures["calls"]} Web API calls; without coalescing {figures["calls_without_coalescing"]} would have been needed. Of
{figures["edits_asked"]} edits of cards, topic and canvas that events asked for, {figures["edits_made"]} were made: of
those that wait, only the newest is sent. Two hours pass in two minutes here, so that more edits wait for each other
than in a real incident, and calls that Slack's pace holds back are counted as well.

| method | calls |
| --- | --- |
{methods}
"""


if __name__ == "__main__":
    main()
