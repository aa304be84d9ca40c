"""Clients we did not write work against the local Slack: slack_sdk, Bolt for Python, Bolt for JavaScript."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.delivery import sign, verify_url
from tests.sandbox.house import (
    ANA,
    BEA,
    OPS,
    Bench,
    button,
    eventually,
    eventually_async,
    modal,
    section,
    typed,
)

CLIENTS = Path(__file__).parent / "clients"
BOLT_JS = "@slack/bolt@5.1.0"


def python_app(bench: Bench, **options: Any) -> AsyncApp:
    """Return a real Bolt app whose Web API is the local Slack."""
    client = AsyncWebClient(token=bench.slack.bot_token, base_url=bench.slack.api_url)
    return AsyncApp(client=client, process_before_response=True, **options)


def listen(app: AsyncApp, seen: list[dict[str, Any]]) -> None:
    """Give an app one listener of each kind; each notes what it got."""

    @app.command("/incident")
    async def command(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        seen.append(body)
        await ack(f"heard {body['text']}")
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    @app.view("form")
    async def submit(ack: AsyncAck, body: dict[str, Any]) -> None:
        seen.append(body)
        await ack(response_action="errors", errors={"title": "Not yet."})

    @app.action("take")
    async def action(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        seen.append(body)
        await ack()
        await respond("taken", replace_original=True)

    @app.event("app_mention")
    async def mention(body: dict[str, Any]) -> None:
        seen.append(body)

    @app.event("member_joined_channel")
    async def joined() -> None:
        return


async def play(bench: Bench, seen: list[dict[str, Any]]) -> None:
    """Play one of everything and check what came of it."""
    ran = await bench.act(ANA, "commands", channel=OPS, text="/incident assign @bea")
    assert ran == {"ok": True}
    assert f"heard assign <@{BEA}|bea>" in await bench.texts(OPS)
    view = (await bench.see(f"views?user={ANA}"))["stack"][0]
    sent = await bench.act(ANA, f"views/{view['id']}/submit", state=typed("x"))
    assert sent == {"ok": False, "errors": {"title": "Not yet."}}
    ts = await bench.post("card", blocks=[button("take")])
    container = {"type": "message", "channel": OPS, "ts": ts}
    action = {"type": "button", "action_id": "take"}
    clicked = await bench.act(ANA, "actions", container=container, block_id="block-take", action=action)
    assert clicked == {"ok": True}
    assert "taken" in await bench.texts(OPS)
    await bench.act(ANA, "messages", channel=OPS, text="@firebell hello")
    await eventually(lambda: len(seen) == 4)
    assert seen[-1]["event"]["type"] == "app_mention"


async def test_bolt_over_socket_mode(bench: Bench) -> None:
    seen: list[dict[str, Any]] = []
    app = python_app(bench)
    listen(app, seen)
    handler = AsyncSocketModeHandler(app, bench.slack.app_token)
    await handler.connect_async()
    try:
        await play(bench, seen)
    finally:
        await handler.close_async()


@contextlib.asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """Serve an aiohttp application and yield its address."""
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_bolt_over_signed_http(bench: Bench) -> None:
    seen: list[dict[str, Any]] = []
    app = python_app(bench, signing_secret=bench.slack.signing_secret)
    listen(app, seen)
    async with served(app.web_app("/slack/events")) as url:
        bench.slack.delivery.request_url = f"{url}/slack/events"
        assert await verify_url(bench.slack.delivery, bench.slack._state)
        await play(bench, seen)


async def test_bolt_refuses_a_signature_that_is_not_ours(bench: Bench) -> None:
    app = python_app(bench, signing_secret=bench.slack.signing_secret)
    body = b"command=%2Fincident"
    async with served(app.web_app("/slack/events")) as url:
        for secret, stamp in (("another", None), (bench.slack.signing_secret, 1_000_000)):
            headers = sign(secret, body, stamp) | {"Content-Type": "application/x-www-form-urlencoded"}
            async with bench.http.post(f"{url}/slack/events", data=body, headers=headers) as answer:
                assert answer.status == 401


async def test_http_events_are_repeated_with_headers_unless_told_not_to(bench: Bench) -> None:
    tries: list[tuple[str | None, str | None]] = []

    async def refuse(request: web.Request) -> web.Response:
        tries.append((request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        stop = {"X-Slack-No-Retry": "1"} if len(tries) == 2 else {}
        return web.Response(status=500, headers=stop)

    server = web.Application()
    server.add_routes([web.post("/", refuse)])
    async with served(server) as url:
        bench.slack.delivery.request_url = f"{url}/"
        await bench.act(ANA, "messages", channel=OPS, text="@firebell hello")

        async def settled() -> bool:
            return len(tries) == 2 and (await bench.see("world"))["pending_events"] == []

        await eventually_async(settled)
    assert tries == [(None, None), ("1", "http_error")]


async def test_the_async_sdk_uploads_pages_and_waits_out_a_rate_limit(bench: Bench) -> None:
    client = AsyncWebClient(token=bench.slack.bot_token, base_url=bench.slack.api_url)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    await bench.switch(rules=[{"method": "chat.postMessage", "kind": "429", "retry_after": 0}])
    posted = await client.chat_postMessage(channel=OPS, text="once", blocks=[section("x")])
    assert (await bench.texts(OPS)).count("once") == 1
    shared = await client.files_upload_v2(content="# INC-1", filename="postmortem.md", channel=OPS)
    assert shared["file"]["mimetype"] == "text/markdown"
    assert (await client.conversations_replies(channel=OPS, ts=posted["ts"]))["messages"][0]["text"] == "once"
    with pytest.raises(SlackApiError, match="missing_scope"):
        await client.team_info()


def environment(bench: Bench) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/tmp"),
        "API_URL": bench.slack.api_url,
        "BOT_TOKEN": bench.slack.bot_token,
        "APP_TOKEN": bench.slack.app_token,
        "CHANNEL": OPS,
        "USER_ID": ANA,
    }


@contextlib.asynccontextmanager
async def program(bench: Bench, *command: str, cwd: Path | None = None) -> AsyncIterator[None]:
    """Run a foreign app until the block ends; it has said that it is ready."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment(bench), cwd=cwd
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            while (line := (await process.stdout.readline()).decode().strip()) != "ready":
                assert process.returncode is None or line, (await process.communicate())[1].decode()
        yield
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.communicate(), 10)
        except TimeoutError:
            process.kill()
            await process.communicate()


async def converse(bench: Bench, name: str) -> None:
    """Run a foreign app through command, modal, message and mention."""
    await eventually_async(lambda: connected(bench))
    assert (await bench.act(ANA, "commands", channel=OPS, text="/incident"))["ok"]

    async def opened() -> bool:
        return bool((await bench.see(f"views?user={ANA}"))["stack"])

    await eventually_async(opened)
    view = (await bench.see(f"views?user={ANA}"))["stack"][0]
    assert await bench.act(ANA, f"views/{view['id']}/submit", state=typed("checkout")) == {"ok": True}

    async def posted() -> bool:
        return f"{name} got checkout" in await bench.texts(OPS)

    await eventually_async(posted)
    said = await bench.act(ANA, "messages", channel=OPS, text="@firebell hello")
    ts = said["message"]["ts"]

    async def replied() -> bool:
        thread = (await bench.see(f"channels/{OPS}/threads/{ts}?user={ANA}"))["messages"]
        return [m["text"] for m in thread[1:]] == [f"{name} was mentioned"]

    await eventually_async(replied)


async def connected(bench: Bench) -> bool:
    return bool((await bench.see("world"))["socket_connected"])


@pytest.mark.slow
async def test_the_sync_sdk(bench: Bench) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(CLIENTS / "sync_sdk.py"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(bench),
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert out.decode().strip() == "name_taken", err.decode()
    assert "from sync, edited" in await bench.texts(OPS)


@pytest.mark.slow
async def test_sync_bolt_over_socket_mode() -> None:
    async with Bench(ack_seconds=3.0) as bench, program(bench, sys.executable, str(CLIENTS / "sync_bolt.py")):
        await converse(bench, "sync bolt")


def node_modules() -> Path:
    """Return the folder in which @slack/bolt is installed, once, for all runs."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return cache / "firebell-tests" / BOLT_JS.strip("@").replace("/", "-")


@pytest.mark.slow
@pytest.mark.node
async def test_bolt_js_over_socket_mode() -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node.js with npm is not installed")
    folder = node_modules()
    if not (folder / "node_modules" / "@slack" / "bolt").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        install = await asyncio.create_subprocess_exec(
            npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), BOLT_JS,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        out, _ = await asyncio.wait_for(install.communicate(), 180)
        assert install.returncode == 0, out.decode()
    # Node looks modules up beside the program, so the program goes where they are.
    shutil.copy(CLIENTS / "bolt_js.mjs", folder / "app.mjs")
    async with Bench(ack_seconds=3.0) as bench, program(bench, node, str(folder / "app.mjs"), cwd=folder):
        await converse(bench, "bolt-js")
