"""Ten thousand open incidents: what a look at the timers costs, how late reminders fire, what an idle process takes.

The declarations are real commands; what they queue is marked as done, because setting ten thousand channels up would
take Slack's limits a day. The rules ask for an update a day, so that nothing falls due but what the measurement moves:
under others a process that starts would first count all due times anew, and its reminders would fall into the rest.
A reminder's lateness is that of the event it becomes. What Slack's own limits add to that is
worked out, not waited for: a card may be edited fifty times a minute (tier 3 of chat.update), whoever edits.

Run: python -m benchmarks.ten_thousand [--incidents 10000] [--window 60] [--database postgresql]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml
from sqlalchemy import bindparam, select, update

from benchmarks.house import House, house, migrate
from benchmarks.servers import ROOT, databases, firebell, local_slack
from bot.alarm import Lateness
from bot.clock import SystemClock
from bot.domain import commands as c
from bot.domain.model import Actor
from bot.scheduler import Scheduler
from bot.store.codec import micros
from bot.store.tables import DONE, effects, timers

REMINDERS_WITHIN: Final = timedelta(minutes=15)
CARD_EDITS_A_MINUTE: Final = 50
LOOKS: Final = 200
SETTLED_AFTER_SECONDS: Final = 15.0
"""After the start, which reads all that is open twice: for the order, and for rules that changed."""

IDLE_SECONDS: Final = 120.0
"""Two rounds of what is done once a minute."""


class Late:
    """Notes how late each timer fired, in seconds; `all_fired` is set once as many as expected have."""

    def __init__(self, expected: int) -> None:
        self.seconds: list[float] = []
        self.all_fired = asyncio.Event()
        self._expected = expected

    def command(self, name: str, outcome: str, seconds: float) -> None: ...
    def effect(self, integration: str, what: str, outcome: str, seconds: float) -> None: ...
    def lateness(self, lateness: Lateness) -> None: ...

    def timer(self, kind: str, outcome: str, late_seconds: float) -> None:
        if outcome != "fired":
            raise RuntimeError(f"{kind} failed to fire")
        self.seconds.append(late_seconds)
        if len(self.seconds) == self._expected:
            self.all_fired.set()


def patient_rules(folder: Path) -> dict[str, str]:
    """Write rules by which nothing falls due today; returns the environment variable that names them."""
    rules = yaml.safe_load((ROOT / "deploy/firebell.example.yaml").read_text(encoding="utf-8"))
    rules["severities"]["sev1"]["cadence"] = "24h"
    del rules["severities"]["sev1"]["commander_absent"]
    path = folder / "firebell.yaml"
    path.write_text(yaml.safe_dump(rules), encoding="utf-8")
    return {"FIREBELL_CONFIG": str(path)}


async def declare(url: str, incidents: int, settings: dict[str, str]) -> float:
    """Declare them, and put everything they queue out of the way; returns declarations a second."""
    await migrate(url)
    async with house(url, settings) as ours:
        started = time.perf_counter()
        for number in range(incidents):
            title = f"Checkout answers slowly in region {number}"
            await ours.service.execute(c.Declare(title, "sev1"), Actor(f"U{number % 500}"), f"r{number}")
        rate = incidents / (time.perf_counter() - started)
        await perform_nothing(ours)
    return rate


async def perform_nothing(ours: House) -> None:
    """Mark all effects as done."""
    async with ours.ledger.engine.begin() as connection:
        await connection.execute(update(effects).values(status=DONE))


async def look(ours: House) -> float:
    """Return the median seconds of one look at the timers when nothing is due."""
    scheduler = Scheduler(ours.ledger, ours.queries, ours.service, clock=SystemClock())
    taken = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        await scheduler.fire_due()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


async def remind(ours: House, incidents: int, window: float) -> dict[str, Any]:
    """Let as many reminders fall due within `window` seconds as would of all incidents; return how late they were."""
    due = round(incidents * window / REMINDERS_WITHIN.total_seconds())
    begin = SystemClock().now() + timedelta(seconds=2)
    async with ours.ledger.engine.begin() as connection:
        chosen = select(timers.c.incident).where(timers.c.kind == "update").limit(due)
        ids = (await connection.execute(chosen)).scalars().all()
        times = [
            {"which": incident, "at": micros(begin + timedelta(seconds=window * number / due))}
            for number, incident in enumerate(ids)
        ]
        moved = update(timers).where(timers.c.kind == "update", timers.c.incident == bindparam("which"))
        await connection.execute(moved.values(due_at=bindparam("at"), not_before=bindparam("at")), times)
    late = Late(due)
    scheduler = Scheduler(ours.ledger, ours.queries, ours.service, clock=SystemClock(), observer=late)
    running = asyncio.create_task(scheduler.run())
    async with asyncio.timeout(window + 120):
        await late.all_fired.wait()
    scheduler.stop()
    await running
    ordered = sorted(late.seconds)
    return {
        "reminders": due,
        "within_s": window,
        "late_p50_ms": round(statistics.median(ordered) * 1000, 1),
        "late_p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 1),
    }


async def idle(url: str, settings: dict[str, str]) -> dict[str, Any]:
    """Run the whole bot with nothing to do; return its share of a core in percent and its memory in MB."""
    async with house(url, settings) as ours:
        await perform_nothing(ours)
    with local_slack() as slack, firebell(url, slack, **settings) as served:
        await asyncio.sleep(SETTLED_AFTER_SECONDS)
        before = served.cpu_seconds()
        await asyncio.sleep(IDLE_SECONDS)
        share = (served.cpu_seconds() - before) / IDLE_SECONDS * 100
        return {"idle_cpu_percent": round(share, 2), "memory_mb": _memory_mb(served.pid)}


def _memory_mb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmRSS"))
    return round(int(kilobytes) / 1024)


async def measure(kind: str, incidents: int, window: float) -> dict[str, Any]:
    """Return the figures on one engine."""
    with databases(kind) as url, TemporaryDirectory(prefix="firebell-bench-", dir="/tmp") as folder:
        settings = patient_rules(Path(folder))
        rate = await declare(url, incidents, settings)
        async with house(url, settings) as ours:
            seconds = await look(ours)
            late = await remind(ours, incidents, window)
        return {
            "database": kind,
            "incidents": incidents,
            "declared_a_second": round(rate),
            "look_ms": round(seconds * 1000, 2),
            **late,
            "floor_of_card_edits_minutes": round(incidents / CARD_EDITS_A_MINUTE, 1),
            **await idle(url, settings),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=10_000)
    parser.add_argument("--window", type=float, default=60.0, help="seconds over which reminders fall due")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    print(json.dumps(asyncio.run(measure(chosen.database, chosen.incidents, chosen.window)), indent=2))


if __name__ == "__main__":
    main()
