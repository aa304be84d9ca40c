"""What arrives: by signed HTTP and by Socket Mode, through the real Bolt app, acknowledged only after the listener."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot import faultpoints
from integrations.slack.integration import SlackIntegration
from integrations.slack.socket_mode import SocketMode
from integrations.slack.transport import EVENTS_PATH, MAX_BODY
from sandbox.delivery import sign
from sandbox.faults import Rule
from sandbox.server import Sandbox
from tests.fakes import FakeClock
from tests.integrations.slack.kit import ANA, BEA, INCIDENTS, NOW, integration_for, local_slack, manifest, page

Body = dict[str, Any]


@dataclass
class Ear:
    """Listens to a command, an event and a form; keeps what it heard and fails as often as told."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    failures: int = 0
    seconds: float = 0.0
    bodies: list[Body] = field(default_factory=list)

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
        await asyncio.sleep(self.seconds)
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
async def by_socket(**more: Any) -> AsyncIterator[Line]:
    async with local_slack(ack_seconds=2.0) as slack:
        integration = integration_for(slack, FakeClock(NOW), **more)
        async with integration.open():
            ear = Ear()
            ear.register(integration)
            async with integration.listen() as socket:
                assert socket is not None
                await asyncio.wait_for(socket.connected.wait(), 5)
                yield Line(slack, integration, ear, socket=socket)


WAYS = pytest.mark.parametrize("way", [by_http, by_socket])
Way = Callable[..., Any]


async def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.01)


@WAYS
async def test_a_command_is_answered_by_its_listener(way: Way):
    async with way() as line:
        assert (await line.command("status"))["ok"] is True
        [(what, request)] = line.ear.heard
        assert (what, request) == ("command", line.ear.bodies[0]["trigger_id"])
        world = await page(line.integration, line.slack, "world")
        assert [row["text"] for row in world["ephemerals"]] == ["heard status"]


@WAYS
async def test_a_form_with_an_error_shows_it_at_its_field(way: Way):
    async with way() as line:
        await line.act("shortcuts", callback_id="declare_incident")
        world = await page(line.integration, line.slack, "world")
        [view] = world["views"]
        values = {"title": {"text": {"type": "plain_text_input", "value": "x"}}}
        answer = await line.act(f"views/{view['id']}/submit", state={"values": values})
        assert answer == {"ok": False, "errors": {"title": "Too short."}}
        assert line.ear.heard[-1] == ("form", view["id"])


@WAYS
async def test_an_event_whose_listener_failed_is_delivered_again(way: Way):
    async with way() as line:
        line.ear.failures = 1
        await line.react()
        await until(lambda: len(line.ear.heard) == 1)
        first, second = line.ear.bodies
        assert first["event_id"] == second["event_id"] == line.ear.heard[0][1]


@WAYS
async def test_an_event_is_acknowledged_only_after_its_listener(way: Way):
    async with way() as line:
        line.ear.seconds = 0.3
        await line.react()
        world = await page(line.integration, line.slack, "world")
        assert len(world["pending_events"]) == 1
        assert line.ear.heard == []
        await until(lambda: len(line.ear.heard) == 1)


@WAYS
async def test_an_event_that_nobody_listens_for_is_not_delivered_again(way: Way):
    async with way() as line:
        await line.act("archive", channel="C0GENERAL", archived=True)
        await line.react()
        await until(lambda: len(line.ear.heard) == 1)
        deadline = time.monotonic() + 5
        while (await page(line.integration, line.slack, "world"))["pending_events"]:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)


@WAYS
async def test_each_delivery_passes_the_named_point(way: Way):
    reached: list[str] = []
    faultpoints.install(reached.append)
    try:
        async with way() as line:
            await line.command()
    finally:
        faultpoints.install(None)
    assert reached == [faultpoints.EVENT_RECEIVED]


@WAYS
async def test_what_the_bot_does_itself_is_no_request(way: Way):
    async with way() as line:
        ts = (await line.act("messages", channel=INCIDENTS, text="look"))["message"]["ts"]
        await line.react_as_bot(ts)
        await line.react()
        await until(lambda: len(line.ear.heard) == 1)
        assert [body["event"]["user"] for body in line.ear.bodies] == [ANA]


async def test_with_slack_unreachable_a_signed_command_is_still_carried_out_and_acknowledged(unused_tcp_port: int):
    async with by_http(api_url=f"http://127.0.0.1:{unused_tcp_port}/api") as line:
        started = time.monotonic()
        assert (await line.command())["ok"] is True
        await line.react()
        await until(lambda: len(line.ear.heard) == 2)
        assert time.monotonic() - started < 1.0
        await line.react_as_bot(line.ear.bodies[-1]["event"]["item"]["ts"])
        await line.react()
        await until(lambda: len(line.ear.heard) == 3)
        assert {body["event"]["user"] for body in line.ear.bodies if "event" in body} == {ANA}
        assert line.integration.app.client.base_url.startswith(f"http://127.0.0.1:{unused_tcp_port}")


EVENT = json.dumps({"type": "event_callback", "event_id": "Ev1", "team_id": "T0TEST", "event": {"type": "x"}}).encode()


async def test_a_forged_stale_or_unsigned_request_is_401_and_reaches_nobody():
    async with by_http() as line:
        now = int(time.time())
        assert await line.post(EVENT, **{"Content-Type": "application/json"}) == 401
        assert await line.signed(EVENT, secret="guessed") == 401
        assert await line.signed(EVENT, stamp=now - 301) == 401
        assert await line.signed(EVENT, stamp=now + 301) == 401
        assert await line.signed(EVENT, **{"X-Slack-Request-Timestamp": "soon"}) == 401
        assert await line.signed(EVENT, **{"X-Slack-Request-Timestamp": "٣"}) == 401
        assert await line.signed(EVENT, **{"X-Slack-Signature": "v0="}) == 401
        assert await line.signed(EVENT, **{"X-Slack-Signature": "v0=é"}) == 401
        assert await line.signed(b"\xff\xfe") == 401
        assert await line.post(b"{ no json", **{"Content-Type": "application/json"}) == 401
        assert line.ear.bodies == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{ no json", "application/json"),
        (b"[1, 2]", "application/json"),
        (b"", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"payload=%7Bno", "application/x-www-form-urlencoded"),
        (b"payload=%5B%5D", "application/x-www-form-urlencoded"),
        (b"no form at all", "application/x-www-form-urlencoded"),
        (b"<x/>", "text/xml"),
    ],
    ids=["no json", "a list", "empty", "deep", "broken payload", "payload list", "no form", "xml"],
)
async def test_a_signed_body_that_is_no_payload_is_400(body: bytes, content_type: str):
    async with by_http() as line:
        assert await line.signed(body, content_type) == 400


async def test_a_body_above_the_limit_is_413_also_when_its_length_is_not_told():
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 1024 + 1):
            yield b" " * 1024

    async with by_http() as line:
        assert await line.signed(b" " * (MAX_BODY + 1)) == 413
        async with aiohttp.ClientSession() as session, session.post(line.url, data=chunks()) as answer:
            assert answer.status == 413


async def test_a_listener_that_fails_is_500_and_an_unknown_command_404():
    async with by_http() as line:
        fields = {"command": "/incident", "text": "x", "team_id": "T0TEST", "user_id": ANA, "trigger_id": "1.1"}
        form = "application/x-www-form-urlencoded"
        line.ear.failures = 1
        assert await line.signed(urlencode(fields).encode(), form) == 500
        assert await line.signed(urlencode({**fields, "command": "/other"}).encode(), form) == 404
        assert await line.signed(urlencode(fields).encode(), form) == 200


async def test_slacks_own_questions_are_answered():
    async with by_http() as line:
        challenge = json.dumps({"type": "url_verification", "challenge": "c"}).encode()
        assert await line.signed(challenge) == 200
        async with aiohttp.ClientSession() as session:
            assert (await session.get(line.url, params={"ssl_check": "1"})).status == 200
            assert (await session.get(line.url)).status == 405


async def test_socket_mode_has_no_door_and_http_no_socket():
    async with by_socket() as line:
        assert line.integration.routes() == ()
    async with by_http() as line, line.integration.listen() as socket:
        assert socket is None


async def test_a_socket_that_is_cut_is_replaced_and_the_event_comes_again():
    async with by_socket() as line:
        line.slack.faults.delivery.drop_socket = 1
        await line.react()
        await until(lambda: line.slack.faults.delivery.drop_socket == 0)
        await until(lambda: line.slack.sockets.connected)
        line.slack._clock.advance(61.0)  # by then Slack has tried twice and waits a minute
        await until(lambda: len(line.ear.heard) == 1)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_a_socket_that_is_asked_to_leave_is_replaced(reason: Any):
    async with by_socket() as line:
        line.ear.seconds = 0.2
        running = asyncio.create_task(line.command())
        await asyncio.sleep(0.05)
        await line.slack.sockets.disconnect(reason)
        if reason == "warning":
            assert (await running)["ok"] is True, "the old socket still acknowledges what it brought"
        else:
            await running
        await until(lambda: line.slack.sockets.connected)
        assert (await line.command())["ok"] is True


async def test_connecting_is_tried_until_it_works_with_a_new_address_each_time():
    async with local_slack() as slack:
        slack.faults.rules += [Rule("apps.connections.open", "500", count=2), Rule("apps.connections.open", "429")]
        integration = integration_for(slack, FakeClock(NOW))
        async with integration.open(), integration.listen() as socket:
            assert socket is not None
            await asyncio.wait_for(socket.connected.wait(), 10)


async def test_a_socket_outlives_the_time_limit_of_a_call():
    async with by_socket(call_seconds=0.3) as line:
        await asyncio.sleep(0.6)
        assert (await line.command())["ok"] is True
        assert (await page(line.integration, line.slack, "world"))["calls"]["apps.connections.open"] == 1


async def test_leaving_lets_a_running_request_end():
    async with local_slack(ack_seconds=2.0) as slack:
        integration = integration_for(slack, FakeClock(NOW))
        async with integration.open():
            ear = Ear(seconds=0.3)
            ear.register(integration)
            async with integration.listen() as socket:
                assert socket is not None
                await asyncio.wait_for(socket.connected.wait(), 5)
                running = asyncio.create_task(Line(slack, integration, ear).command())
                await asyncio.sleep(0.1)
            assert (await running)["ok"] is True
            assert len(ear.heard) == 1


async def test_people_and_groups_that_change_are_known_at_once():
    async with by_socket() as line:
        directory = line.integration.directory
        directory.notice(
            {"type": "user_change", "user": {"id": BEA, "name": "b", "real_name": "Beatrice", "tz": "UTC"}}
        )
        assert await directory.name(BEA) == "Beatrice"
