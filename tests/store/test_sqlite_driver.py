"""SQLite on the event loop's thread: what waits does so elsewhere, and giving up waiting leaves nothing behind."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Busy
from bot.store import engine, sqlite_driver
from bot.store.drivers import driver_of
from bot.store.engine import database_url, make_engine
from bot.store.ledger import SqlLedger
from tests.fakes import FakeClock


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture
def elsewhere(ledger: SqlLedger) -> Iterator[sqlite3.Connection]:
    """Another process's connection, in the middle of writing."""
    connection = sqlite3.connect(Path(str(ledger.engine.url.database)), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


async def keep(ledger: SqlLedger, seconds: float = 2.0) -> None:
    async with ledger.transaction(seconds=seconds) as unit:
        await unit.store_blob(b"kept", "text/plain", FakeClock().now())
        await unit.commit()


async def blobs(ledger: SqlLedger) -> int:
    async with ledger.reading() as connection:
        number: int = (await connection.execute(text("SELECT count(*) FROM blobs"))).scalar_one()
        return number


async def test_waiting_for_a_lock_holds_nobody_else_up(
    ledger: SqlLedger, elsewhere: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (engine, sqlite_driver):
        monkeypatch.setattr(module, "BUSY_MILLISECONDS", 60_000)
    writing = asyncio.create_task(keep(ledger, seconds=60))
    longest, last = 0.0, time.monotonic()
    for _ in range(20):
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    assert not writing.done()
    assert await blobs(ledger) == 0, "readers go on as well"

    elsewhere.execute("ROLLBACK")
    await writing

    assert longest < 20
    assert await blobs(ledger) == 1


async def test_a_lock_that_does_not_come_free_is_a_busy_database(
    ledger: SqlLedger, elsewhere: sqlite3.Connection
) -> None:
    assert elsewhere.in_transaction
    with pytest.raises(Busy):
        await keep(ledger)


async def test_whoever_gives_up_waiting_for_the_lock_does_not_hold_it_afterwards(
    ledger: SqlLedger, elsewhere: sqlite3.Connection
) -> None:
    writing = asyncio.create_task(keep(ledger))
    await asyncio.sleep(0.1)
    writing.cancel()
    elsewhere.execute("ROLLBACK")
    await asyncio.wait({writing})

    elsewhere.execute("BEGIN IMMEDIATE")
    elsewhere.execute("ROLLBACK")
    await keep(ledger)
    assert await blobs(ledger) == 1


async def end_by_itself(connection: AsyncConnection) -> None:
    """Have SQLite roll the transaction back with a statement, as it does on a full disk."""
    keep_one = "INSERT OR ROLLBACK INTO counters (workspace, name, value) VALUES ('T1', 'cards', 1)"
    await connection.execute(text(keep_one))
    with pytest.raises(IntegrityError):
        await connection.execute(text(keep_one))


async def counted(ledger: SqlLedger) -> int:
    async with ledger.reading() as connection:
        number: int = (await connection.execute(text("SELECT count(*) FROM counters"))).scalar_one()
        return number


async def test_what_sqlite_rolled_back_by_itself_does_not_pass_for_committed(ledger: SqlLedger) -> None:
    with pytest.raises(Busy, match="nothing changed"):
        async with ledger.writing(seconds=60) as connection:
            await end_by_itself(connection)

    assert await counted(ledger) == 0
    await keep(ledger)


async def test_nothing_more_is_written_in_what_sqlite_rolled_back_by_itself(ledger: SqlLedger) -> None:
    later = "INSERT INTO counters (workspace, name, value) VALUES ('T1', 'later', 1)"

    async def through_sqlalchemy(connection: AsyncConnection) -> None:
        await connection.execute(text(later))

    async def directly(connection: AsyncConnection) -> None:
        await driver_of(connection).run(later, (), returns=False)

    async def several(connection: AsyncConnection) -> None:
        await driver_of(connection).run_all(later, [()])

    async def go_on(write: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        async with ledger.writing(seconds=60) as connection:
            await end_by_itself(connection)
            await write(connection)

    for write in (through_sqlalchemy, directly, several):
        with pytest.raises(Busy, match="nothing changed"):
            await go_on(write)
        assert await counted(ledger) == 0
    await keep(ledger)


async def test_what_reads_at_length_sees_one_moment(ledger: SqlLedger) -> None:
    async with ledger.snapshot() as connection:
        count = text("SELECT count(*) FROM blobs")
        assert (await connection.execute(count)).scalar_one() == 0
        await keep(ledger)
        assert (await connection.execute(count)).scalar_one() == 0
    assert await blobs(ledger) == 1


async def test_connecting_to_a_locked_file_waits_no_longer_than_a_statement_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (engine, sqlite_driver):
        monkeypatch.setattr(module, "BUSY_MILLISECONDS", 100)
    file = tmp_path / "firebell.db"
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    other, began = make_engine(database_url(f"sqlite:///{file}")), time.monotonic()

    with pytest.raises(Busy):
        await blobs(SqlLedger(other, "T1", FakeClock()))

    assert time.monotonic() - began < 20
    await other.dispose()
    holder.close()
