"""Attempts that end at the same time are settled together, and none of them depends on the others."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.commands import Command, RecordOutcome
from bot.domain.model import Incident
from bot.errors import Busy
from bot.outbox.settling import Settling, Work
from bot.ports import UnitOfWork
from bot.rows import Claimed
from bot.store.drivers import Driver
from bot.store.engine import WRITES
from bot.store.tables import effects
from tests.committing import Commit, around_commits
from tests.conftest import House
from tests.outbox.conftest import ANA, QUICK, declare, rows


@pytest.fixture
def settling(house: House) -> Settling:
    return Settling(house.ledger, house.service, QUICK, lambda: 0.5)


async def claim(house: House, most: int) -> Sequence[Claimed]:
    """Claim the opening of as many rooms."""
    others = {row.type for row in await rows(house)} - {"OpenRoom"}
    async with house.ledger.transaction(seconds=30) as unit:
        claimed = await unit.effects.claim({"chat": 30.0}, "a worker", most=most, without=others)
        await unit.commit()
    assert len(claimed) == most
    return claimed


def opened(claimed: Claimed) -> Work:
    """Settle the opening of a room, of which the incident's log is told."""

    async def work(unit: UnitOfWork, incident: Incident) -> Command | None:
        if not await unit.effects.settle(claimed):
            return None
        return RecordOutcome(claimed.key, f.OpenRoom(), f.RoomFacts(f"C{incident.number}", f"inc-{incident.number}"))

    return work


async def broken(unit: UnitOfWork, incident: Incident) -> Command | None:
    del unit
    raise ZeroDivisionError(incident.id)


def commits(monkeypatch: pytest.MonkeyPatch) -> list[Driver]:
    found: list[Driver] = []

    async def count(driver: Driver, commit: Commit) -> None:
        found.append(driver)
        await commit()

    around_commits(monkeypatch, count)
    return found


async def test_what_ends_at_the_same_time_is_settled_in_one_transaction(
    house: House, settling: Settling, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [await declare(house, f"r{number}") for number in range(3)]
    claimed = await claim(house, 3)
    made = commits(monkeypatch)

    ended = await asyncio.gather(*(settling.end(one, opened(one)) for one in claimed))

    assert list(ended) == [True] * 3
    assert len(made) == 1
    assert [row.status for row in await rows(house, "OpenRoom")] == ["done"] * 3
    assert all([(await house.check(incident_id)).room for incident_id in ids])


async def test_one_that_cannot_be_settled_keeps_no_other_from_it(house: House, settling: Settling) -> None:
    for number in range(3):
        await declare(house, f"r{number}")
    first, bad, last = await claim(house, 3)

    ended = await asyncio.gather(
        settling.end(first, opened(first)),
        settling.end(bad, broken),
        settling.end(last, None),
        return_exceptions=True,
    )

    assert [ended[0], ended[2]] == [True, True]
    assert isinstance(ended[1], ZeroDivisionError)
    assert sorted(row.status for row in await rows(house, "OpenRoom")) == ["done", "done", "sending"]


async def test_a_lost_lease_is_lost_alone(house: House, settling: Settling) -> None:
    await declare(house, "a")
    await declare(house, "b")
    mine, taken = await claim(house, 2)
    taken = replace(taken, token="another worker")

    ended = await asyncio.gather(settling.end(mine, None), settling.end(taken, None))

    assert list(ended) == [True, False]


async def test_whoever_gives_up_waiting_keeps_no_other_from_being_settled(house: House, settling: Settling) -> None:
    await declare(house, "a")
    await declare(house, "b")
    one, other = await claim(house, 2)
    waiting = asyncio.create_task(settling.end(one, None))
    staying = asyncio.create_task(settling.end(other, None))
    await asyncio.sleep(0)

    waiting.cancel()

    assert await staying
    await settling.rest()
    assert waiting.cancelled()


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_settling_and_a_command_never_wait_for_each_other_crosswise(house: House, settling: Settling) -> None:
    incident_id = await declare(house)
    async with house.ledger.transaction(seconds=30) as unit:
        claimed = await unit.effects.claim({"chat": 30.0}, "a worker", most=10)
        await unit.commit()
    (room,) = [one for one in claimed if isinstance(one.effect, f.OpenRoom)]

    with capture_logs() as told:
        async with house.ledger.transaction(seconds=30) as unit:
            # A command has its incident; what it will do to the incident's effects is still to come.
            incident = await unit.incident(incident_id)
            ended = asyncio.gather(*(settling.end(one, opened(one) if one is room else None) for one in claimed))
            await asyncio.sleep(0.3)
            await house.service.carry_out(unit, incident, c.ChangeSeverity("sev2", reason="x"), ANA, "r9")
            await unit.commit()
        assert all(await ended)

    assert len(claimed) > 1
    assert not [one for one in told if one["event"] == "settled_one_by_one"], "the database undid one of the two"


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_several_rows_are_locked_in_everybodys_order(house: House, settling: Settling) -> None:
    incident_id = await declare(house)
    async with house.ledger.transaction(seconds=30) as unit:
        claimed = sorted(await unit.effects.claim({"chat": 30.0}, "a worker", most=10), key=lambda one: one.key)
        await unit.commit()
    first, *_, last = claimed
    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        # It is written anew, and so lies behind all others: whoever took them as they lie would have it last.
        await connection.execute(update(effects).where(effects.c.id == first.key).values(rank=9))
        await connection.commit()
        await connection.execute(select(effects.c.id).where(effects.c.id == first.key).with_for_update())

        settled = asyncio.gather(*(settling.end(one, None) for one in reversed(claimed)))
        command = asyncio.create_task(
            house.service.execute(c.ChangeSeverity("sev2", reason="x"), ANA, "r9", incident_id=incident_id)
        )
        await asyncio.sleep(0.3)
        free = select(effects.c.id).where(effects.c.id == last.key).with_for_update(nowait=True)
        assert (await connection.execute(free)).scalar_one() == last.key, "both wait for the first"
        await connection.commit()

    assert all(await settled)
    await command


async def test_where_the_database_is_away_all_wait_together_for_it(house: House) -> None:
    await declare(house)
    (claimed,) = await claim(house, 1)
    asked = []

    class Away:
        @contextlib.asynccontextmanager
        async def transaction(self, *, seconds: float) -> AsyncIterator[UnitOfWork]:
            asked.append(seconds)
            raise Busy("the database is away")
            yield

    settling: Any = Settling(Away(), house.service, QUICK, lambda: 0.5)  # type: ignore[arg-type]

    found = await asyncio.gather(*(settling._queue(claimed, None) for _ in range(10)), return_exceptions=True)

    assert [type(one) for one in found] == [Busy] * 10
    assert len(asked) == 1
