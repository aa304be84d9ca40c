"""A database that was at work under an earlier schema keeps its rows on the way to this release's, and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Boolean, Integer, MetaData, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.engine import WRITES, database_url, make_engine
from bot.store.tables import DEAD, DONE, PENDING, SENDING, WAITING
from migrations import runner

FIRST_WITH_REPLICAS = "0003"
STATES = (DONE, PENDING, WAITING, DEAD, SENDING)


@pytest.fixture
async def engine(empty_url: str) -> AsyncIterator[AsyncEngine]:
    """A database at revision 0003 in which two incidents have effects in every state, and one a timer."""
    made = make_engine(database_url(empty_url))
    await runner.upgrade(made, FIRST_WITH_REPLICAS)
    known = await schema(made)
    async with made.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        for number, rank in ((1, 2), (2, 0)):
            it = {"workspace": "T1", "incident": f"i{number}", "seq": 1}
            incident = {"id": f"i{number}", "workspace": "T1", "number": number, "rank": rank, "seq": 1}
            await connection.execute(insert(known["incidents"]).values(**filled(known["incidents"], incident)))
            await connection.execute(insert(known["events"]).values(**filled(known["events"], it)))
            for n, status in enumerate(STATES):
                effect = {"id": f"e{number}{n}", "n": n, "stream": f"s{n}", "status": status, **it}
                await connection.execute(insert(known["effects"]).values(**filled(known["effects"], effect)))
        timer = {"workspace": "T1", "incident": "i1", "kind": "update", "due_at": 7}
        await connection.execute(insert(known["timers"]).values(**filled(known["timers"], timer)))
        await connection.commit()
    yield made
    await made.dispose()


def filled(table: Table, given: dict[str, Any]) -> dict[str, Any]:
    """A row with these values, and something in every column that must have a value."""
    row = dict(given)
    for column in table.columns:
        if column.name not in row and not column.nullable and column.server_default is None:
            plain = isinstance(column.type, Integer)
            row[column.name] = 0 if plain else False if isinstance(column.type, Boolean) else f"{column.name}"
    return row


async def schema(engine: AsyncEngine) -> dict[str, Table]:
    """The tables as the database has them now."""
    found = MetaData()
    async with engine.connect() as connection:
        await connection.run_sync(found.reflect)
    return dict(found.tables)


async def contents(engine: AsyncEngine, names: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    known = await schema(engine)
    async with engine.connect() as connection:
        return {
            name: [dict(row._mapping) for row in await connection.execute(select(known[name]).order_by(*known[name].c))]
            for name in names
        }


async def downgrade(engine: AsyncEngine, revision: str) -> None:
    async with engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        async with connection.begin():
            await connection.run_sync(lambda sync: command.downgrade(runner.config(sync), revision))


async def test_every_row_is_there_afterwards_and_what_was_added_has_a_value(engine: AsyncEngine) -> None:
    kept = ("incidents", "events", "effects", "timers")
    before = await contents(engine, kept)

    await runner.upgrade(engine)

    after = await contents(engine, kept)
    assert await runner.current(engine) == runner.head()
    for name in kept:
        assert [{**row, **old} for row, old in zip(after[name], before[name], strict=True)] == after[name]
    ranks = {row["id"]: row["rank"] for row in after["effects"]}
    unsettled = {name: rank for name, rank in ranks.items() if not name.endswith("0")}
    assert unsettled == {f"e1{n}": 2 for n in range(1, 5)} | {f"e2{n}": 0 for n in range(1, 5)}


async def test_the_way_back_loses_nothing_that_the_older_schema_knew(engine: AsyncEngine) -> None:
    kept = ("incidents", "events", "effects", "timers")
    before = await contents(engine, kept)
    await runner.upgrade(engine)

    await downgrade(engine, FIRST_WITH_REPLICAS)

    assert await contents(engine, kept) == before
    await runner.upgrade(engine)
    assert await runner.current(engine) == runner.head()
