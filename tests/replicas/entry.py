"""Runs the bot with a fault that only a test can want: `python -m tests.replicas.entry run`.

FIREBELL_TEST_KILL_AT and FIREBELL_TEST_HASTE are as in tests.crash.entry. FIREBELL_TEST_STOP_AT is "<place>:<n>": the
n-th time that it comes there the process stops itself with SIGSTOP, as a paused machine would, and goes on when
somebody sends SIGCONT. A place is a named point of `bot.faultpoints`, or a method of the Web API: then it stops inside
the send, after the last look at the lease, with the connection in its hand and nothing written yet. FIREBELL_TEST_PAGES
names a file with the most pages that the SQLite database may have: a disk of that size. The product knows nothing of
this.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from bot import faultpoints
from bot.store.sqlite_driver import DirectConnection
from tests.crash.entry import HASTE, arm
from tests.crash.haste import hasten

STOP_AT = "FIREBELL_TEST_STOP_AT"
PAGES = "FIREBELL_TEST_PAGES"


class Stopper:
    """Counts down and stops the process."""

    def __init__(self, place: str, number: int) -> None:
        self._place = place
        self._left = number

    def reached(self, place: str) -> None:
        if place != self._place:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGSTOP)


def stop_inside_the_send(stopper: Stopper) -> None:
    """Have the stopper called when a request is about to be written."""
    send = aiohttp.ClientRequest.send

    async def stop_and_send(self: aiohttp.ClientRequest, *arguments: Any) -> Any:
        stopper.reached(self.url.name)
        return await send(self, *arguments)

    aiohttp.ClientRequest.send = stop_and_send  # type: ignore[method-assign]


def keep_small(file: Path) -> None:
    """Hold SQLite to the number of pages in the file, which a test may change at any time; none means no limit."""

    begin = DirectConnection.begin_to_write

    async def begin_held(self: DirectConnection) -> None:
        pages = int(file.read_text(encoding="ascii"))
        await self.cursor().execute(f"PRAGMA max_page_count = {pages}")
        await begin(self)

    DirectConnection.begin_to_write = begin_held  # type: ignore[method-assign]


def prepare(variables: Mapping[str, str]) -> None:
    """Install what the environment asks for."""
    arm(variables)
    if variables.get(HASTE):
        hasten()
    place, _, number = variables.get(STOP_AT, "").rpartition(":")
    if place:
        stopper = Stopper(place, int(number))
        if place in faultpoints.ALL:
            faultpoints.install(stopper.reached)
        else:
            stop_inside_the_send(stopper)
    if PAGES in variables:
        keep_small(Path(variables[PAGES]))


if __name__ == "__main__":
    prepare(os.environ)
    sys.argv[0] = "bot"
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
