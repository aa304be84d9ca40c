"""Shared buckets: a short burst after a rest, and never more in any minute than the outside system allows."""

from __future__ import annotations

from bisect import bisect_right

import pytest
from sqlalchemy import select, update

from bot.store.effect_rows import LONGEST_WAIT, SECOND
from bot.store.tables import buckets
from integrations.slack.client import METHOD_PACES, Pace, tier
from tests.conftest import House

MINUTE = 60.0
LIMITS = {
    "chat.update": 50,
    "conversations.setTopic": 20,
    "pins.add": 20,
    "bookmarks.add": 20,
    "conversations.canvases.create": 20,
    "canvases.edit": 50,
}
NAME, PACE = "chat.update", METHOD_PACES["chat.update"]


async def reserve(house: House, times: int, pace: Pace = PACE, name: str = NAME) -> list[float]:
    """Take so many slots; returns when each may be used, in seconds since before the first."""
    slots = []
    async with house.ledger.transaction(seconds=30) as unit:
        started = house.clock.monotonic()
        for _ in range(times):
            wait, taken = await unit.effects.reserve(name, pace.interval, within=600, burst=pace.burst)
            assert taken
            slots.append(house.clock.monotonic() - started + wait)
        await unit.commit()
    return slots


async def rest(house: House, seconds: float, name: str = NAME) -> None:
    """Let the bucket's slots be as if so much time had passed."""
    async with house.ledger.engine.begin() as connection:
        moved = buckets.c.next_at - round(seconds * 1_000_000)
        await connection.execute(update(buckets).where(buckets.c.name == name).values(next_at=moved))


def most_in_a_minute(slots: list[float]) -> int:
    """The most slots that any minute holds, both its ends included."""
    ordered = sorted(slots)
    return max(bisect_right(ordered, slot + MINUTE) - first for first, slot in enumerate(ordered))


def at_once(slots: list[float]) -> int:
    return sum(slot < PACE.interval / 2 for slot in slots)


@pytest.mark.parametrize("name", METHOD_PACES)
async def test_no_minute_sees_more_calls_than_the_tier_allows(house: House, name: str) -> None:
    slots = await reserve(house, 3 * LIMITS[name], METHOD_PACES[name], name)

    # What the database took to answer blurs each slot by some milliseconds, which is all the tolerance there is.
    assert most_in_a_minute([round(slot, 1) for slot in slots]) <= LIMITS[name]
    assert slots[-1] > MINUTE


async def test_after_a_rest_the_first_calls_go_out_at_once(house: House) -> None:
    slots = await reserve(house, PACE.burst + 2)

    assert at_once(slots) == PACE.burst
    assert slots[-1] == pytest.approx(2 * PACE.interval, abs=0.2)


async def test_a_burst_comes_back_one_call_for_each_interval_of_rest(house: House) -> None:
    await reserve(house, PACE.burst)
    await rest(house, 3 * PACE.interval)
    assert at_once(await reserve(house, PACE.burst)) == 3


async def test_a_long_rest_saves_up_no_more_than_one_burst(house: House) -> None:
    await reserve(house, 1)
    await rest(house, 24 * 3600)
    assert at_once(await reserve(house, 2 * PACE.burst)) == PACE.burst


async def test_no_burst_follows_a_rate_limit(house: House) -> None:
    async with house.ledger.transaction(seconds=30) as unit:
        await unit.effects.hold_back(NAME, 30.0)
        await unit.commit()

    slots = await reserve(house, 3)

    assert slots == pytest.approx([30.0, 30.0 + PACE.interval, 30.0 + 2 * PACE.interval], abs=0.3)


async def test_a_bucket_without_a_burst_is_strictly_even(house: House) -> None:
    slots = await reserve(house, 4, Pace(1.0), "chat.postMessage:CROOM")
    assert slots == pytest.approx([0.0, 1.0, 2.0, 3.0], abs=0.2)


def test_a_tier_is_shared_out_between_the_burst_and_the_rest_of_the_minute() -> None:
    assert tier(50, burst=10) == Pace(1.5, 10)
    assert tier(20, burst=4) == Pace(3.75, 4)


async def test_a_bucket_that_has_filled_up_is_forgotten_and_another_is_not(house: House) -> None:
    await reserve(house, 2, name="C-long-ago")
    await reserve(house, 2, name="C-just-now")
    await rest(house, 3600, "C-long-ago")
    async with house.ledger.transaction(seconds=10) as unit:
        await unit.forget(house.clock.now())
        await unit.commit()
    async with house.ledger.reading() as connection:
        assert (await connection.execute(select(buckets.c.name))).scalars().all() == ["C-just-now"]
    assert at_once(await reserve(house, 2 * PACE.burst, name="C-long-ago")) == PACE.burst


@pytest.mark.parametrize("pace", METHOD_PACES.values())
def test_every_bucket_fills_up_before_it_is_forgotten(pace: Pace) -> None:
    assert pace.interval * pace.burst < LONGEST_WAIT / SECOND
