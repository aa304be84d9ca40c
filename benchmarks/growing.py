"""Whether cost per incident stays flat while the history grows: a hundred incidents, and a hundred thousand.

All but a few are closed ones, as in life. A hundred are really declared and closed; the rest are copies of their rows
under other ids and numbers, since what is measured is what other rows cost, not how they came about.

Run: python -m benchmarks.growing [--most 100000] [--database postgresql]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlalchemy import Table, insert, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import cast
from sqlalchemy.types import Text

from benchmarks.house import House, house, migrate
from benchmarks.servers import databases
from bot.clock import SystemClock
from bot.domain import commands as c
from bot.domain.model import Actor, Incident
from bot.ports import Viewer
from bot.scheduler import Scheduler
from bot.store.tables import DONE, effects, events, inbox, incidents, people

ANA: Final = Actor("UANA")
SEED: Final = 100
COPIES_FROM: Final = 1_000_000
"""Numbers of copies begin here, beyond those that are given out meanwhile."""

SAMPLES: Final = 40
SIZES: Final = (100, 1_000, 10_000, 100_000)


async def seed(ours: House) -> None:
    """Declare a hundred incidents and cancel them."""
    for number in range(SEED):
        declared = await ours.service.execute(c.Declare(f"Checkout fails {number}", "sev2"), ANA, f"seed{number}")
        incident = declared.incident.id
        await ours.service.execute(c.AddNote("looked at the logs"), ANA, f"note{number}", incident_id=incident)
        await ours.service.execute(c.Cancel("a false alarm"), ANA, f"end{number}", incident_id=incident)
    async with ours.ledger.engine.begin() as connection:
        await connection.execute(update(effects).values(status=DONE))


async def grow(ours: House, have: int, size: int) -> None:
    """Copy the first hundred incidents' rows until there are `size` incidents."""
    async with ours.ledger.engine.begin() as connection:
        first = select(incidents.c.id).where(incidents.c.number <= SEED, incidents.c.is_open.is_(False))
        ids = [str(one) for one in (await connection.execute(first)).scalars()]
        for copy in range(have // SEED, size // SEED):
            suffix = f"-{copy}"
            await _copy(connection, incidents, ids, {"id": suffix}, {"number": COPIES_FROM + copy * SEED})
            await _copy(connection, events, ids, {"incident": suffix}, {})
            await _copy(connection, people, ids, {"incident": suffix}, {})
            await _copy(connection, effects, ids, {"id": suffix, "incident": suffix}, {})
            await _copy(connection, inbox, ids, {"request_id": suffix, "incident": suffix}, {})
        await connection.execute(text("ANALYZE"))
    if ours.ledger.alone:
        async with ours.ledger.reading() as connection:
            # What the copies left beside the file goes into it now, and not at the commits that are measured.
            await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


async def _copy(
    connection: AsyncConnection, table: Table, ids: list[str], endings: dict[str, str], shifts: dict[str, int]
) -> None:
    of = table.c.id if table is incidents else table.c.incident
    columns = [
        cast(column, Text) + literal(endings[column.name])
        if column.name in endings
        else column + shifts[column.name]
        if column.name in shifts
        else column
        for column in table.c
    ]
    await connection.execute(insert(table).from_select(list(table.c), select(*columns).where(of.in_(ids))))


async def _median_ms(work: Callable[[int], Awaitable[Any]]) -> float:
    taken = []
    for number in range(SAMPLES):
        started = time.perf_counter()
        await work(number)
        taken.append(time.perf_counter() - started)
    return round(statistics.median(taken) * 1000, 2)


async def costs(ours: House, size: int) -> dict[str, Any]:
    """Return medians in milliseconds of what people and loops do at this size."""
    open_ones: list[Incident] = []

    async def declare(number: int) -> None:
        command = c.Declare(f"Search answers slowly {number}", "sev1")
        open_ones.append((await ours.service.execute(command, ANA, f"d{size}:{number}")).incident)

    async def note(number: int) -> None:
        incident = open_ones[number % len(open_ones)].id
        await ours.service.execute(c.AddNote("still looking"), ANA, f"n{size}:{number}", incident_id=incident)

    async def claim(_: int) -> None:
        async with ours.ledger.transaction(seconds=10) as unit:
            await unit.effects.claim({"chat": 30.0}, "nobody", most=8)

    scheduler = Scheduler(ours.ledger, ours.queries, ours.service, clock=SystemClock())
    figures = {
        "incidents": size,
        "declare_ms": await _median_ms(declare),
        "note_ms": await _median_ms(note),
        "open_ms": await _median_ms(lambda _: ours.queries.open_incidents(Viewer("UANA"))),
        "by_number_ms": await _median_ms(lambda number: ours.queries.by_number(1 + number, Viewer("UANA"))),
        "claim_ms": await _median_ms(claim),
        "look_ms": await _median_ms(lambda _: scheduler.fire_due()),
    }
    for number, incident in enumerate(open_ones):
        await ours.service.execute(c.Cancel("measured"), ANA, f"x{size}:{number}", incident_id=incident.id)
    async with ours.ledger.engine.begin() as connection:
        await connection.execute(update(effects).values(status=DONE).where(effects.c.status != DONE))
    return figures


async def measure(kind: str, most: int) -> dict[str, Any]:
    """Return one row of costs for each size, on one engine."""
    rows = []
    with databases(kind) as url:
        await migrate(url)
        async with house(url) as ours:
            await seed(ours)
            have = SEED
            for size in (size for size in SIZES if size <= most):
                await grow(ours, have, size)
                have = size
                rows.append(await costs(ours, size))
    return {"database": kind, "sizes": rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    print(json.dumps(asyncio.run(measure(chosen.database, chosen.most)), indent=2))


if __name__ == "__main__":
    main()
