"""Attempts that end at the same time are settled together, and none of them depends on the others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from bot.domain import effects as f
from bot.domain.commands import Command, RecordOutcome
from bot.domain.model import Incident
from bot.outbox.settling import Settling, Work
from bot.ports import UnitOfWork
from bot.rows import Claimed
from tests.conftest import House
from tests.outbox.conftest import QUICK, declare, rows


@pytest.fixture
def settling(house: House) -> Settling:
    return Settling(house.ledger, house.service, QUICK, lambda: 0.5)


async def claim(house: House, most: int) -> Sequence[Claimed]:
    """Claim the opening of as many rooms."""
    others = {row.type for row in await rows(house)} - {"OpenRoom"}
    async with house.ledger.transaction(seconds=5) as unit:
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


def commits(house: House) -> list[Any]:
    found: list[Any] = []
    event.listen(house.ledger.engine.sync_engine, "commit", found.append)
    return found


async def test_what_ends_at_the_same_time_is_settled_in_one_transaction(house: House, settling: Settling) -> None:
    ids = [await declare(house, f"r{number}") for number in range(3)]
    claimed = await claim(house, 3)
    made = commits(house)

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
