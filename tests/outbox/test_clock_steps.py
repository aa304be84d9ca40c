"""The database's clock is set forward or back: what is being sent is left alone, whoever looks, and what waits does not
wait for as long as the clock was set back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.domain import effects as f
from bot.errors import IntegrationError, Reason
from bot.leases import Leases
from bot.outbox import Outbox
from bot.ports import Desk, Performer, View
from bot.rows import Claimed
from bot.scheduler import Rhythm, Scheduler
from bot.store.effect_rows import SECOND
from bot.store.engine import WRITES, database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.tables import buckets, effects
from tests.conftest import House
from tests.fakes import FakeChat, FakeClock, StillClock
from tests.outbox.conftest import QUICK, declare, rows, until, work_until_settled

HOUR = 3600 * SECOND
LEASE = 30.0
STEPS = (53.0, -53.0, 3600.0, -3600.0)


async def set_clock(house: House, *, forward: int) -> None:
    """Set the database's clock by moving every time that it has written the other way."""
    moved = {name: effects.c[name] - forward for name in ("not_before", "attempted_at", "lease_until")}
    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        await connection.execute(effects.update().values(**moved))
        await connection.execute(buckets.update().values(next_at=buckets.c.next_at - forward))
        await connection.commit()


def working(house: House, performer: Performer) -> Outbox:
    return Outbox(
        house.ledger,
        house.queries,
        house.service,
        {performer.name: performer},
        policy=house.policy,
        clock=house.clock,
        habits=QUICK,
        jitter=lambda: 0.5,
    )


async def claim(house: House) -> Claimed:
    async with house.ledger.transaction(seconds=30) as unit:
        [claimed] = await unit.effects.claim({"chat": LEASE}, "a worker")
        await unit.commit()
    return claimed


async def sweep(house: House, leases: Leases) -> int:
    async with house.ledger.transaction(seconds=30) as unit:
        swept = await leases.sweep(unit)
        await unit.commit()
    return swept


@pytest.mark.parametrize("forward", [HOUR, -HOUR], ids=["forward", "back"])
async def test_a_lease_ends_when_it_has_stood_for_its_length_whatever_the_clock_says(
    house: House, forward: int
) -> None:
    await declare(house)
    survivor = Leases(clock := StillClock())
    assert await sweep(house, survivor) == 0
    claimed = await claim(house)
    await set_clock(house, forward=forward)
    assert await sweep(house, survivor) == 0

    clock.seconds += LEASE - 1
    assert await sweep(house, survivor) == 0, "its holder may be at work"
    clock.seconds += 2
    assert await sweep(house, survivor) == 1

    assert any(row.id == claimed.key and row.outcome_unknown for row in await rows(house))


async def test_a_process_that_starts_waits_for_no_lease_that_is_over_but_for_a_call_that_may_be_on_its_way(
    house: House,
) -> None:
    """Else one that is killed more often than a lease lasts would never take anything back."""
    await declare(house)
    claimed = await claim(house)
    assert await sweep(house, Leases(StillClock())) == 0, "not over"
    await set_clock(house, forward=round((LEASE + 1) * SECOND))

    assert await sweep(house, Leases(StillClock())) == 1

    [swept] = [row for row in await rows(house) if row.id == claimed.key]
    assert swept.outcome_unknown
    assert LEASE / 2 - 5 < (swept.not_before - swept.attempted_at) / SECOND - (LEASE + 1) < LEASE / 2 + 5


async def test_a_lease_that_its_holder_renews_stands(house: House) -> None:
    await declare(house)
    claimed = await claim(house)
    survivor = Leases(clock := StillClock())
    for _ in range(5):
        assert await sweep(house, survivor) == 0
        clock.seconds += LEASE - 1
        async with house.ledger.transaction(seconds=30) as unit:
            assert await unit.effects.hold(claimed, wait=0.0, lease=LEASE)
            await unit.commit()


async def test_a_holder_whose_lease_nobody_took_may_go_on_however_late(house: House) -> None:
    await declare(house)
    claimed = await claim(house)
    await set_clock(house, forward=HOUR)

    async with house.ledger.transaction(seconds=30) as unit:
        assert await unit.effects.hold(claimed, wait=0.0, lease=LEASE)
        assert await unit.effects.settle(claimed)


async def test_nobody_takes_back_what_he_performs_himself(house: House) -> None:
    await declare(house)
    claimed = await claim(house)
    leases = Leases(clock := StillClock())
    assert await sweep(house, leases) == 0
    with leases.performing(claimed.key):
        for _ in range(3):
            assert await sweep(house, leases) == 0
            clock.seconds += 2 * LEASE
    assert await sweep(house, leases) == 0, "seen for the first time"
    clock.seconds += LEASE + 1
    assert await sweep(house, leases) == 1


async def test_set_back_it_makes_nothing_wait_for_an_hour(house: House, outbox: Outbox, chat: FakeChat) -> None:
    incident_id = await declare(house)
    async with house.ledger.transaction(seconds=30) as unit:
        await unit.effects.reserve("chat.update", 1.0, within=5)
        await unit.commit()
    await set_clock(house, forward=-HOUR)
    assert await outbox.work_off() == 0

    await sweep(house, outbox.leases)
    await work_until_settled(house, outbox)

    assert (await house.check(incident_id)).room is not None
    async with house.ledger.transaction(seconds=30) as unit:
        wait, taken = await unit.effects.reserve("chat.update", 1.0, within=5)
    assert taken
    assert wait < 2
    assert len(chat.messages) == len({one.key for one in chat.messages})


@dataclass
class Machine:
    """One whose wall clock is set while Firebell serves a SQLite file on it."""

    path: Path
    ahead: float = 0.0

    async def open(self) -> SqlLedger:
        engine = make_engine(database_url(f"sqlite:///{self.path}"))
        event.listen(engine.sync_engine, "connect", self._opened, insert=True)
        return SqlLedger(engine, "T1", FakeClock())

    def _opened(self, connection: Any, _record: object) -> None:
        connection.create_function("julianday", 1, lambda _: (time.time() + self.ahead) / 86400 + 2440587.5)


@pytest.fixture
def machine(sqlite_template: Path, tmp_path: Path) -> Machine:
    path = tmp_path / "firebell.db"
    path.write_bytes(sqlite_template.read_bytes())
    return Machine(path)


@pytest.fixture
async def its_house(machine: Machine, make_house: Callable[[SqlLedger], House]) -> AsyncIterator[House]:
    ledger = await machine.open()
    yield make_house(ledger)
    await ledger.engine.dispose()


@pytest.mark.parametrize("step", STEPS)
async def test_an_attempt_under_way_while_the_clock_is_set_is_made_once(
    machine: Machine, its_house: House, step: float
) -> None:
    sent: list[str] = []
    go_on = asyncio.Event()

    async def slow(_effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        sent.append(view.key)
        await go_on.wait()
        assert await desk.pace("rooms.create", 0.01) < 1
        return f.RoomFacts("C1", "room")

    outbox = working(its_house, Performer("chat", {"OpenRoom": slow}, call_timeout=5.0))
    clock = its_house.clock
    scheduler = Scheduler(
        its_house.ledger, its_house.queries, its_house.service, clock=clock, leases=outbox.leases, rhythm=Rhythm()
    )
    incident_id = await declare(its_house)
    attempt = asyncio.create_task(outbox.work_off())
    await until(lambda: _holds(sent))

    machine.ahead += step
    for _ in range(3):
        await scheduler.watch()
        await asyncio.sleep(0)
    go_on.set()
    await attempt
    await scheduler.watch()
    assert await outbox.work_off() == 0

    assert len(sent) == 1
    assert (await its_house.check(incident_id)).room is not None
    [opened] = await rows(its_house, "OpenRoom")
    assert (opened.status, opened.attempts) == ("done", 1)


async def test_traces_are_looked_for_since_the_earlier_of_both_clocks(machine: Machine, its_house: House) -> None:
    await declare(its_house)
    machine.ahead -= 3 * 3600

    await claim(its_house)

    [opened] = await rows(its_house, "OpenRoom")
    assert abs(opened.first_attempt_at / SECOND - (time.time() - 3 * 3600)) < 60


@pytest.mark.parametrize("step", STEPS)
async def test_what_was_put_off_for_a_moment_waits_for_that_moment(
    machine: Machine, its_house: House, chat: FakeChat, step: float
) -> None:
    """Neither longer, nor less: after an answer that was lost the traces of a call may still be on their way."""
    chat.failures["OpenRoom"] = [IntegrationError(Reason.UNKNOWN_OUTCOME, "")]
    chat.lost.add("OpenRoom")
    outbox = working(its_house, chat.performer(call_timeout=0.4))
    await declare(its_house)
    await outbox.work_off()
    began = time.monotonic()

    machine.ahead += step
    assert await outbox.work_off() == 0

    await work_until_settled(its_house, outbox)
    assert time.monotonic() - began < 45
    assert [what for _, what in chat.calls].count("OpenRoom") == 1


@pytest.mark.parametrize("step", STEPS)
async def test_a_process_that_starts_after_the_clock_was_set_waits_neither_long_nor_too_little(
    machine: Machine, make_house: Callable[[SqlLedger], House], chat: FakeChat, step: float
) -> None:
    first = make_house(await machine.open())
    incident_id = await declare(first)
    async with first.ledger.transaction(seconds=30) as unit:
        [claimed] = await unit.effects.claim({"chat": 0.8}, "the process that died")
        await unit.commit()
    chat.rooms[incident_id] = "C1"
    await first.ledger.engine.dispose()

    machine.ahead += step
    second = make_house(await machine.open())
    outbox = working(second, chat.performer(call_timeout=0.3))
    running, began = asyncio.create_task(outbox.run()), time.monotonic()

    async def looked() -> bool:
        return (claimed.key, "reconcile OpenRoom") in chat.calls

    try:
        await until(looked)
        assert time.monotonic() - began >= 0.4, "half of the lease"
    finally:
        outbox.stop(within=5)
        await running
        await second.ledger.engine.dispose()
    assert [what for key, what in chat.calls if key == claimed.key] == ["reconcile OpenRoom"]


async def _holds(found: list[str]) -> bool:
    return bool(found)
