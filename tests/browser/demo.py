"""The real demo as a child process, for a browser to drive: started, watched, interrupted."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Self

import httpx

ROOT: Final = Path(__file__).parents[2]
JSON = dict[str, Any]
START_SECONDS: Final = 120.0
STOP_SECONDS: Final = 60.0
_READY: Final = re.compile(r"Firebell is ready: +(http://\S+)")


class Demo:
    """`python -m bot demo` on a port that the system chooses; leaving kills whatever is left of it."""

    def __init__(self, folder: Path) -> None:
        self._output = folder.with_suffix(".out")
        self._database = folder / "firebell.db"
        words = [sys.executable, "-m", "bot", "demo", "--port", "0", "--dir", str(folder)]
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                words,
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.url = ""

    def __enter__(self) -> Self:
        try:
            self.url = self._wait_for_url()
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.interrupt()

    def _wait_for_url(self) -> str:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            found = _READY.search(self.said)
            if found:
                return found[1]
            time.sleep(0.05)
        raise AssertionError(f"the demo did not become ready; it said:\n{self.said}")

    @property
    def said(self) -> str:
        """What it printed so far."""
        return self._output.read_text(encoding="utf-8")

    def interrupt(self) -> int:
        """Press Ctrl-C; returns the exit status, and fails if that takes too long."""
        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def children(self) -> set[int]:
        """The ids of the processes it has started and that still live."""
        return {pid for pid in _living() if _parent(pid) == self._process.pid}

    def world(self) -> JSON:
        """Everything the local Slack holds."""
        answer: JSON = httpx.get(f"{self.url}/sandbox/api/world", timeout=10).json()
        return answer

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Look into the bot's database."""
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=5)) as connection:
            return connection.execute(statement).fetchall()


def alive(pids: set[int]) -> set[int]:
    """Those of the processes that have not ended."""
    return pids & _living()


def _living() -> set[int]:
    return {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()}


def _parent(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    # The name in the second field may hold spaces and brackets; what follows it does not.
    return int(status.rpartition(")")[2].split()[1])
