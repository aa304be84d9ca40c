"""What happens when the database is slow, busy, or gone in the middle of COMMIT."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from bot.domain import commands as c
from bot.domain.model import Actor
from bot.errors import Busy, Conflict, OutcomeUnknown
from bot.ports import Stored, UnitOfWork, Viewer
from bot.retrying import in_one_transaction
from bot.service import DEADLINE_SECONDS, Service
from bot.store.drivers import Driver
from bot.store.engine import WRITES, database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.tables import counters
from tests.committing import Commit, around_commits, lose_the_next_answer
from tests.conftest import CORE, House
from tests.fakes import StillClock, numbered

ANA = Actor("UANA")


@pytest.fixture
async def slow_house(url: str, policy: Any) -> AsyncIterator[tuple[Service, SqlLedger, StillClock]]:
    clock = StillClock()
    engine = make_engine(database_url(url))
    ledger = SqlLedger(engine, "T1", clock)
    ids = numbered("inc")
    service = Service(ledger, CORE, clock=clock, policy=policy, new_id=lambda: next(ids), workspace="T1")
    yield service, ledger, clock
    await engine.dispose()


async def test_past_the_deadline_nothing_is_committed(slow_house: tuple[Service, SqlLedger, StillClock]) -> None:
    service, ledger, clock = slow_house
    async with ledger.transaction(seconds=2.0) as unit:
        await service.carry_out(unit, None, c.Declare("Down"), ANA, "r1")
        clock.seconds += 2.1
        with pytest.raises(Busy, match="nothing changed"):
            await unit.commit()

    assert (await service.execute(c.Declare("Down"), ANA, "r1")).incident.number == 1


async def test_all_tries_together_have_one_deadline(slow_house: tuple[Service, SqlLedger, StillClock]) -> None:
    _, ledger, clock = slow_house
    tries: list[float] = []

    async def late_and_in_vain(unit: UnitOfWork) -> None:
        tries.append(clock.seconds)
        clock.seconds += 0.75
        raise Conflict("somebody was first")

    with pytest.raises(Busy, match="nothing changed"):
        await in_one_transaction(ledger, late_and_in_vain, clock=clock, seconds=2.0)

    assert tries == [0.0, 0.75, 1.5]


async def test_what_is_left_of_the_deadline_is_all_a_later_try_has(
    slow_house: tuple[Service, SqlLedger, StillClock],
) -> None:
    _, ledger, clock = slow_house
    tries: list[float] = []

    async def second_time(unit: UnitOfWork) -> None:
        tries.append(clock.seconds)
        clock.seconds += 1.1
        if len(tries) == 1:
            raise Conflict("somebody was first")

    with pytest.raises(Busy, match="before COMMIT"):
        await in_one_transaction(ledger, second_time, clock=clock, seconds=2.0)

    assert len(tries) == 2


async def test_a_writer_that_holds_the_database_too_long_makes_others_busy_not_wrong(house: House) -> None:
    accepted = await house.service.execute(c.Declare("Down"), ANA, "r1")
    async with house.ledger.transaction(seconds=10) as holder:
        await holder.incident(accepted.incident.id)
        with pytest.raises(Busy):
            async with house.ledger.transaction(seconds=0.2) as unit:
                await unit.incident(accepted.incident.id)


async def test_a_lock_held_by_another_program_makes_commands_busy(house: House, url: str) -> None:
    accepted = await house.service.execute(c.Declare("Down"), ANA, "r1")
    # Whoever waited for ten seconds would see the other program taken for a paused one, and its lock taken away.
    hasty = Service(
        house.ledger,
        CORE,
        clock=house.clock,
        policy=house.policy,
        new_id=lambda: "inc-2",
        workspace="T1",
        deadline=DEADLINE_SECONDS,
    )
    engine = make_engine(database_url(url))
    async with engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        await connection.execute(text("UPDATE incidents SET rank = rank"))
        with pytest.raises(Busy):
            await hasty.execute(c.AddNote("x"), ANA, "r2", incident_id=accepted.incident.id)
    await engine.dispose()
    await house.service.execute(c.AddNote("x"), ANA, "r2", incident_id=accepted.incident.id)


async def test_a_lost_answer_to_commit_is_looked_up_and_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    lose_the_next_answer(monkeypatch, carried_out=True)

    accepted = await house.service.execute(c.Declare("Down"), ANA, "r1")

    assert not accepted.repeat
    assert (await house.check(accepted.incident.id)).number == 1


async def test_a_lost_transaction_is_looked_up_and_said_to_have_changed_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_next_answer(monkeypatch, carried_out=False)

    with pytest.raises(Busy, match="nothing changed"):
        await house.service.execute(c.Declare("Down"), ANA, "r1")

    assert await house.queries.recent(Viewer("UANA")) == []


async def test_of_housekeeping_nobody_says_either_that_nothing_changed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_next_answer(monkeypatch, carried_out=True)

    with pytest.raises(OutcomeUnknown):
        async with house.ledger.writing(seconds=2) as connection:
            await connection.execute(insert(counters).values(workspace="T1", name="cards", value=1))

    async with house.ledger.reading() as connection:
        assert (await connection.execute(select(counters.c.name))).scalars().all() == ["cards"]


async def test_while_the_outcome_cannot_be_found_out_nobody_says_that_nothing_changed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_next_answer(monkeypatch, carried_out=True)

    async def away(request_id: str) -> None:
        raise Busy("the database is away")

    house.ledger.answer = away
    with pytest.raises(OutcomeUnknown):
        await house.service.execute(c.Declare("Down"), ANA, "r1")


async def test_looking_up_waits_for_a_transaction_in_flight(house: House) -> None:
    """Only then is it certain that a request which is not found will not be committed a moment later."""
    looked: asyncio.Task[Any]
    async with house.ledger.transaction(seconds=5) as unit:
        accepted = await house.service.carry_out(unit, None, c.Declare("Down"), ANA, "r1")
        await unit.remember("r1", Stored(accepted.incident.id, 1, 1), house.clock.now())
        looked = asyncio.create_task(house.ledger.answer("r1"))
        await asyncio.sleep(0.1)
        assert not looked.done()
        await unit.commit()
    assert await looked == Stored(accepted.incident.id, 1, 1)


async def test_a_caller_who_goes_away_during_commit_leaves_it_whole(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    executing = asyncio.create_task(house.service.execute(c.Declare("Down"), ANA, "r1"))

    async def leave(_: Driver, commit: Commit) -> None:
        executing.cancel()
        await commit()

    around_commits(monkeypatch, leave)
    with pytest.raises(asyncio.CancelledError):
        await executing
    monkeypatch.undo()

    again = await house.service.execute(c.Declare("Down"), ANA, "r1")
    assert again.repeat
    assert (await house.check(again.incident.id)).number == 1
