"""Effects a second through the outbox, against jobs a second through procrastinate, on the same PostgreSQL.

Both queue no-ops in tens (a command brings about as many effects), then four worker processes of four at a time work
them off. Ours go the whole way: claim, lease, handler, and a settling transaction; what a no-op answers is nothing that
the incident's log is told of. The rate of working off is read from the rows' own times, so that starting a process does
not count.

Run: python -m benchmarks.performing [--jobs 4000]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import procrastinate
from sqlalchemy import Float, cast, func, select, text

from benchmarks.house import house, migrate
from benchmarks.servers import ROOT, databases
from bot.clock import SystemClock
from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.model import Actor
from bot.domain.notices import NoCommander
from bot.outbox import Habits, Outbox
from bot.ports import Desk, Performer, View
from bot.service import INTERNAL_DEADLINE_SECONDS
from bot.store.engine import database_url, make_engine
from bot.store.tables import DONE, effects
from bot.telemetry import configure_logging

WORKERS: Final = 4
AT_ONCE: Final = 4
IN_ONE_GO: Final = 10
PATIENCE_SECONDS: Final = 300.0


async def no_op(effect: f.Effect, view: View, desk: Desk) -> f.Facts:
    """Do nothing, well."""
    del effect, view, desk
    return f.Done()


async def queue_effects(url: str, jobs: int) -> float:
    """Queue effects for as many people as there are effects in one go; returns effects a second."""
    await migrate(url)
    async with house(url) as ours:
        declared = [
            (await ours.service.execute(c.Declare(f"Checkout fails {n}"), Actor("UANA"), f"r{n}")).incident
            for n in range(jobs // 100)
        ]
        async with ours.ledger.engine.begin() as connection:
            await connection.execute(effects.delete())
        started = time.perf_counter()
        for number in range(jobs // IN_ONE_GO):
            incident = declared[number % len(declared)]
            rows = [(number + 100, n, f.DirectMessage(f"U{n}", NoCommander(5))) for n in range(IN_ONE_GO)]
            async with ours.ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
                await unit.effects.enqueue(incident, rows)
                await unit.commit()
        return jobs / (time.perf_counter() - started)


async def work_off_effects(url: str) -> None:
    """Be one worker, until nothing is left."""
    configure_logging("error", "text")
    async with house(url) as ours:
        performers = {"chat": Performer("chat", {f.DirectMessage.__name__: no_op})}
        habits = Habits(concurrency=AT_ONCE)
        outbox = Outbox(
            ours.ledger,
            ours.queries,
            ours.service,
            performers,
            policy=ours.policy,
            clock=SystemClock(),
            habits=habits,
        )
        running = asyncio.create_task(outbox.run())
        left = select(func.count()).select_from(effects).where(effects.c.status != DONE)
        await _until_none(ours.ledger.reading, left)
        outbox.stop(within=5)
        await running


def jobs_app(url: str) -> procrastinate.App:
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    @app.task(name="no_op")
    async def no_op_job(user: str) -> None:
        del user

    return app


async def queue_jobs(url: str, jobs: int) -> float:
    """The same through procrastinate's batches."""
    app = jobs_app(url)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        task = app.configure_task("no_op")
        batch: list[dict[str, Any]] = [{"user": f"U{n}"} for n in range(IN_ONE_GO)]
        started = time.perf_counter()
        for _ in range(jobs // IN_ONE_GO):
            await task.batch_defer_async(*batch)
        return jobs / (time.perf_counter() - started)


async def work_off_jobs(url: str) -> None:
    app = jobs_app(url)
    async with app.open_async():
        await app.run_worker_async(concurrency=AT_ONCE, wait=False, install_signal_handlers=False)


async def _until_none(reading: Callable[[], contextlib.AbstractAsyncContextManager[Any]], query: Any) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        async with reading() as connection:
            if (await connection.execute(query)).scalar_one() == 0:
                return
        await asyncio.sleep(0.5)
    raise TimeoutError("the work was not done in time")


OURS_TOOK: Final = (func.max(effects.c.settled_at) - func.min(effects.c.settled_at)) / 1e6
THEIRS_TOOK: Final = text(
    "SELECT CAST(EXTRACT(EPOCH FROM max(at) - min(at)) AS FLOAT) FROM procrastinate_events WHERE type = 'succeeded'"
)


async def measure(jobs: int) -> dict[str, Any]:
    """Return rates a second of queueing and of working off, and the ratio over both."""
    figures: dict[str, Any] = {"jobs": jobs, "workers": WORKERS, "at_once": AT_ONCE}
    sides: tuple[tuple[str, Callable[[str, int], Awaitable[float]], Any], ...] = (
        ("procrastinate", queue_jobs, THEIRS_TOOK),
        ("outbox", queue_effects, select(cast(OURS_TOOK, Float))),
    )
    for side, queue, took in sides:
        with databases("postgresql") as url:
            queued = await queue(url, jobs)
            _run_workers(side, url)
            engine = make_engine(database_url(url))
            async with engine.connect() as connection:
                seconds = float((await connection.execute(took)).scalar_one())
            await engine.dispose()
        both = jobs / (jobs / queued + seconds)
        figures[side] = {"queued": round(queued), "worked_off": round(jobs / seconds), "both": round(both)}
    figures["ratio"] = round(figures["outbox"]["both"] / figures["procrastinate"]["both"], 2)
    return figures


def _run_workers(side: str, url: str) -> None:
    words = [sys.executable, "-m", "benchmarks.performing", "--be", side, "--url", url]
    running = [subprocess.Popen(words, cwd=ROOT) for _ in range(WORKERS)]
    for worker in running:
        if worker.wait(PATIENCE_SECONDS):
            raise RuntimeError(f"a {side} worker failed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=4000)
    parser.add_argument("--be", choices=("outbox", "procrastinate"), help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.be:
        asyncio.run((work_off_effects if chosen.be == "outbox" else work_off_jobs)(chosen.url))
        return
    print(json.dumps(asyncio.run(measure(chosen.jobs)), indent=2))


if __name__ == "__main__":
    main()
