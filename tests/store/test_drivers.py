"""Transactions that the driver itself begins and ends keep what SQLAlchemy's would."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from bot.errors import Busy, OutcomeUnknown
from bot.store.drivers import driver_of
from bot.store.ledger import SqlLedger
from bot.store.tables import counters
from bot.store.trouble import translated
from bot.store.unit_of_work import commit
from tests.fakes import FakeClock

ROW = {"workspace": "T1", "name": "cards", "value": 1}


async def names(ledger: SqlLedger) -> list[str]:
    async with ledger.reading() as connection:
        return list((await connection.execute(select(counters.c.name))).scalars())


async def test_what_sqlalchemy_is_asked_is_part_of_the_transaction(ledger: SqlLedger) -> None:
    async with ledger.transaction(seconds=2) as unit:
        await unit.count("kept")
        await unit.store_blob(b"kept", "text/plain", FakeClock().now())
        await unit.commit()
    async with ledger.transaction(seconds=2) as unit:
        await unit.count("left")
        await unit.store_blob(b"left", "text/plain", FakeClock().now())

    assert await names(ledger) == ["kept"]
    async with ledger.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM blobs"))).scalar_one() == 1


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize("news_for", ["", "T1"])
async def test_a_commit_after_a_failure_does_not_pass_for_one(ledger: SqlLedger, news_for: str) -> None:
    async def fail_and_commit() -> None:
        async with ledger.writing(seconds=2) as connection:
            await connection.execute(insert(counters).values(ROW))
            with pytest.raises(DBAPIError):
                await connection.execute(insert(counters).values(ROW))
            await commit(connection, news_for)

    with pytest.raises(Busy, match="nothing changed"):
        await fail_and_commit()
    assert await names(ledger) == []


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize("news_for", ["", "T1"])
async def test_where_commit_itself_fails_it_is_to_be_looked_up(ledger: SqlLedger, news_for: str) -> None:
    async def fail_at_the_end() -> None:
        async with ledger.writing(seconds=60) as connection:
            await connection.execute(text("CREATE TEMPORARY TABLE once (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
            await connection.execute(text("INSERT INTO once VALUES (1), (1)"))
            await commit(connection, news_for)

    with pytest.raises(OutcomeUnknown):
        await fail_at_the_end()
    assert await names(ledger) == []


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_limits_hold_for_one_transaction(ledger: SqlLedger) -> None:
    limit = select(func.current_setting("lock_timeout"))
    async with ledger.writing(seconds=1.5) as connection:
        assert (await connection.execute(limit)).scalar_one() == "1500ms"
    async with ledger.writing(seconds=60) as connection:
        assert (await connection.execute(limit)).scalar_one() == "10s"


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_connection_found_dead_as_it_begins_is_replaced(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ledger.reading() as connection:
        found = driver_of(connection)
    begin, died = type(found).begin, list[object]()

    async def begin_dead(self: object, seconds: float) -> None:
        if not died:
            died.append(self)
            self.own.terminate()  # type: ignore[attr-defined]
        await begin(self, seconds)  # type: ignore[arg-type]

    monkeypatch.setattr(type(found), "begin", begin_dead)
    async with ledger.transaction(seconds=2) as unit:
        await unit.count("cards")
        await unit.commit()

    assert died
    assert await names(ledger) == ["cards"]


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.LockNotAvailableError("canceling statement due to lock timeout"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_trouble_that_passes_is_a_busy_database(error: Exception) -> None:
    with pytest.raises(Busy, match="nothing changed"), translated():
        raise error


def test_a_mistake_of_ours_stays_one() -> None:
    with pytest.raises(asyncpg.UndefinedTableError), translated():
        raise asyncpg.UndefinedTableError("there is no such table")
