"""The workspace's clock: real time plus an offset that the page and tests can move on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

_POLL_SECONDS = 0.2


class Clock:
    """Seconds since the epoch, shifted by an offset that may live in a file.

    The file holds one float (seconds) as text; missing or unreadable means 0. The bot reads the
    same file, so that moving the clock on moves both. Without a file the offset is kept in memory.
    ``base`` is the unshifted time; tests give their own.
    """

    def __init__(self, offset_file: Path | None = None, base: Callable[[], float] = time.time) -> None:
        self._file = offset_file
        self._base = base
        self._offset = 0.0
        self._mtime: int | None = None
        self._moved = asyncio.Event()
        self._reload()

    @property
    def offset(self) -> float:
        """Seconds added to real time."""
        self._reload()
        return self._offset

    def now(self) -> float:
        """Seconds since the epoch on this workspace's clock."""
        return self._base() + self.offset

    def advance(self, seconds: float) -> float:
        """Move the clock on, wake every sleeper, and return the new offset."""
        self._offset = self.offset + seconds
        if self._file is not None:
            draft = self._file.with_name(self._file.name + ".new")
            draft.write_text(f"{self._offset}\n", encoding="utf-8")
            draft.replace(self._file)
            self._mtime = self._file.stat().st_mtime_ns
        self.wake()
        return self._offset

    def wake(self) -> None:
        """Make every sleeper look at the clock again."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep_until(self, when: float) -> None:
        """Return once ``now() >= when``, also if the clock is moved on meanwhile."""
        while (remaining := when - self.now()) > 0:
            await self._wait_for_move(remaining)

    async def watch(self) -> None:
        """Notice offsets that another process writes; runs until cancelled."""
        seen = self.offset
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            if self.offset != seen:
                seen = self.offset
                self.wake()

    async def _wait_for_move(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._moved.wait(), timeout=seconds)
        except TimeoutError:
            return

    def _reload(self) -> None:
        if self._file is None:
            return
        try:
            mtime = self._file.stat().st_mtime_ns
            if mtime == self._mtime:
                return
            self._offset = float(self._file.read_text(encoding="utf-8").strip() or 0.0)
            self._mtime = mtime
        except (FileNotFoundError, ValueError):
            self._mtime, self._offset = None, 0.0
