"""`firebell backup` and `restore`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from typing import Final, TextIO

from bot import data
from bot.cli.start import settings_and_clock

REDRAWN_EVERY: Final = 0.1


def run(chosen: argparse.Namespace) -> int:
    work = {"backup": _backup, "restore": _restore}[chosen.word]
    return asyncio.run(work(chosen))


class ProgressLine:
    """One line on a terminal, drawn anew as work goes on; silent where nobody watches."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._watched = stream.isatty()
        self._drawn = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if self._watched and (done == total or now - self._drawn > REDRAWN_EVERY):
            self._drawn = now
            self._stream.write(f"\r\x1b[K{what}: {done} of {total}")
            self._stream.flush()

    def clear(self) -> None:
        """Leave nothing behind."""
        if self._watched:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


async def _backup(chosen: argparse.Namespace) -> int:
    settings, clock = settings_and_clock(os.environ)
    line = ProgressLine(sys.stderr)
    try:
        made = await data.back_up(settings, clock, chosen.file, line)
    finally:
        line.clear()
    print(f"{chosen.file}: {made.incidents} incidents, {made.rows} rows, {made.blobs} blobs.")
    print(f"Keep its seal elsewhere; `firebell restore --seal` compares: {made.seal}")
    return 0


async def _restore(chosen: argparse.Namespace) -> int:
    settings, clock = settings_and_clock(os.environ)
    line = ProgressLine(sys.stderr)
    wrong = logs = 0
    try:
        async for finding in data.restore(settings, clock, chosen.file, seal=chosen.seal, progress=line):
            logs += 1
            line("verifying logs", logs, logs)
            if finding.problems:
                wrong += 1
                line.clear()
                print(f"{finding.log}: {'; '.join(finding.problems)}", file=sys.stderr)
    finally:
        line.clear()
    if wrong:
        print(f"Restored, but {wrong} of {logs} logs do not verify. Do not run on this database.", file=sys.stderr)
        return 1
    print(f"Restored; all {logs} logs verify. What was under way is looked for in Slack before it is sent again.")
    return 0
