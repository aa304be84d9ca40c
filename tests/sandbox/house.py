"""A workbench for tests of the local Slack: it running, a plain client, and a plain app on its socket."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Self

import aiohttp

from sandbox.clock import Clock
from sandbox.errors import PLATFORM_WIDE
from sandbox.methods import METHODS
from sandbox.server import Sandbox, SandboxConfig

ROOT = Path(__file__).parents[2]
START = 1_800_000_000.0
ANA, BEA, SAM, DAN = "U0ANA", "U0BEA", "U0SAM", "U0DAN"
GENERAL, OPS, SECRET, WAR_ROOM = "C0GENERAL", "C0OPS", "C0SECRET", "C0WARROOM"
JSON = dict[str, Any]
NO_ACK = object()


def manifest(*, without: tuple[str, ...] = (), scopes: tuple[str, ...] = (), events: tuple[str, ...] = ()) -> JSON:
    """Return the shipped manifest with scopes taken away or added, and events added."""
    text = (ROOT / "deploy" / "slack" / "manifest.socket.json").read_text(encoding="utf-8")
    parsed: JSON = json.loads(text)
    granted = parsed["oauth_config"]["scopes"]
    granted["bot"] = [s for s in [*granted["bot"], *scopes] if s not in without]
    subscribed = parsed["settings"]["event_subscriptions"]
    subscribed["bot_events"] = sorted({*subscribed["bot_events"], *events})
    return parsed


def seed() -> JSON:
    """Return a small workspace: four people (one deactivated), two public and two private channels."""
    people = [(ANA, "ana", "Europe/Madrid"), (BEA, "bea", "Asia/Tokyo"), (SAM, "sam", "UTC"), (DAN, "dan", "UTC")]
    return {
        "team": {"id": "T0TEST", "name": "Test", "domain": "test"},
        "users": [
            {
                "id": user,
                "name": name,
                "real_name": name.title(),
                "email": f"{name}@test.example",
                "tz": tz,
                "deleted": user == DAN,
            }
            for user, name, tz in people
        ],
        "usergroups": [{"id": "S0ONCALL", "handle": "oncall", "name": "On call", "users": [ANA, BEA]}],
        "channels": [
            {"id": GENERAL, "name": "general", "members": [ANA, BEA, SAM], "creator": ANA},
            {"id": OPS, "name": "ops", "members": [ANA, BEA, "bot"], "creator": ANA},
            {"id": SECRET, "name": "secret", "members": [ANA], "creator": ANA, "private": True},
            {"id": WAR_ROOM, "name": "war-room", "members": [ANA, "bot"], "creator": ANA, "private": True},
        ],
        "messages": [
            {"channel": OPS, "user": ANA, "text": "Checkout is slow", "at": -60.0},
            {"channel": OPS, "user": BEA, "text": "Looking", "at": -30.0, "thread_of": -60.0},
        ],
    }


class Bench:
    """A running workspace whose clock stands still until it is moved, and a client for both its sides."""

    def __init__(self, **config: Any) -> None:
        self.clock = Clock(base=lambda: START)
        defaults: JSON = {"manifest": manifest(), "seed": seed(), "clock": self.clock, "ack_seconds": 0.4}
        self.slack = Sandbox(SandboxConfig(**{**defaults, **config}))
        self._http: aiohttp.ClientSession | None = None

    @property
    def http(self) -> aiohttp.ClientSession:
        assert self._http is not None
        return self._http

    async def __aenter__(self) -> Self:
        await self.slack.__aenter__()
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()
        await self.slack.__aexit__(None, None, None)

    async def raw(self, method: str, token: str | None = None, **arguments: Any) -> tuple[int, Any, JSON]:
        """Call a Web API method with a JSON body and return status, headers and body."""
        headers = {
            "Authorization": f"Bearer {token or self.slack.bot_token}",
            "Content-Type": "application/json; charset=utf-8",
        }
        body = io.BytesIO(json.dumps(arguments, ensure_ascii=False).encode())
        async with self.http.post(self.slack.api_url + method, data=body, headers=headers) as answer:
            return answer.status, answer.headers, await answer.json()

    async def call(self, method: str, **arguments: Any) -> JSON:
        """Call a Web API method; an error it answers must be one Slack documents for it."""
        body = (await self.raw(method, **arguments))[2]
        if not body["ok"]:
            assert body["error"] in METHODS[method].errors | PLATFORM_WIDE, (method, body)
        return body

    async def ok(self, method: str, **arguments: Any) -> JSON:
        """Call a Web API method that must succeed."""
        body = await self.call(method, **arguments)
        assert body["ok"], (method, body)
        return body

    async def error(self, method: str, **arguments: Any) -> str:
        """Call a Web API method that must fail, and return the error code."""
        body = await self.call(method, **arguments)
        assert not body["ok"], (method, body)
        return str(body["error"])

    async def post(self, text: str = "hello", channel: str = OPS, **arguments: Any) -> str:
        """Post as the app and return the message's ts."""
        return str((await self.ok("chat.postMessage", channel=channel, text=text, **arguments))["ts"])

    async def act(self, user: str, path: str, /, **body: Any) -> JSON:
        """Do something as a person through the page's API."""
        url = f"{self.slack.url}/sandbox/api/as/{user}/{path}"
        async with self.http.post(url, json=body) as answer:
            answer.raise_for_status()
            parsed: JSON = await answer.json()
            return parsed

    async def see(self, path: str) -> JSON:
        """Read something through the page's API."""
        async with self.http.get(f"{self.slack.url}/sandbox/api/{path}") as answer:
            answer.raise_for_status()
            parsed: JSON = await answer.json()
            return parsed

    async def switch(self, **faults: Any) -> JSON:
        """Set the fault switches."""
        async with self.http.post(f"{self.slack.url}/sandbox/api/faults", json=faults) as answer:
            parsed: JSON = await answer.json()
            return parsed

    async def texts(self, channel: str, user: str = ANA) -> list[str]:
        """Return what a person reads in a channel."""
        return [m["text"] for m in (await self.see(f"channels/{channel}/messages?user={user}"))["messages"]]


class SocketApp:
    """An app on one Socket Mode connection: it keeps every envelope and answers as told.

    ``answers`` maps an envelope type or an interactive payload's type to the acknowledgement's payload,
    or to NO_ACK.
    """

    def __init__(self, bench: Bench, answers: JSON | None = None) -> None:
        self._bench = bench
        self.answers = answers or {}
        self.envelopes: list[JSON] = []
        self.hello: JSON = {}
        self.goodbyes: list[JSON] = []
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        _, _, body = await self._bench.raw("apps.connections.open", self._bench.slack.app_token)
        self._socket = await self._bench.http.ws_connect(body["url"])
        self.hello = await self._socket.receive_json()
        self._task = asyncio.create_task(self._serve())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._socket is not None
        assert self._task is not None
        await self._socket.close()
        await self._task

    @property
    def closed(self) -> bool:
        return self._socket is None or self._socket.closed

    def payloads(self, kind: str) -> list[JSON]:
        """Return the payloads of one envelope type."""
        return [e["payload"] for e in self.envelopes if e["type"] == kind]

    def events(self, kind: str) -> list[JSON]:
        """Return the inner events of one type."""
        return [p["event"] for p in self.payloads("events_api") if p["event"]["type"] == kind]

    async def event(self, kind: str, count: int = 1) -> JSON:
        """Wait for the nth event of a type and return it."""
        await eventually(lambda: len(self.events(kind)) >= count)
        return self.events(kind)[count - 1]

    async def _serve(self) -> None:
        assert self._socket is not None
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            envelope = json.loads(message.data)
            if envelope["type"] == "disconnect":
                self.goodbyes.append(envelope)
                continue
            self.envelopes.append(envelope)
            answer = self.answers.get(envelope["payload"].get("type"), self.answers.get(envelope["type"]))
            if answer is NO_ACK:
                continue
            ack: JSON = {"envelope_id": envelope["envelope_id"]}
            if answer is not None:
                ack["payload"] = answer
            await self._socket.send_json(ack)


async def eventually(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something is true, or fail."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.01)


async def eventually_async(true: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    """Wait until something asynchronous is true, or fail."""
    deadline = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.02)


def section(text: str) -> JSON:
    """Return a section block."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str, **more: Any) -> JSON:
    """Return an actions block with one button."""
    element = {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": action_id}, **more}
    return {"type": "actions", "block_id": f"block-{action_id}", "elements": [element]}


def modal(callback_id: str = "form", **more: Any) -> JSON:
    """Return a modal with one required text input (block ``title``, action ``text``)."""
    field = {
        "type": "input",
        "block_id": "title",
        "label": {"type": "plain_text", "text": "Title"},
        "element": {"type": "plain_text_input", "action_id": "text", "max_length": 50},
    }
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [field],
        **more,
    }


def typed(text: str) -> JSON:
    """Return the state of that modal with something typed."""
    return {"values": {"title": {"text": {"type": "plain_text_input", "value": text}}}}
