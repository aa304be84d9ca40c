"""How long a person waits for the acknowledgement, and how many commands one process bears, against a bare Bolt app.

Firebell acknowledges what it has committed; the bare app commits nothing. A second bare app does one raw SQLite commit
for each request and nothing else: whoever forgets nothing cannot be faster than that. The load comes over signed HTTP
from a process of its own, and meanwhile Firebell's outbox works on what was asked.

Run: python -m benchmarks.acknowledging [--seconds 20]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from typing import Any, Final

import aiohttp

from benchmarks.requests import Body, Mix, Sender, Tally, as_fast_as_it_goes, at_a_rate
from benchmarks.servers import Served, bare_bolt, databases, firebell, local_slack
from bot.clock import SystemClock
from bot.config import load
from bot.domain.model import Incident
from bot.opening import look_into_store
from bot.ports import EVERYBODY
from bot.store.queries import SqlQueries

A_SECOND: Final = 50.0
INCIDENTS: Final = 20
AT_ONCE: Final = 8


async def _declared(served: Served) -> list[Incident]:
    """Declare some incidents to work on, and read them back beside the running process."""
    settings = load(served.environment)
    async with aiohttp.ClientSession() as session:
        tally, mix = Tally(), Mix([], settings.policy, time.time())
        sender = Sender(session, served.door)
        for _ in range(INCIDENTS):
            await sender.send(mix.declare(), tally)
    if tally.failed:
        raise RuntimeError(f"{tally.failed} declarations failed")
    async with look_into_store(settings, SystemClock()) as ledger:
        found = await SqlQueries(ledger).recent(EVERYBODY, limit=INCIDENTS)
    return list(found)


async def measure_firebell(kind: str, seconds: float) -> tuple[dict[str, Any], list[Body]]:
    """Return the figures on one engine, and the requests that were sent, for the bare app to get the same."""
    with databases(kind) as database, local_slack() as slack, firebell(database, slack) as served:
        incidents = await _declared(served)
        mix = Mix(incidents, load(served.environment).policy, time.time())
        await at_a_rate(served.door, mix.in_turn(), a_second=A_SECOND, seconds=2)
        bodies = [body for _, body in zip(range(round(A_SECOND * seconds)), mix.in_turn(), strict=False)]
        figures = await _at_fifty(served, bodies, seconds)
        figures["notes_a_second"] = round(
            await as_fast_as_it_goes(served.door, mix.note, at_once=AT_ONCE, seconds=seconds / 2)
        )
        figures["lists_a_second"] = round(
            await as_fast_as_it_goes(served.door, mix.listing, at_once=AT_ONCE, seconds=seconds / 4)
        )
    return figures, bodies


async def measure_bare(bodies: list[Body], seconds: float, *, commits: bool = False) -> dict[str, Any]:
    with bare_bolt(commits=commits) as served:
        await at_a_rate(served.door, iter(bodies), a_second=A_SECOND, seconds=min(2.0, seconds))
        figures = await _at_fifty(served, bodies, seconds)
        mix = Mix([], load({}).policy, time.time())
        rate = await as_fast_as_it_goes(served.door, mix.listing, at_once=AT_ONCE, seconds=seconds / 2)
    return {**figures, "commands_a_second": round(rate)}


async def _at_fifty(served: Served, bodies: list[Body], seconds: float) -> dict[str, Any]:
    """Send them at the rate; `cpu_ms` is what the process computed for each, with all that it did meanwhile."""
    before = served.cpu_seconds()
    tally = await at_a_rate(served.door, iter(bodies), a_second=A_SECOND, seconds=seconds)
    return {**tally.figures(), "cpu_ms": round((served.cpu_seconds() - before) / len(bodies) * 1000, 2)}


async def measure(seconds: float) -> dict[str, Any]:
    """Return acknowledgement figures of the bare app and of Firebell on both engines, with their ratios."""
    sqlite, bodies = await measure_firebell("sqlite", seconds)
    bare = await measure_bare(bodies, seconds)
    committing = await measure_bare(bodies, seconds, commits=True)
    postgresql, _ = await measure_firebell("postgresql", seconds)
    return {
        "requests_a_second": A_SECOND,
        "bare": bare,
        "bare_committing": committing,
        "sqlite": sqlite,
        "postgresql": postgresql,
        "p50_ratio_sqlite": round(sqlite["p50_ms"] / bare["p50_ms"], 2),
        "p50_ratio_postgresql": round(postgresql["p50_ms"] / bare["p50_ms"], 2),
        "notes_share_sqlite": round(sqlite["notes_a_second"] / bare["commands_a_second"], 2),
        "notes_share_postgresql": round(postgresql["notes_a_second"] / bare["commands_a_second"], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of load at each step")
    print(json.dumps(asyncio.run(measure(parser.parse_args().seconds)), indent=2))


if __name__ == "__main__":
    main()
