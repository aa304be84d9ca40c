"""What arrives: through the real Bolt app, verified, and acknowledged only after the listener."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot import faultpoints
from integrations.slack import transport
from integrations.slack.transport import MAX_BODY
from sandbox.delivery import sign
from tests.integrations.slack.kit import ANA, BEA, INCIDENTS, page
from tests.integrations.slack.line import by_http, by_socket, until

WAYS = pytest.mark.parametrize("way", [by_http, by_socket])
Way = Callable[..., Any]


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


@pytest.mark.parametrize("way", [by_http, partial(by_socket, ack_seconds=4.0)], ids=["by_http", "by_socket"])
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
        line.ear.hold()
        await line.react()
        await until(lambda: line.ear.begun == 1)
        world = await page(line.integration, line.slack, "world")
        assert len(world["pending_events"]) == 1
        assert line.ear.heard == []
        line.ear.let_go()
        await until(lambda: len(line.ear.heard) == 1)


@WAYS
async def test_an_event_that_nobody_listens_for_is_not_delivered_again(way: Way):
    async with way() as line:
        await line.act("archive", channel="C0GENERAL", archived=True)
        await line.react()
        await until(lambda: len(line.ear.heard) == 1)
        deadline = time.monotonic() + 30
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
        assert time.monotonic() - started < 20
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
        assert await line.signed(EVENT, stamp=now + 400) == 401
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
        claimed = sign("guessed", b"", None)
        async with (
            aiohttp.ClientSession() as session,
            session.post(line.url, data=chunks(), headers=claimed) as answer,
        ):
            assert answer.status == 413


HEAD = "POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}\r\n"


async def _answer_to(url: str, said: str) -> str:
    """Say the head of a request and no whole body; return the answer's first line."""
    port = int(url.split(":")[2].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said.encode())
    async with asyncio.timeout(30):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    writer.close()
    await writer.wait_closed()
    assert "connection: close" in head.lower()
    return head.splitlines()[0]


@pytest.mark.parametrize("length", [10, MAX_BODY + 1])
async def test_what_is_not_signed_or_stale_is_refused_before_its_body_is_read(length: int):
    async with by_http() as line:
        assert " 401 " in await _answer_to(line.url, HEAD.format(length, ""))
        old = sign(line.slack.signing_secret, b"x", int(time.time()) - 301)
        stale = "".join(f"{name}: {value}\r\n" for name, value in old.items())
        assert " 401 " in await _answer_to(line.url, HEAD.format(length, stale))


async def test_a_body_that_does_not_come_to_its_end_is_408(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transport, "BODY_SECONDS", 0.2)
    async with by_http() as line:
        claimed = "".join(f"{name}: {value}\r\n" for name, value in sign("guessed", b"", None).items())
        assert " 408 " in await _answer_to(line.url, HEAD.format(10, claimed) + "x")
        assert line.ear.bodies == []


async def test_a_listener_that_fails_is_500_and_an_unknown_command_404():
    async with by_http() as line:
        fields = {"command": "/incident", "text": "x", "team_id": "T0TEST", "user_id": ANA, "trigger_id": "1.1"}
        form = "application/x-www-form-urlencoded"
        line.ear.failures = 1
        assert await line.signed(urlencode(fields).encode(), form) == 500
        assert await line.signed(urlencode({**fields, "command": "/other"}).encode(), form) == 404
        assert await line.signed(urlencode(fields).encode(), form) == 200


async def test_a_command_may_speak_of_a_payload():
    async with by_http() as line:
        fields = {"command": "/incident", "text": "note payload too large", "user_id": ANA, "trigger_id": "1.1"}
        assert await line.signed(urlencode(fields).encode(), "application/x-www-form-urlencoded") == 200
        assert [body["text"] for body in line.ear.bodies] == ["note payload too large"]


async def test_slacks_own_questions_are_answered():
    async with by_http() as line:
        challenge = json.dumps({"type": "url_verification", "challenge": "c"}).encode()
        assert await line.signed(challenge) == 200
        assert await line.signed(b"ssl_check=1", "application/x-www-form-urlencoded") == 200
        async with aiohttp.ClientSession() as session:
            assert (await session.get(line.url, params={"ssl_check": "1"})).status == 200
            assert (await session.get(line.url)).status == 405


async def test_people_and_groups_that_change_are_known_at_once():
    async with by_socket() as line:
        directory = line.integration.directory
        directory.notice(
            {"type": "user_change", "user": {"id": BEA, "name": "b", "real_name": "Beatrice", "tz": "UTC"}}
        )
        assert await directory.name(BEA) == "Beatrice"
