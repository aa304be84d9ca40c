"""`firebell sandbox`: the local Slack alone, for trying or testing one's own app or configuration."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from bot.cli.files import manifest
from sandbox.seed import demo_seed
from sandbox.server import Sandbox, SandboxConfig


def run(chosen: argparse.Namespace) -> int:
    return asyncio.run(_serve(chosen))


async def _serve(chosen: argparse.Namespace) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    config = SandboxConfig(
        manifest=manifest("http" if chosen.request_url else "socket"),
        port=chosen.port,
        state_path=chosen.state,
        seed=demo_seed(),
        request_url=chosen.request_url,
        outage=True,
    )
    try:
        async with Sandbox(config) as local:
            print(f"A local Slack is at {local.url}")
            print(f"  SLACK_API_URL={local.api_url}")
            print(f"  SLACK_BOT_TOKEN={local.bot_token}")
            print(f"  SLACK_APP_TOKEN={local.app_token}")
            print(f"  SLACK_SIGNING_SECRET={local.signing_secret}", flush=True)
            await stop.wait()
    except OSError as error:
        print(f"Port {chosen.port} cannot be used: {error.strerror}. Choose another with --port.", file=sys.stderr)
        return 2
    return 0
