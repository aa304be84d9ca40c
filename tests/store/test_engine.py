"""Opening the database: URLs, pragmas, the clock, and who may open a SQLite file."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.errors import ConfigError
from bot.store.engine import WRITES, database_url, db_now, make_engine, sole_owner
from bot.store.ledger import SqlLedger
from bot.store.opening import open_ledger
from tests.fakes import FakeClock


@pytest.mark.parametrize(
    ("written", "driver"),
    [
        ("sqlite:///firebell.db", "sqlite+aiosqlite"),
        ("postgresql://bea:secret@db/firebell", "postgresql+asyncpg"),
        ("postgres://bea:secret@db/firebell", "postgresql+asyncpg"),
        ("postgresql+asyncpg://db/firebell", "postgresql+asyncpg"),
    ],
)
def test_a_plain_url_gets_its_async_driver(written: str, driver: str) -> None:
    assert database_url(written).drivername == driver


@pytest.mark.parametrize("written", ["", "firebell.db", "mysql://db/x", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_cannot_serve_is_refused_with_a_way_to_mend_it(written: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        database_url(written)


def test_a_refused_url_shows_no_password() -> None:
    with pytest.raises(ConfigError) as refused:
        database_url("mysql://bea:secret@db/x")
    assert "secret" not in str(refused.value)


async def test_sqlite_keeps_what_it_says_it_has_written(tmp_path: Path) -> None:
    engine = make_engine(database_url(f"sqlite:///{tmp_path / 'x.db'}"))
    async with engine.connect() as connection:
        pragmas = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    await engine.dispose()
    assert pragmas == ["wal", 2, 1, 2000]


async def test_a_transaction_that_writes_takes_the_lock_as_it_begins_and_readers_go_on(ledger: SqlLedger) -> None:
    async with ledger.transaction(seconds=30):
        async with ledger.reading() as reader:
            assert (await reader.execute(text("SELECT count(*) FROM events"))).scalar_one() == 0
        if ledger.alone:
            plain = await ledger.engine.connect().start()
            writer = await plain.execution_options(**WRITES)
            await writer.close()


async def test_the_database_tells_the_time(ledger: SqlLedger) -> None:
    async with ledger.reading() as connection:
        now = (await connection.execute(select(db_now()))).scalar_one()
    assert abs(now / 1_000_000 - time.time()) < 60


def test_a_place_where_no_file_can_be_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    url = database_url(f"sqlite:///{tmp_path / 'taken' / 'firebell.db'}")
    with pytest.raises(ConfigError, match=r"cannot be made: .+\. Check DATABASE_URL"), sole_owner(url):
        pass


def test_a_second_process_is_refused_and_told_who_holds_the_file(tmp_path: Path) -> None:
    url = database_url(f"sqlite:///{tmp_path / 'x.db'}")
    code = (
        "import sys; from bot.store.engine import *; from bot.errors import ConfigError\n"
        "try:\n"
        "    with sole_owner(database_url(sys.argv[1])): print('opened')\n"
        "except ConfigError as error: print(error)\n"
    )

    def second() -> str:
        command = [sys.executable, "-c", code, f"sqlite:///{tmp_path / 'x.db'}"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    with sole_owner(url):
        assert f"process {os.getpid()}" in second()
    assert second().strip() == "opened", "the lock ends with its holder"


async def test_opening_wakes_on_commits_of_another_replica(url: str, engine_name: str) -> None:
    clock = FakeClock()
    async with open_ledger(url, "T1", clock) as ledger:
        if engine_name == "sqlite":
            with pytest.raises(ConfigError, match=str(os.getpid())):
                await open_ledger(url, "T1", clock).__aenter__()
            return
        bell = ledger.subscribe()
        async with asyncio.timeout(60):
            await bell.wait()  # rung once when listening begins, for what was missed before
        bell.clear()
        async with open_ledger(url, "T1", clock) as other, asyncio.timeout(60):
            async with other.transaction(seconds=30) as unit:
                unit.effects.changed = True
                await unit.commit()
            await bell.wait()
