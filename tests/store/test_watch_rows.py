"""Who serves the workspace, and what its operators were told: rows that replicas share."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from bot.alarm import Alarm, Replica
from bot.store.engine import db_now
from bot.store.ledger import SqlLedger
from bot.store.tables import alarms, replicas
from tests.fakes import START, FakeClock

DAY = 86_400_000_000
ME = Replica("r1", "web-1", 7, "0.1.0", START)


async def sign_in(ledger: SqlLedger, me: Replica, clock: FakeClock) -> None:
    async with ledger.transaction(seconds=30) as unit:
        await unit.sign_in(me, clock.now())
        await unit.commit()


async def seen(ledger: SqlLedger) -> dict[str, Any]:
    async with ledger.reading() as connection:
        return {row.id: row for row in (await connection.execute(select(replicas))).all()}


async def look(ledger: SqlLedger) -> Alarm:
    async with ledger.transaction(seconds=30) as unit:
        alarm = await unit.alarm.lock()
        await unit.commit()
    return alarm


async def test_a_process_has_one_row_that_tells_when_it_was_last_alive(ledger: SqlLedger, clock: FakeClock) -> None:
    await sign_in(ledger, ME, clock)
    clock.advance(minutes=1)
    await sign_in(ledger, ME, clock)
    await sign_in(ledger, replace(ME, id="r2"), clock)

    rows = await seen(ledger)
    assert set(rows) == {"r1", "r2"}
    assert rows["r1"].alive_at - rows["r1"].started_at == 60_000_000


async def test_a_process_that_was_not_seen_for_a_week_is_forgotten(ledger: SqlLedger, clock: FakeClock) -> None:
    await sign_in(ledger, ME, clock)
    await sign_in(ledger, replace(ME, id="r2"), clock)
    async with ledger.engine.begin() as connection:
        await connection.execute(update(replicas).where(replicas.c.id == "r1").values(seen_at=db_now() - 8 * DAY))
        await connection.execute(update(replicas).where(replicas.c.id == "r2").values(seen_at=db_now() - 6 * DAY))

    await sign_in(ledger, replace(ME, id="r3"), clock)

    assert set(await seen(ledger)) == {"r2", "r3"}


async def test_a_workspace_begins_with_an_alarm_that_says_nothing(ledger: SqlLedger) -> None:
    alarm = await look(ledger)
    assert (alarm.late, alarm.episode, alarm.place, alarm.attempts, alarm.unknown) == (False, 0, None, 0, False)
    assert alarm.rest == 0
    assert alarm.age > timedelta(days=1).total_seconds()


async def test_a_claim_keeps_the_others_away_until_its_lease_ends(ledger: SqlLedger, clock: FakeClock) -> None:
    async with ledger.transaction(seconds=30) as unit:
        alarm = await unit.alarm.lock()
        mine = replace(alarm, since=clock.now(), episode=1, attempts=1)
        await unit.alarm.claim("mine", mine, lease=60)
        await unit.commit()

    found = await look(ledger)
    assert found.unknown, "whoever claimed it may have told it and died"
    assert (found.since, found.episode, found.attempts) == (clock.now(), 1, 1)
    assert 50 < found.rest <= 60


async def test_only_the_last_to_claim_can_settle(ledger: SqlLedger) -> None:
    async with ledger.transaction(seconds=30) as unit:
        alarm = await unit.alarm.lock()
        await unit.alarm.claim("first", alarm, lease=0)
        await unit.alarm.claim("second", alarm, lease=0)
        await unit.alarm.told("first", late=True, place=("C1", "1.0"), new=True, rest=60)
        await unit.alarm.failed("first", unknown=False)
        await unit.commit()
    assert not (await look(ledger)).late
    assert (await look(ledger)).unknown

    async with ledger.transaction(seconds=30) as unit:
        await unit.alarm.told("second", late=True, place=("C2", "2.0"), new=True, rest=60)
        await unit.commit()
    found = await look(ledger)
    assert (found.late, found.place, found.unknown, found.attempts) == (True, ("C2", "2.0"), False, 0)
    assert found.age < 60


async def test_each_workspace_has_its_own(ledger: SqlLedger, clock: FakeClock) -> None:
    other = SqlLedger(ledger.engine, "T2", clock)
    await look(ledger)
    async with other.transaction(seconds=30) as unit:
        await unit.alarm.claim("x", await unit.alarm.lock(), lease=60)
        await unit.commit()
    assert not (await look(ledger)).unknown
    async with ledger.reading() as connection:
        assert len((await connection.execute(select(alarms))).all()) == 2
