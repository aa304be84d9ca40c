"""`firebell run`: serve a workspace until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal

from bot import app
from bot.cli.start import settings_and_clock


def run(_: argparse.Namespace) -> int:
    return asyncio.run(serve())


async def serve() -> int:
    """Run until told to stop; what is under way is finished first."""
    settings, clock = settings_and_clock(os.environ)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await app.serve(settings, clock, stop)
    return 0
