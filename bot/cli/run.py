"""`firebell run`: serve a workspace until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
from typing import Final

from bot import app
from bot.cli.start import settings_and_clock

SETTLED_AFTER_SECONDS: Final = 5.0
"""After the start: modules, classes and statements are there by then, and stay."""

COLLECT_AFTER: Final = 20_000
"""Objects more than were let go until the collector looks at the young ones: some dozens of requests' worth."""


def spare_what_is_there() -> None:
    """Let the garbage collector pass over all that there is by now, since the process will keep it anyway.

    What is garbage already goes first, or it would be kept with the rest: 0.15 s once after importing, next to nothing
    later.
    """
    gc.collect()
    gc.freeze()


def spare_what_stays() -> None:
    """Spare what the start has made, and look for garbage less often.

    A full collection walks through all of it, a tenth of a second in which nobody is answered.
    """
    spare_what_is_there()
    gc.set_threshold(COLLECT_AFTER, 10, 10)


def run(_: argparse.Namespace) -> int:
    spare_what_is_there()
    return asyncio.run(serve())


async def serve() -> int:
    """Run until told to stop; what is under way is finished first."""
    settings, clock = settings_and_clock(os.environ)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.call_later(SETTLED_AFTER_SECONDS, spare_what_stays)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await app.serve(settings, clock, stop)
    return 0
