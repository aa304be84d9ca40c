"""A stop under load, as an orchestrator does it: SIGTERM, at most ten seconds, exit 0, and nothing lost or doubled."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import data
from bot.clock import SystemClock
from bot.config import load
from sandbox.faults import Rule
from tests.stories.stage import ALERTS, ANA, BEA, JSON, Stage, empty_stage, messages_in

pytestmark = pytest.mark.slow

KILLED_AFTER = 10.0
"""Seconds that an orchestrator waits before it kills."""

CALL_MILLISECONDS = 150
IN_FLIGHT = "SELECT id FROM effects WHERE status = 'sending'"


@asynccontextmanager
async def process(scene: Stage, log: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    """`firebell run` as a process of its own, connected; killed if the test did not end it."""
    with log.open("ab") as file:
        environment = {**os.environ, **scene.environment, "LOG_FORMAT": "json"}
        running = subprocess.Popen([sys.executable, "-m", "bot", "run"], env=environment, stderr=file)
    try:
        await scene.until(lambda world: world["socket_connected"], "the bot did not connect")
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.kill()
        running.wait()


async def ended(running: subprocess.Popen[bytes]) -> float:
    """Wait for the end of a process; returns the seconds that took."""
    started = time.monotonic()
    while running.poll() is None:
        assert time.monotonic() - started < 2 * KILLED_AFTER, "it did not end"
        await asyncio.sleep(0.05)
    return time.monotonic() - started


async def declare_on(scene: Stage, accepted: list[int]) -> None:
    """People who go on declaring, whether anybody listens or not."""
    for number in range(1, 1000):
        user = ANA if number % 2 else BEA
        await scene.types(user, ALERTS, f"/incident declare sev2 fault number {number}")
        accepted.append(number)
        await asyncio.sleep(0.1)


async def at_rest(scene: Stage) -> None:
    """Wait until every effect is settled; what goes to the summary channel takes a second each."""
    deadline = time.monotonic() + 90
    while scene.rows("SELECT id FROM effects WHERE status NOT IN ('done', 'dead') AND type != 'WriteCanvas'"):
        assert time.monotonic() < deadline, "the outbox does not come to rest"
        await asyncio.sleep(0.1)


def keys(world: JSON) -> Counter[str]:
    told = (message for channel in world["channels"] for message in messages_in(world, channel))
    return Counter(one["metadata"]["event_payload"]["key"] for one in told if one.get("metadata"))


async def test_a_stop_under_load_ends_in_time_and_loses_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with empty_stage(tmp_path, metrics=False) as scene:
        scene.local.faults.latency_ms = CALL_MILLISECONDS
        typed: list[int] = []
        async with process(scene, log) as first:
            load_on = asyncio.create_task(declare_on(scene, typed))
            await scene.until(lambda _: len(typed) >= 6 and len(scene.rows(IN_FLIGHT)) >= 3, "there was no load")
            first.send_signal(signal.SIGTERM)
            seconds = await ended(first)
            load_on.cancel()
            await asyncio.wait({load_on})
        assert first.returncode == 0, log.read_text()[-2000:]
        assert seconds < KILLED_AFTER, log.read_text()[-2000:]
        assert scene.rows(IN_FLIGHT) == [], "what was being sent was finished"
        unsettled = scene.rows("SELECT id FROM effects WHERE status IN ('pending', 'waiting')")
        assert unsettled, "the load was more than could be finished"

        scene.local.faults.latency_ms = 0
        async with process(scene, log) as second:
            await at_rest(scene)
            second.send_signal(signal.SIGTERM)
            assert await ended(second) < KILLED_AFTER
        await nothing_lost_nothing_doubled(scene)


async def test_a_slack_that_never_answers_does_not_hold_up_the_end(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with empty_stage(tmp_path, metrics=False) as scene:
        async with process(scene, log) as first:
            scene.local.faults.rules.append(Rule("*", "timeout", count=-1))
            await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
            await scene.until(lambda _: scene.rows(IN_FLIGHT), "nothing is in flight")
            first.send_signal(signal.SIGTERM)
            seconds = await ended(first)
        assert first.returncode == 0, log.read_text()[-2000:]
        assert seconds < KILLED_AFTER, log.read_text()[-2000:]
        scene.local.faults.rules.clear()
        async with process(scene, log):
            await at_rest(scene)
        await nothing_lost_nothing_doubled(scene)


async def nothing_lost_nothing_doubled(scene: Stage) -> None:
    """One channel for each incident, each message once, every log as it must be."""
    world = await scene.world()
    numbers = [number for (number,) in scene.rows("SELECT number FROM incidents ORDER BY number")]
    rooms = Counter(str(one.get("name")).split("-")[1] for one in world["channels"].values() if _is_room(one))
    assert rooms == Counter(str(number) for number in numbers)
    assert set(keys(world).values()) == {1}
    findings = [one async for one in data.verify(load(scene.environment), SystemClock(), kept_head=None)]
    assert [one.problems for one in findings] == [()] * (len(numbers) + 1)


def _is_room(channel: JSON) -> bool:
    return str(channel.get("name")).startswith("inc-")
