"""Clocks: the system's, and one whose wall time a demo or a test moves on by a file that its processes share."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

STEADY: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""A clock that nobody sets. Linux has one that also runs while the machine is suspended."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.clock_gettime(STEADY)


class OffsetClock:
    """The machine's time plus the seconds written in a file; a missing or broken file counts as zero.

    Only wall time moves: deadlines, leases and timeouts run on monotonic time, which nobody can skip.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: int | None = None
        self._offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._read()

    def monotonic(self) -> float:
        return time.clock_gettime(STEADY)

    def _read(self) -> timedelta:
        try:
            stamp = self._path.stat().st_mtime_ns
            if stamp != self._stamp:
                self._offset = timedelta(seconds=float(self._path.read_text(encoding="ascii")))
                self._stamp = stamp
        except (OSError, ValueError):
            return self._offset
        return self._offset
