"""Replicas are replaced one by one: after `firebell migrate` the older release goes on working on the newer schema.

What this proves: each revision only adds to the one before (so that an older release's statements, which name their
columns, mean the same), every statement of that shape still works, and this release keeps serving, and starts, on a
schema with a revision that it does not know. That it serves rows whose fold has another shape is proved with the store
(`test_other_releases`). What an older release does not understand is an event or an effect of a new kind, which its
codec refuses; a release that writes such says in its notes that all replicas must be stopped first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.schema import ColumnCollectionConstraint

from bot.store.engine import WRITES, database_url, make_engine
from migrations import runner
from tests.crash.nursery import Nursery
from tests.replicas import play
from tests.replicas.town import Site

REVISIONS = runner.revisions()
STEPS = list(pairwise(REVISIONS))

INVENTED = (
    "ALTER TABLE effects ADD COLUMN invented TEXT",
    "ALTER TABLE incidents ADD COLUMN invented BIGINT NOT NULL DEFAULT 0",
    "CREATE TABLE invented (id TEXT PRIMARY KEY)",
    "UPDATE alembic_version SET version_num = '9999'",
)
"""A next revision as it may come, within what revisions may do."""


@pytest.fixture
async def engine(empty_url: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(database_url(empty_url))
    yield made
    await made.dispose()


async def schema(engine: AsyncEngine) -> MetaData:
    """The tables as the database itself describes them."""
    found = MetaData()
    async with engine.connect() as connection:
        await connection.run_sync(found.reflect)
    return found


@pytest.mark.parametrize(("older", "newer"), STEPS)
async def test_a_revision_only_adds(engine: AsyncEngine, older: str, newer: str) -> None:
    await runner.upgrade(engine, older)
    before = await schema(engine)
    await runner.upgrade(engine, newer)
    after = await schema(engine)

    for name, table in before.tables.items():
        assert name in after.tables, f"{newer} takes {name} away"
        assert tightened(table, after.tables[name]) == []


def tightened(before: Table, after: Table) -> list[str]:
    """Name what an older release would stumble over in a table."""
    found = [f"{name} is gone" for name in sorted({*before.c.keys()} - {*after.c.keys()})]
    for column in after.c:
        known = before.c.get(column.name)
        if known is None:
            if not column.nullable and column.server_default is None:
                found.append(f"{column.name} is new and must be given")
        elif str(known.type) != str(column.type):
            found.append(f"{column.name} was {known.type} and is {column.type}")
        elif known.nullable and not column.nullable:
            found.append(f"{column.name} may no longer be null")
        elif known.server_default is not None and column.server_default is None:
            found.append(f"{column.name} has no default any more")
    return [*found, *(f"{rule} is new" for rule in rules(after) - rules(before))]


def rules(table: Table) -> set[str]:
    """What a table demands of its rows beyond their columns."""
    unique = {f"unique {sorted(index.columns.keys())}" for index in table.indexes if index.unique}
    limits = (rule for rule in table.constraints if isinstance(rule, ColumnCollectionConstraint))
    return unique | {f"{type(rule).__name__} {sorted(rule.columns.keys())}" for rule in limits}


@pytest.mark.parametrize(("older", "newer"), STEPS)
async def test_the_statements_of_the_older_release_work_on_the_newer_schema(
    engine: AsyncEngine, older: str, newer: str
) -> None:
    await runner.upgrade(engine, older)
    known = await schema(engine)
    await runner.upgrade(engine, newer)

    async with engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        async with connection.begin():
            for table in known.sorted_tables:
                if table.name != "alembic_version":
                    await connection.run_sync(use, table)


def use(connection: Connection, table: Table) -> None:
    """Write a row, read it, and change it, naming every column that the older release knows."""
    row = {column.name: value_for(column) for column in table.c}
    connection.execute(insert(table).values(**row))
    assert dict(connection.execute(select(table)).mappings().one()) == row
    if table.name not in ("events", "workspace_events"):  # which nothing may change
        changed = connection.execute(update(table).values({c: value_for(c) for c in table.c if not c.primary_key}))
        assert changed.rowcount == 1


def value_for(column: Any) -> object:
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, BigInteger | Integer):
        return 1
    return b"x" if isinstance(column.type, LargeBinary) else "x"


@pytest.mark.parametrize(("revision", "served"), [(None, False), ("0001", False), ("head", True), ("9999", True)])
def test_a_newer_schema_is_served_and_an_older_one_is_not(revision: str | None, served: bool) -> None:
    assert runner.serves(runner.head() if revision == "head" else revision) is served


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.xdist_group("replicas")
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_running_replica_and_a_new_one_serve_a_schema_that_moved_on(
    nursery: Nursery, url: str, tmp_path: Path
) -> None:
    async with play.cast(Site(nursery, tmp_path, url), 2) as cast:
        first, second = cast.replicas
        await first.start()
        await asyncio.gather(play.live(cast.crowd, 1), move_on(url))
        assert await first.is_ready()
        await second.start()
        await cast.crowd.declare("Trouble afterwards")
        await cast.crowd.settled()

        (await cast.reckon()).check()
        assert cast.crowd.silences == 0


async def move_on(url: str) -> None:
    """Migrate to the invented revision, as a newer release would, while the older one works."""
    engine = make_engine(database_url(url))
    async with engine.begin() as connection:
        for statement in INVENTED:
            await connection.exec_driver_sql(statement)
    await engine.dispose()
