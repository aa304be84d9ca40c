"""A database in trouble is busy, in the house's words whatever its driver says; its errors tell nothing of people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from bot.config import load
from bot.domain import commands as c
from bot.domain.model import Actor
from bot.errors import Busy, ConfigError
from bot.opening import open_store
from bot.store import ledger as ledgers
from bot.store.drivers import CHANNEL
from bot.store.engine import database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.opening import RECONNECT_SECONDS, open_ledger
from bot.store.queries import SqlQueries
from bot.store.tables import blobs
from tests.conftest import House
from tests.fakes import FakeClock

ANA = Actor("UANA")


@pytest.fixture
async def nowhere(postgres: str) -> AsyncIterator[SqlLedger]:
    """A ledger on a server that answers and takes no connection for it."""
    engine = make_engine(database_url(postgres).set(database="there_is_none"))
    yield SqlLedger(engine, "T1", FakeClock())
    await engine.dispose()


@pytest.mark.postgres
async def test_a_server_that_takes_no_connection_is_busy(nowhere: SqlLedger) -> None:
    with pytest.raises(Busy, match="nothing changed"):
        async with nowhere.transaction(seconds=2):
            pass
    with pytest.raises(Busy, match="nothing changed"):
        await SqlQueries(nowhere).by_id("inc-1")


@pytest.mark.postgres
async def test_at_the_start_it_is_a_matter_of_settings(nowhere: SqlLedger) -> None:
    settings = load({"DATABASE_URL": nowhere.engine.url.render_as_string(hide_password=False)})
    with pytest.raises(ConfigError, match=r"the server has no database of that name\. Check DATABASE_URL"):
        async with open_store(settings, FakeClock()):
            pass


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_transaction_left_idle_is_taken_away_and_its_locks_with_it(house: House) -> None:
    made = await house.service.execute(c.Declare("Checkout down", severity="sev2"), ANA, "r1")
    name = made.incident.id

    async def pause() -> None:
        async with house.ledger.transaction(seconds=0.3) as unit:
            await unit.incident(name)
            await asyncio.sleep(1.6)
            await unit.incident(name)

    with pytest.raises(Busy):
        await pause()
    async with house.ledger.transaction(seconds=2) as other:
        assert await other.incident(name) is not None
        await other.commit()


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_transaction_of_a_process_paused_between_preparing_and_running_is_ended(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of the server's limits ends it, since the session counts as active."""
    made = await house.service.execute(c.Declare("Checkout down", severity="sev2"), ANA, "r1")
    async with house.ledger.engine.connect() as paused:
        await paused.execute(text("UPDATE incidents SET number = number"))
        driver = (await paused.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.prepare("SELECT 1")
        assert await house.ledger.end_stalled() == 0, "it may go on at any moment"
        with monkeypatch.context() as later:
            later.setattr(ledgers, "STATEMENT_SECONDS", 0.1)
            await asyncio.sleep(0.2)
            assert await house.ledger.end_stalled() == 1
        with pytest.raises(DBAPIError):
            await paused.execute(text("SELECT 2"))
        await paused.invalidate()
    async with house.ledger.transaction(seconds=2) as other:
        assert await other.incident(made.incident.id) is not None
        await other.commit()
    assert await house.ledger.end_stalled() == 0


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_every_connection_has_the_limits_without_asking(ledger: SqlLedger) -> None:
    async with ledger.reading() as connection:
        for limit in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            assert (await connection.execute(select(func.current_setting(limit)))).scalar_one() == "10s"


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_whoever_listens_notices_at_once_that_the_connection_is_gone(url: str) -> None:
    async with open_ledger(url, "T1", FakeClock()) as ledger:
        bell = ledger.subscribe()
        await asyncio.wait_for(bell.wait(), 10)  # rung once when it begins to listen
        bell.clear()
        listeners = f"datname = current_database() AND query LIKE 'LISTEN%{CHANNEL}%'"
        async with ledger.reading() as connection:
            ended = (
                select(text("pg_terminate_backend(pid)")).select_from(text("pg_stat_activity")).where(text(listeners))
            )
            assert (await connection.execute(ended)).scalars().all() == [True]

        await asyncio.wait_for(bell.wait(), RECONNECT_SECONDS + 5)


async def test_an_error_does_not_repeat_what_was_written(ledger: SqlLedger) -> None:
    row = {"workspace": "T1", "digest": "d1", "media_type": "text/plain", "data": b"what somebody wrote", "at": 0}
    async with ledger.engine.connect() as connection:
        await connection.execute(insert(blobs).values(**row))
        with pytest.raises(DBAPIError) as caught:
            await connection.execute(insert(blobs).values(**row))

    assert "what somebody wrote" not in str(caught.value)
    assert "blobs" in str(caught.value)


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_full_disk_is_busy_and_says_why_and_with_room_it_goes_on(ledger: SqlLedger) -> None:
    async def keep() -> None:
        async with ledger.transaction(seconds=2) as unit:
            await unit.store_blob(b"x" * 20_000, "text/plain", FakeClock().now())
            await unit.commit()

    await set_pages(ledger, 1)
    with pytest.raises(Busy, match="full"):
        await keep()

    await set_pages(ledger, 1_000_000)
    await keep()


async def set_pages(ledger: SqlLedger, most: int) -> None:
    """Make the disk so big; the ledger's one connection keeps it."""
    async with ledger.reading() as connection:
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")
