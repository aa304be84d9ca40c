"""`firebell demo`: a local Slack in this process, the bot in a child of its own, and buttons that move time."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Final

from bot.cli.demo_bot import DemoBot
from bot.cli.demo_story import Story
from bot.cli.files import EXAMPLE_SETTINGS, manifest
from sandbox.seed import demo_seed
from sandbox.server import Sandbox, SandboxConfig

SPEED_VARIABLE: Final = "DEMO_SPEED"

_BEGIN: Final = "Checkout is failing, and a command stands ready in the message box: press Enter."
_GO_ON: Final = "Everything stands as you left it."


def run(chosen: argparse.Namespace) -> int:
    folder: Path = chosen.dir
    folder.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_play(folder, chosen.port, first_time=not (folder / "slack.db").exists()))


async def _play(folder: Path, port: int, *, first_time: bool) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    offset_file = folder / "clock-offset"
    config = SandboxConfig(
        manifest=manifest("socket"),
        port=port,
        state_path=folder / "slack.db",
        seed=demo_seed(),
        clock_offset_file=offset_file,
        outage=True,
    )
    try:
        async with Sandbox(config) as local:
            bot = DemoBot(_environment(local, folder, offset_file), folder / "bot.log")
            story = Story(local, bot, folder / "firebell.db", offset_file)
            return await _serve(local, bot, story, stop, first_time=first_time)
    except OSError as error:
        print(
            f"Port {port} cannot be used ({error.strerror}). Is a demo running already? "
            f"Choose another: make demo DEMO_PORT={port + 1}, or firebell demo --port {port + 1}",
            file=sys.stderr,
        )
        return 2


async def _serve(local: Sandbox, bot: DemoBot, story: Story, stop: asyncio.Event, *, first_time: bool) -> int:
    try:
        if first_time:
            story.go_back()
        await bot.start()
        if not await bot.connected(local.sockets):
            print(f"The bot did not start; its log is {bot.log_path}:", file=sys.stderr)
            print(bot.last_words(), file=sys.stderr)
            return 1
        if first_time:
            await story.begin()
        story.add_controls()
        print(f"\n  Firebell is ready:  {local.url}\n", flush=True)
        print("  Open that page. You are Ana, on call. " + (_BEGIN if first_time else _GO_ON))
        print("  Ctrl-C ends the demo; `make demo-reset` forgets it.", flush=True)
        watch = asyncio.create_task(bot.keep_running())
        await stop.wait()
        watch.cancel()
    finally:
        await bot.stop()
    return 0


def _environment(local: Sandbox, folder: Path, offset_file: Path) -> dict[str, str]:
    passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", SPEED_VARIABLE) if name in os.environ}
    return {
        **passed,
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONUNBUFFERED": "1",
        "SLACK_API_URL": local.api_url,
        "SLACK_BOT_TOKEN": local.bot_token,
        "SLACK_APP_TOKEN": local.app_token,
        "SLACK_SIGNING_SECRET": local.signing_secret,
        "DATABASE_URL": f"sqlite:///{(folder / 'firebell.db').resolve()}",
        "FIREBELL_CONFIG": str(EXAMPLE_SETTINGS),
        "FIREBELL_CLOCK_OFFSET_FILE": str(offset_file.resolve()),
        "PROMETHEUS_URL": f"{local.url}/prometheus",
        "PORT": "0",
    }
