"""Whoever is cancelled or gives up in the middle of a transaction leaves none open, no lock, and the pool whole."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, Final

import asyncpg
import pytest
from sqlalchemy import QueuePool, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Busy, OutcomeUnknown
from bot.store import drivers, engine
from bot.store.drivers import PostgresDriver, SqliteDriver, driver_of
from bot.store.engine import APPLICATION, database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.sqlite_driver import DirectConnection
from bot.store.unit_of_work import to_the_end
from tests.committing import Commit, around_commits
from tests.fakes import FakeClock

PATIENT: Final = 60.0
TRANSACTIONS: Final = 50
LONG: Final = "SELECT pg_sleep(60)"
STEPS: Final = ("begin", "run", "run_all", "commit", "roll_back")

_OPEN: Final = text("""
SELECT state, query FROM pg_stat_activity
WHERE datname = current_database() AND application_name = :application AND pid <> pg_backend_pid()
AND (xact_start IS NOT NULL OR state LIKE 'idle in transaction%' OR pid IN (SELECT pid FROM pg_locks))
""")

_WAKE: Final = text("""
SELECT pg_cancel_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event = 'PgSleep' AND pid <> pg_backend_pid()
""")

Execute = Callable[..., Awaitable[str]]

on_postgres = pytest.mark.parametrize("engine_name", [pytest.param("postgresql", marks=pytest.mark.postgres)])


@pytest.fixture
async def ledger(url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqlLedger]:
    """One that waits for connections, locks and answers however slow the machine is."""
    for limit in ("CONNECT_SECONDS", "STATEMENT_SECONDS", "CALL_SECONDS"):
        monkeypatch.setattr(engine, limit, PATIENT)
    own = make_engine(database_url(url))
    yield SqlLedger(own, "T1", clock)
    await own.dispose()


async def work(ledger: SqlLedger) -> int:
    """Write by both ways, the driver's and SQLAlchemy's, what others want to write as well."""
    async with ledger.transaction(seconds=PATIENT) as unit:
        number = await unit.count("cards")
        await unit.occupy(f"r{number}")
        assert await unit.answered(f"r{number}") is not None
        await unit.commit()
    return number


async def find_whole(ledger: SqlLedger) -> None:
    """Fail unless every connection may be had at once, none is within a transaction, and all may be written."""
    pool = ledger.engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0
    async with AsyncExitStack() as held:
        for _ in range(pool.size() + pool._max_overflow):
            connection = await held.enter_async_context(ledger.reading())
            await connection.execute(text("SELECT 1"))
            assert not is_within_one(connection)
        if not ledger.alone:
            await find_none_open(connection)
    if not ledger.alone:
        async with ledger.snapshot() as connection:
            level = (await connection.execute(text("SHOW transaction_isolation"))).scalar_one()
            assert level == "repeatable read"
    await work(ledger)


def is_within_one(connection: AsyncConnection) -> bool:
    """Whether a transaction is open, by the last answer."""
    own: Any = driver_of(connection).own  # type: ignore[attr-defined]
    return bool(own.in_transaction if isinstance(own, DirectConnection) else own.is_in_transaction())


async def find_none_open(connection: AsyncConnection) -> None:
    """A server notices in its own time that it lost a client, and not while it sleeps for one."""
    async with asyncio.timeout(PATIENT):
        while (await connection.execute(_OPEN, {"application": APPLICATION})).all():
            await connection.execute(_WAKE)
            await asyncio.sleep(0.05)


def around_execute(monkeypatch: pytest.MonkeyPatch, around: Callable[[Execute, str], Awaitable[str]]) -> None:
    """From now on have `around` called for each text of statements, with what sends it."""
    own = asyncpg.Connection.execute

    async def execute(connection: asyncpg.Connection, query: str, *values: object) -> str:
        if values:
            told: str = await own(connection, query, *values)
            return told
        return await around(lambda query, **limits: own(connection, query, **limits), query)

    monkeypatch.setattr(asyncpg.Connection, "execute", execute)


@on_postgres
async def test_a_begin_that_is_cancelled_on_its_way_leaves_nothing_open(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await work(ledger)

    async def cancel_as_it_is_sent(execute: Execute, query: str) -> str:
        if not query.startswith("BEGIN"):
            return await execute(query)
        # Due before the loop looks at sockets again, and so before the answer.
        asyncio.get_running_loop().call_soon(working.cancel)
        return await execute(f"{query}; {LONG}")

    with monkeypatch.context() as patch:
        around_execute(patch, cancel_as_it_is_sent)
        working = asyncio.create_task(work(ledger))
        with pytest.raises(asyncio.CancelledError):
            await working

    await find_whole(ledger)


@on_postgres
async def test_a_begin_without_an_answer_in_time_is_a_busy_database_and_leaves_nothing_open(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await work(ledger)

    async def linger(execute: Execute, query: str) -> str:
        slowly = query.startswith("BEGIN")
        return await (execute(f"{query}; {LONG}", timeout=0.05) if slowly else execute(query))

    with monkeypatch.context() as patch:
        around_execute(patch, linger)
        with pytest.raises(Busy, match="nothing changed"):
            await work(ledger)

    await find_whole(ledger)


@on_postgres
async def test_a_begin_whose_limits_the_server_refuses_leaves_nothing_open(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(drivers, "LIMITS", ("there_is_no_such_limit",))
        with pytest.raises(asyncpg.UndefinedObjectError):
            async with ledger.transaction(seconds=2):
                pass

    await find_whole(ledger)


@on_postgres
async def test_of_a_commit_without_an_answer_in_time_nobody_says_that_nothing_changed(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def linger(execute: Execute, query: str) -> str:
        slowly = query.endswith("COMMIT")
        return await (execute(f"{LONG}; {query}", timeout=0.05) if slowly else execute(query))

    with monkeypatch.context() as patch:
        around_execute(patch, linger)
        with pytest.raises(OutcomeUnknown):
            await work(ledger)

    await find_whole(ledger)


async def test_a_commit_that_is_cancelled_twice_is_ended_before_anybody_goes_on(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []

    async def cancel_twice(_: object, commit: Commit) -> None:
        for _time in range(2):
            working.cancel()
            await asyncio.sleep(0)
        await commit()
        ended.append("committed")

    with monkeypatch.context() as patch:
        around_commits(patch, cancel_twice)
        working = asyncio.create_task(work(ledger))
        with pytest.raises(asyncio.CancelledError):
            await working
        assert ended == ["committed"]

    assert await work(ledger) == 2
    await find_whole(ledger)


async def test_what_must_end_ends_however_often_its_caller_is_cancelled() -> None:
    may_end, ended = asyncio.Event(), asyncio.Event()

    async def close() -> None:
        await may_end.wait()
        ended.set()

    closing = asyncio.create_task(to_the_end(close()))
    for _ in range(3):
        await asyncio.sleep(0)
        closing.cancel()
    await asyncio.sleep(0)
    assert not closing.done()

    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert ended.is_set()


async def test_transactions_cancelled_anywhere_leave_the_pool_whole_and_every_lock_free(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(7)
    # After how many of its driver's steps a transaction is cancelled, and after how many turns of the loop, each time.
    plans = {
        f"work {n}": (chance.randint(0, 5), [chance.randint(0, 12) for _ in range(chance.randint(1, 2))])
        for n in range(TRANSACTIONS)
    }
    steps = dict.fromkeys(plans, 0)
    cancelling: list[asyncio.Task[None]] = []

    async def cancel(task: asyncio.Task[Any], turns: list[int]) -> None:
        for number in turns:
            for _ in range(number):
                await asyncio.sleep(0)
            task.cancel()

    def count_step() -> None:
        task = asyncio.current_task()
        if task is None or task.get_name() not in plans:
            return
        after, turns = plans[task.get_name()]
        if steps[task.get_name()] == after:
            cancelling.append(asyncio.create_task(cancel(task, turns)))
        steps[task.get_name()] += 1

    async def linger(execute: Execute, query: str) -> str:
        """Leave time to be cancelled in."""
        return await execute(query.replace("BEGIN", "BEGIN; SELECT pg_sleep(0.01)"))

    with monkeypatch.context() as patch:
        around_execute(patch, linger)
        count_steps(patch, count_step)
        working = [asyncio.create_task(work(ledger), name=name) for name in plans]
        outcomes = await asyncio.gather(*working, return_exceptions=True)
        await asyncio.gather(*cancelling)

    told = [one for one in outcomes if isinstance(one, int)]
    assert {type(one) for one in outcomes} <= {int, asyncio.CancelledError}
    assert cancelling
    await find_whole(ledger)
    assert len(told) == len(set(told))
    # `find_whole` has written once itself; of those cancelled during COMMIT some may have been committed.
    assert len(told) + 2 <= await work(ledger) <= TRANSACTIONS + 2


def count_steps(monkeypatch: pytest.MonkeyPatch, count_step: Callable[[], None]) -> None:
    """Have `count_step` called at each step that a driver is asked for."""

    def step_in(kind: type[PostgresDriver] | type[SqliteDriver], name: str) -> None:
        own = getattr(kind, name)

        async def step(driver: object, *values: object, **named: object) -> object:
            count_step()
            return await own(driver, *values, **named)

        monkeypatch.setattr(kind, name, step)

    for kind in (PostgresDriver, SqliteDriver):
        for name in STEPS:
            step_in(kind, name)
