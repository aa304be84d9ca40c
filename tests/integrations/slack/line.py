"""A bot that listens to the local Slack, by signed HTTP or by Socket Mode."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from integrations.slack.integration import SlackIntegration
from integrations.slack.socket_mode import SocketMode
from integrations.slack.transport import EVENTS_PATH
from sandbox.delivery import sign
from sandbox.server import Sandbox
from tests.fakes import FakeClock
from tests.integrations.slack.kit import ANA, INCIDENTS, NOW, integration_for, local_slack, manifest, page

Body = dict[str, Any]


@dataclass
class Ear:
    """Listens to a command, an event and a form; keeps what it heard and fails as often as told.

    Between `hold` and `let_go` what has `begun` goes no further.
    """

    heard: list[tuple[str, str]] = field(default_factory=list)
    failures: int = 0
    begun: int = 0
    bodies: list[Body] = field(default_factory=list)
    _free: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._free.set()

    def hold(self) -> None:
        """Let nothing go on until `let_go`."""
        self._free.clear()

    def let_go(self) -> None:
        self._free.set()

    def register(self, integration: SlackIntegration) -> None:
        app = integration.app

        @app.command("/incident")
        async def command(ack: Any, body: Body, context: Any) -> None:
            await self._hear("command", body, context)
            await ack(text=f"heard {body['text']}")

        @app.event("reaction_added")
        async def event(body: Body, context: Any) -> None:
            await self._hear("event", body, context)

        @app.event("app_mention")
        async def mention(body: Body, context: Any) -> None:
            await self._hear("mention", body, context)

        @app.shortcut("declare_incident")
        async def shortcut(ack: Any, body: Body, context: Any) -> None:
            await ack()
            await context["client"].views_open(trigger_id=body["trigger_id"], view=FORM)
            await self._hear("shortcut", body, context)

        @app.view("form")
        async def form(ack: Any, body: Body, context: Any) -> None:
            await self._hear("form", body, context)
            await ack(response_action="errors", errors={"title": "Too short."})

    async def _hear(self, what: str, body: Body, context: Any) -> None:
        self.begun += 1
        await self._free.wait()
        self.bodies.append(body)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the database is away")
        self.heard.append((what, context["request_id"]))


FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


@dataclass
class Line:
    """A running local Slack and a running bot that listens to it."""

    slack: Sandbox
    integration: SlackIntegration
    ear: Ear
    url: str = ""
    socket: SocketMode | None = None

    async def act(self, path: str, **body: Any) -> Body:
        return await page(self.integration, self.slack, f"as/{ANA}/{path}", **body)

    async def command(self, text: str = "status") -> Body:
        return await self.act("commands", channel=INCIDENTS, text=f"/incident {text}")

    async def react(self, name: str = "pushpin") -> None:
        ts = (await self.act("messages", channel=INCIDENTS, text="look"))["message"]["ts"]
        await self.act("reactions", channel=INCIDENTS, ts=ts, name=name, add=True)

    async def react_as_bot(self, ts: str) -> None:
        added = {"channel": INCIDENTS, "timestamp": ts, "name": "eyes"}
        await AsyncWebClient(self.slack.bot_token, self.slack.api_url).api_call("reactions.add", json=added)

    async def post(self, body: bytes, **headers: str) -> int:
        """Post to the door and return the status."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=io.BytesIO(body), headers=headers) as answer,
        ):
            return answer.status

    async def signed(self, body: bytes, content_type: str = "application/json", **more: Any) -> int:
        stamp = more.pop("stamp", None)
        signature = sign(more.pop("secret", self.slack.signing_secret), body, stamp)
        return await self.post(body, **{"Content-Type": content_type, **signature, **more})


@asynccontextmanager
async def by_http(**more: Any) -> AsyncIterator[Line]:
    async with local_slack(manifest=manifest("http")) as slack:
        integration = integration_for(slack, FakeClock(NOW), socket=False, **more)
        async with integration.open(), integration.listen():
            ear = Ear()
            ear.register(integration)
            server = web.Application()
            server.add_routes(integration.routes())
            runner = web.AppRunner(server)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}{EVENTS_PATH}"
            slack.delivery.request_url = url
            try:
                yield Line(slack, integration, ear, url)
            finally:
                await runner.cleanup()


@asynccontextmanager
async def by_socket(*, ack_seconds: float = 30.0, **more: Any) -> AsyncIterator[Line]:
    async with local_slack(ack_seconds=ack_seconds) as slack:
        integration = integration_for(slack, FakeClock(NOW), **more)
        async with integration.open():
            ear = Ear()
            ear.register(integration)
            async with integration.listen() as socket:
                assert socket is not None
                await asyncio.wait_for(socket.connected.wait(), 30)
                yield Line(slack, integration, ear, socket=socket)


async def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.01)
