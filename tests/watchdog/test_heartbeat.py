"""The heartbeat, at a real local server: it goes out while all is well, and stops when anything is not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.alarm import Lateness
from bot.clock import SystemClock
from bot.heartbeat import FAILED, HELD, SENT, Heartbeat, Pulse
from bot.ops import Probe, Readiness, loop_probe
from bot.watchdog import Patience, Watchdog
from tests.conftest import log_plainly

QUICK = Pulse(every=0.02, again=0.01, limit=0.3)
WELL, LATE = Lateness(0.0, 0.0, 0, 0), Lateness(0.0, 500.0, 3, 0)


@dataclass
class Monitor:
    """Counts what comes, and answers as it is told."""

    url: str = ""
    status: int = 200
    delay: float = 0.0
    beats: list[str] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.delay)
        self.beats.append(f"{request.method} {request.path}")
        return web.Response(status=self.status)


@pytest.fixture
async def monitor() -> AsyncIterator[Monitor]:
    log_plainly()
    made, application = Monitor(), web.Application()
    application.router.add_get("/ping/secret-7f3", made.take)
    server = TestServer(application)
    await server.start_server()
    made.url = str(server.make_url("/ping/secret-7f3"))
    yield made
    await server.close()


def heartbeat(monitor: Monitor, *probes: Probe, told: Callable[[str], None] = lambda _: None) -> Heartbeat:
    return Heartbeat(SecretStr(monitor.url), probes, SystemClock(), told=told, pulse=QUICK)


async def beat_once(monitor: Monitor, *probes: Probe) -> str:
    async with httpx.AsyncClient(timeout=QUICK.limit) as http:
        return await heartbeat(monitor, *probes).beat(http)


@contextlib.asynccontextmanager
async def beating(one: Heartbeat) -> AsyncIterator[None]:
    task = asyncio.create_task(one.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


async def test_it_stops_while_firebell_is_behind_and_resumes_after(monitor: Monitor) -> None:
    dog = Watchdog(timedelta(minutes=2), SystemClock(), Patience(late=0.0, well=0.0))
    outcomes: list[str] = []
    async with beating(heartbeat(monitor, dog.probe, told=outcomes.append)):
        dog.saw(WELL)
        await until(lambda: len(monitor.beats) >= 2)
        assert set(monitor.beats) == {"GET /ping/secret-7f3"}

        dog.saw(LATE)
        outcomes.clear()
        await until(lambda: outcomes.count(HELD) >= 2)
        stood = len(monitor.beats)
        await until(lambda: outcomes.count(HELD) >= 10)
        assert len(monitor.beats) == stood

        dog.saw(WELL)
        await until(lambda: len(monitor.beats) >= stood + 2)


async def test_a_database_that_does_not_answer_holds_it_back(monitor: Monitor) -> None:
    async def away() -> Readiness:
        return Readiness("database", "does not answer")

    async def stuck() -> Readiness:
        await asyncio.sleep(30)
        return Readiness("database")

    assert await beat_once(monitor, away) == HELD
    assert await beat_once(monitor, stuck) == HELD, "nothing is waited for longer than the limit"
    assert monitor.beats == []


async def test_a_silent_loop_holds_it_back(monitor: Monitor) -> None:
    assert await beat_once(monitor, loop_probe("outbox", lambda: 31.0)) == HELD
    assert await beat_once(monitor, loop_probe("outbox", lambda: 1.0)) == SENT
    assert len(monitor.beats) == 1


async def test_a_monitor_that_refuses_or_is_slow_or_away_is_a_failure_and_no_more(monitor: Monitor) -> None:
    monitor.status = 500
    assert await beat_once(monitor) == FAILED
    monitor.status, monitor.delay = 200, 2.0
    assert await beat_once(monitor) == FAILED
    monitor.url = "http://127.0.0.1:9/ping"
    assert await beat_once(monitor) == FAILED


async def test_only_changes_are_logged_and_never_the_address(monitor: Monitor) -> None:
    outcomes: list[str] = []
    with capture_logs() as lines:
        async with beating(heartbeat(monitor, told=outcomes.append)):
            await until(lambda: outcomes.count(SENT) >= 3)
            monitor.status = 503
            await until(lambda: outcomes.count(FAILED) >= 3)
            monitor.status = 200
            sent = outcomes.count(SENT)
            await until(lambda: outcomes.count(SENT) >= sent + 3)
    assert [line["event"] for line in lines] == ["heartbeat_sent", "heartbeat_failed", "heartbeat_sent"]
    assert lines[1]["why"] == "HTTP 503"
    assert "secret-7f3" not in str(lines)
