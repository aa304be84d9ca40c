"""What the workspace has acknowledged is there after a restart, even after SIGKILL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from sandbox.clock import Clock
from tests.sandbox.house import (
    ANA,
    OPS,
    ROOT,
    START,
    Bench,
    SocketApp,
    button,
    eventually_async,
    modal,
    section,
    typed,
)

MANIFEST = ROOT / "deploy" / "slack" / "manifest.socket.json"


async def test_a_restart_finds_everything_again(tmp_path: Path) -> None:
    state = tmp_path / "slack.db"
    async with Bench(state_path=state) as bench:
        tokens = (bench.slack.bot_token, bench.slack.app_token, bench.slack.signing_secret)
        channel = (await bench.ok("conversations.create", name="inc-1"))["channel"]["id"]
        await bench.ok("conversations.invite", channel=channel, users=ANA)
        ts = await bench.post("card", channel, blocks=[button("take")])
        await bench.post("reply", channel, thread_ts=ts)
        await bench.ok("pins.add", channel=channel, timestamp=ts)
        await bench.ok("bookmarks.add", channel_id=channel, title="t", type="link", link="https://x.example")
        await bench.ok("reactions.add", channel=channel, timestamp=ts, name="eyes")
        await bench.ok("views.publish", user_id=ANA, view={"type": "home", "blocks": [section("hi")]})
        await bench.ok("chat.scheduleMessage", channel=OPS, text="later", post_at=int(START) + 99)
        async with SocketApp(bench) as app:
            await bench.act(ANA, "commands", channel=channel, text="/incident")
            command = app.payloads("slash_commands")[0]
            await bench.ok("views.open", trigger_id=command["trigger_id"], view=modal())
        before = await bench.see("world")
    async with Bench(state_path=state) as bench:
        assert tokens == (bench.slack.bot_token, bench.slack.app_token, bench.slack.signing_secret)
        after = await bench.see("world")
        for part in ("users", "views", "stacks", "homes", "scheduled", "team"):
            assert after[part] == before[part], part
        assert after["channels"][channel] == before["channels"][channel]
        made = (await bench.ok("conversations.create", name="inc-2"))["channel"]["id"]
        assert made not in before["channels"]
        assert await bench.post("later than before", channel) > ts
        url = command["response_url"].replace(command["response_url"].split("/commands")[0], bench.slack.url)
        async with bench.http.post(url, json={"text": "still good"}) as answer:
            assert answer.status == 200


async def test_an_unacknowledged_event_outlives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "slack.db"
    async with Bench(state_path=state) as bench:
        await bench.act(ANA, "messages", channel=OPS, text="@firebell hello")

        async def kept() -> bool:
            return [p["attempt"] for p in (await bench.see("world"))["pending_events"]] == [2]

        await eventually_async(kept)
    async with Bench(state_path=state) as bench, SocketApp(bench) as app:
        bench.clock.advance(61)
        assert (await app.event("app_mention"))["user"] == ANA


async def test_an_open_form_outlives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "slack.db"
    async with Bench(state_path=state) as bench:
        view = bench.slack._workspace.views.open(ANA, modal())
    async with Bench(state_path=state) as bench, SocketApp(bench) as app:
        assert await bench.act(ANA, f"views/{view.id}/submit", state=typed("kept")) == {"ok": True}
        assert app.payloads("interactive")[0]["view"]["id"] == view.id


async def test_a_seed_fills_a_workspace_once(tmp_path: Path) -> None:
    for _ in range(2):
        async with Bench(state_path=tmp_path / "slack.db") as bench:
            assert await bench.texts(OPS) == ["Checkout is slow"]


def start(state: Path, *more: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """Start the command line and return its process and its ready line."""
    arguments = [sys.executable, "-m", "sandbox", "--manifest", str(MANIFEST), "--state", str(state), *more]
    process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready: dict[str, str] = json.loads(process.stdout.readline())
    return process, ready


def finish(process: subprocess.Popen[str], how: signal.Signals) -> int:
    process.send_signal(how)
    process.communicate(timeout=60)
    return process.returncode


def call(ready: dict[str, str], method: str, **arguments: str) -> dict:
    body = json.dumps(arguments).encode()
    headers = {"Authorization": f"Bearer {ready['bot_token']}", "Content-Type": "application/json"}
    request = urllib.request.Request(ready["api_url"] + method, body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.load(answer))


@pytest.mark.slow
def test_a_killed_workspace_forgets_nothing_it_answered(tmp_path: Path) -> None:
    state = tmp_path / "slack.db"
    process, ready = start(state, "--seed", "empty")
    assert int(ready["pid"]) == process.pid
    channel = call(ready, "conversations.create", name="inc-1")["channel"]["id"]
    sent = [call(ready, "chat.postMessage", channel=channel, text=str(n))["ts"] for n in range(4)]
    finish(process, signal.SIGKILL)
    process, again = start(state, "--seed", "empty")
    assert again["bot_token"] == ready["bot_token"]
    history = call(again, "conversations.history", channel=channel)["messages"]
    assert [m["ts"] for m in reversed(history)][1:] == sent
    assert finish(process, signal.SIGTERM) == 0


@pytest.mark.slow
def test_the_command_line_explains_what_is_wrong(tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        return done.returncode, done.stderr.strip()

    process, ready = start(tmp_path / "a.db")
    port = ready["url"].rpartition(":")[2]
    manifest = ("--manifest", str(MANIFEST))
    code, text = run(*manifest, "--port", port)
    assert code == 2
    assert text == f"Port {port} is in use. Choose another with --port, or --port 0 for a free one."
    assert finish(process, signal.SIGINT) == 0
    assert run(*manifest, "--host", "0.0.0.0") == (
        2,
        "The local Slack serves this machine only; 0.0.0.0 is not a loopback address.",
    )
    code, text = run("--manifest", os.devnull)
    assert (code, "is not a readable manifest" in text) == (2, True)
    code, text = run(*manifest, "--seed", "nowhere.json")
    assert (code, "nowhere.json is not a readable seed" in text) == (2, True)


async def test_the_clock_follows_its_file(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    clock = Clock(file, base=lambda: START)
    assert clock.now() == START
    other = Clock(file, base=lambda: START)
    other.advance(90)
    assert clock.now() == START + 90
    assert file.read_text() == "90.0\n"
    file.write_text("nonsense")
    assert clock.now() == START


async def test_sleepers_wake_when_another_process_moves_the_clock(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    async with Bench(clock=Clock(file, base=lambda: START)) as bench:
        await bench.ok("chat.scheduleMessage", channel=OPS, text="later", post_at=int(START) + 600)
        file.write_text("601")

        async def posted() -> bool:
            return "later" in await bench.texts(OPS)

        await eventually_async(posted)


async def test_a_page_shows_whether_the_app_is_connected() -> None:
    async with Bench() as bench, bench.http.ws_connect(f"{bench.slack.url}/sandbox/ws?user={ANA}") as page:

        async def connected() -> bool:
            while (item := await page.receive_json(timeout=30))["type"] != "socket":
                pass
            return bool(item["connected"])

        async with SocketApp(bench):
            assert await connected()
        assert not await connected()
