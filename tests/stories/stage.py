"""A stage for stories: the whole bot on SQLite, on a local Slack, with people who type, press and react.

Everything is real: Socket Mode, the Web API, the outbox, the timers. Only the wall clock can be moved on.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.app import App
from bot.clock import OffsetClock
from bot.config import load
from sandbox.seed import ALERTS, ANA, BEA, INCIDENTS, INES, MEI, SAM, TOMAS, demo_seed
from sandbox.server import Sandbox, SandboxConfig
from tests.local_http import local_client

__all__ = ["ALERTS", "ANA", "BEA", "INCIDENTS", "INES", "MEI", "SAM", "TOMAS", "Stage", "stage"]

ROOT = Path(__file__).parents[2]
JSON = dict[str, Any]
PATIENCE = 180.0
SOONEST, LATEST = 0.01, 0.05
"""Seconds between two looks, the first time and in the long run."""
STALE = 0.25
"""Seconds after which the world is fetched anew though the bot has said nothing: time passes there, too."""
HASTE = 10.0
"""How much faster the local Slack may be called than Slack, and is: a story waits a tenth as long for its messages.

What Slack really wants is kept where it is tested: tests/outbox/test_pacing.py, tests/sandbox/test_gate.py, and with
whole processes in tests/crash and tests/chaos.
"""


@dataclass
class Stage:
    """What a story can do and see."""

    local: Sandbox
    http: httpx.AsyncClient
    database: Path
    offset: Path
    environment: dict[str, str]
    running: list[Any] = field(default_factory=list)

    async def types(self, user: str, channel: str, text: str) -> JSON:
        """Somebody types a slash command."""
        return await self._post(f"as/{user}/commands", channel=channel, text=text)

    async def says(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> JSON:
        """Somebody says something."""
        extra = {"thread_ts": thread_ts} if thread_ts else {}
        return await self._post(f"as/{user}/messages", channel=channel, text=text, **extra)

    async def reacts(self, user: str, channel: str, ts: str, name: str, *, add: bool = True) -> JSON:
        return await self._post(f"as/{user}/reactions", channel=channel, ts=ts, name=name, add=add)

    async def presses(self, user: str, message: JSON, action: str, **chosen: Any) -> JSON:
        """Somebody uses the first control of this action in a message."""
        block, element = find_control(message, action)
        body = {key: element[key] for key in ("type", "action_id", "value") if key in element} | chosen
        container = {
            "type": "message",
            "channel": message["channel"],
            "ts": message["ts"],
            "is_ephemeral": bool(message.get("is_ephemeral")),
        }
        return await self._post(
            f"as/{user}/actions", container=container, block_id=block, action=body, state={"values": {}}
        )

    async def form(self, user: str) -> JSON:
        """The form that is open for somebody, on top of the stack."""
        top: JSON = await self.until(lambda world: _top(world, user), "no form opened")
        return top

    async def submits(self, user: str, view: JSON, **values: JSON) -> JSON:
        """Somebody sends a form: each value is an input's state, by block id."""
        state: JSON = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                element = block["element"]
                given = values.get(block["block_id"]) or _initial(element)
                state[block["block_id"]] = {element["action_id"]: {"type": element["type"], **given}}
        return await self._post(f"as/{user}/views/{view['id']}/submit", state={"values": state})

    async def _post(self, path: str, **body: Any) -> JSON:
        answer = await self.http.post(path, json=body)
        assert answer.status_code < 500, answer.text
        result: JSON = answer.json()
        return result

    async def world(self) -> JSON:
        """Everything the local Slack holds."""
        answer: JSON = (await self.http.get("world")).json()
        return answer

    async def until(self, look: Callable[[JSON], Any], why: str) -> Any:
        """Wait until the world shows something; returns it."""
        seen, fetched = self.local.exchanges, time.monotonic()
        world = await self.world()
        async for _ in looks():
            if self.local.exchanges != seen or time.monotonic() > fetched + STALE:
                seen, fetched = self.local.exchanges, time.monotonic()
                world = await self.world()
            found = look(world)
            if found:
                return found
        raise AssertionError(why)

    async def room(self, number: int = 1) -> str:
        """The id of an incident's channel, once its set-up has come to rest."""
        channel = await self.until(lambda world: _room(world, number), f"no channel for INC-{number}")
        await self.settled()
        return str(channel)

    async def settled(self) -> None:
        """Wait until the outbox has nothing left to do; a canvas is written once a minute only."""
        async for _ in looks():
            if not self.rows("SELECT id FROM effects WHERE status NOT IN ('done', 'dead') AND type != 'WriteCanvas'"):
                return
        raise AssertionError(
            self.rows("SELECT type, status, last_reason, last_detail FROM effects WHERE status != 'done'")
        )

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Look into the bot's database."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30) as connection:
            return connection.execute(statement).fetchall()

    async def messages(self, channel: str) -> list[JSON]:
        """The bot's messages in a channel, threads included, oldest first."""
        return [one for one in messages_in(await self.world(), channel) if one.get("bot_id") and _is_speech(one)]

    async def direct(self, user: str) -> list[JSON]:
        """What the bot told somebody by direct message."""
        world = await self.world()
        found = [key for key, one in world["channels"].items() if _is_direct(one, user)]
        return [one for key in found for one in messages_in(world, key) if one.get("bot_id")]

    async def whispers(self, user: str) -> list[str]:
        """Answers that only this person saw, oldest first."""
        world = await self.world()
        return [whole_text(one) for one in world["ephemerals"] if one["user_shown"] == user]

    async def last_whisper(self, user: str) -> str:
        return (await self.whispers(user))[-1]

    def skip(self, *, minutes: float) -> None:
        """Move the clock on."""
        now = float(self.offset.read_text())
        draft = self.offset.with_suffix(".new")
        draft.write_text(f"{now + minutes * 60}\n")
        draft.replace(self.offset)


async def looks() -> AsyncIterator[None]:
    """Come back for another look as long as patience lasts, soon at first."""
    deadline, pause = time.monotonic() + PATIENCE, SOONEST
    while time.monotonic() < deadline:
        yield
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LATEST)


def _room(world: JSON, number: int) -> str | None:
    named = (key for key, one in world["channels"].items() if str(one.get("name")).startswith(f"inc-{number}-"))
    return next(named, None)


def _is_speech(message: JSON) -> bool:
    """Whether a message is one, rather than a note that somebody joined or set the topic."""
    return message.get("subtype") in (None, "bot_message", "thread_broadcast")


def _top(world: JSON, user: str) -> JSON | None:
    stack = world["stacks"].get(user) or []
    return next((view for view in world["views"] if stack and view["id"] == stack[-1]), None)


def _is_direct(channel: JSON, user: str) -> bool:
    return channel["kind"] == "im" and user in channel["members"]


def messages_in(world: JSON, channel: str) -> list[JSON]:
    """Every message of a channel, oldest first, each with its channel's id."""
    found = world["channels"][channel].get("messages") or []
    rows = found.values() if isinstance(found, dict) else found
    return [{**one, "channel": channel} for one in sorted(rows, key=lambda one: float(one["ts"]))]


def whole_text(message: JSON) -> str:
    """The fallback and everything the blocks say."""
    return "\n".join([str(message.get("text", "")), *_texts(message.get("blocks") or [])])


def _texts(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return own + [text for value in node.values() if not isinstance(value, str) for text in _texts(value)]
    return [text for item in node for text in _texts(item)] if isinstance(node, list) else []


def find_control(message: JSON, action: str) -> tuple[str, JSON]:
    """Return (block id, element) of a control."""
    for block in message.get("blocks") or []:
        for element in [*(block.get("elements") or []), block.get("accessory") or {}]:
            if element.get("action_id") == action:
                return str(block.get("block_id")), element
    raise AssertionError(f"no control {action} in: {whole_text(message)}")


def _initial(element: JSON) -> JSON:
    """The state of an input that nobody touched."""
    names = {
        "initial_value": "value",
        "initial_option": "selected_option",
        "initial_options": "selected_options",
        "initial_user": "selected_user",
        "initial_users": "selected_users",
        "initial_date": "selected_date",
        "initial_date_time": "selected_date_time",
    }
    return {state: element[name] for name, state in names.items() if name in element}


@asynccontextmanager
async def stage(folder: Path, *, clock_start: float = 0.0, metrics: bool = True) -> AsyncIterator[Stage]:
    """Raise the curtain: a seeded workspace and a running bot. Without `metrics` there is no Prometheus to ask."""
    async with empty_stage(folder, clock_start=clock_start, metrics=metrics) as scene, bot(scene):
        yield scene


@asynccontextmanager
async def empty_stage(folder: Path, *, clock_start: float = 0.0, metrics: bool = True) -> AsyncIterator[Stage]:
    """Set the stage without the bot, for stories in which it comes and goes (`bot`)."""
    offset = folder / "offset"
    offset.write_text(f"{clock_start}\n")
    manifest = json.loads((ROOT / "deploy/slack/manifest.socket.json").read_text())
    # Slack waits three seconds for an acknowledgement; machines that run tests may be busy.
    config = SandboxConfig(
        manifest=manifest, seed=demo_seed(), outage=True, clock_offset_file=offset, ack_seconds=30.0, haste=HASTE
    )
    async with Sandbox(config) as local:
        environment = {
            "SLACK_API_URL": local.api_url,
            "SLACK_BOT_TOKEN": local.bot_token,
            "SLACK_APP_TOKEN": local.app_token,
            "DATABASE_URL": f"sqlite:///{folder / 'firebell.db'}",
            "FIREBELL_CONFIG": str(ROOT / "deploy/firebell.example.yaml"),
            "FIREBELL_CLOCK_OFFSET_FILE": str(offset),
            "PROMETHEUS_URL": f"{local.url}/prometheus" if metrics else "",
            "PORT": "0",
        }
        async with local_client(f"{local.url}/sandbox/api/") as http:
            yield Stage(local, http, folder / "firebell.db", offset, environment)


@asynccontextmanager
async def bot(scene: Stage) -> AsyncIterator[None]:
    """The bot, connected; leaving stops it."""
    app = App(load(scene.environment), OffsetClock(scene.offset), haste=HASTE)
    async with app.running():
        async for _ in looks():
            if scene.local.sockets.connected:
                break
        assert scene.local.sockets.connected, "the bot did not connect"
        yield
