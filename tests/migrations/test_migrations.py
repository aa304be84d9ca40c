"""Migrations and definitions agree, on both databases, and two migrations at once do not meet."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot.store.engine import database_url, make_engine
from bot.store.tables import METADATA
from migrations import runner


def differences(connection: Connection) -> list[Any]:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA)


async def test_an_empty_database_reaches_the_head_that_the_definitions_describe(empty_url: str) -> None:
    engine = make_engine(database_url(empty_url))
    assert await runner.current(engine) is None

    await runner.upgrade(engine)

    assert await runner.current(engine) == runner.head()
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        tables = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    assert tables == {*METADATA.tables, "alembic_version"}
    await engine.dispose()


async def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    engine = make_engine(database_url(empty_url))
    await runner.upgrade(engine)
    await runner.upgrade(engine)
    assert await runner.current(engine) == runner.head()
    await engine.dispose()


async def test_two_that_migrate_at_once_take_turns(empty_url: str) -> None:
    engines = [make_engine(database_url(empty_url)) for _ in range(2)]
    if engines[0].dialect.name == "sqlite":
        await runner.current(engines[0])
    await asyncio.gather(*(runner.upgrade(engine) for engine in engines))
    assert await runner.current(engines[0]) == runner.head()
    for engine in engines:
        await engine.dispose()


def test_the_files_are_named_as_alembic_knows_and_orders_them() -> None:
    scripts = ScriptDirectory.from_config(runner.config())
    known = [script.revision for script in scripts.walk_revisions()]
    assert runner.revisions() == tuple(reversed(known))
    assert runner.head() == scripts.get_current_head()


def test_every_table_carries_its_workspace() -> None:
    assert [name for name, table in METADATA.tables.items() if "workspace" not in table.c] == []


def test_the_first_revision_cannot_be_undone() -> None:

    first = ScriptDirectory.from_config(runner.config()).get_revision("0001")
    with pytest.raises(NotImplementedError, match="backup"):
        first.module.downgrade()
