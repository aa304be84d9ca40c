"""The roll-up of an hour and the digest of a day: on time, once across replicas, and nothing private in them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.bulletins import Bulletins, Habit
from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.bulletins import Issued, Kind, day_of, hour_of
from bot.domain.model import Actor, Incident
from bot.errors import Conflict
from bot.ports import READ_AT_ONCE
from bot.ranking import Ranking
from bot.store import codec
from bot.store.ledger import SqlLedger
from bot.store.queries import SqlQueries
from bot.store.tables import effects
from tests.conftest import House

ANA = Actor("UANA")


@pytest.fixture
def made(house: House) -> Callable[[Habit], Bulletins]:
    return lambda habit: bulletins_of(house, house.ledger, habit)


def bulletins_of(house: House, ledger: SqlLedger, habit: Habit) -> Bulletins:
    queries = SqlQueries(ledger)
    ranking = Ranking(ledger, queries, policy=house.policy, clock=house.clock)
    return Bulletins(ledger, queries, ranking, house.clock, habit)


async def declare(house: House, title: str, **extra: Any) -> str:
    command = c.Declare(title, severity="sev2", **extra)
    return (await house.service.execute(command, ANA, title)).incident.id


async def three(house: House) -> list[str]:
    return [await declare(house, title) for title in ("one", "two", "three")]


def at(house: House, moment: datetime) -> None:
    house.clock.advance(seconds=(moment - house.clock.now()).total_seconds())


def next_hour(house: House) -> datetime:
    return house.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


async def posted(house: House) -> list[f.PostBulletin]:
    async with house.ledger.reading() as connection:
        rows = (await connection.execute(select(effects).where(effects.c.type == "PostBulletin"))).all()
    found = [codec.EFFECTS.load(row.type, row.version, row.data) for row in rows]
    return [one for one in found if isinstance(one, f.PostBulletin)]


async def test_with_three_open_the_full_hour_brings_one_roll_up(
    house: House, made: Callable[[Habit], Bulletins]
) -> None:
    bulletins = made(Habit())
    await three(house)
    at(house, next_hour(house) - timedelta(minutes=10))
    assert not await bulletins.roll_up()
    at(house, next_hour(house) + timedelta(minutes=1))
    assert await bulletins.roll_up()
    assert not await bulletins.roll_up()
    assert [one.kind for one in await posted(house)] == [Kind.ROLL_UP]


async def test_an_hour_in_which_nothing_moved_brings_no_other(house: House, made: Callable[[Habit], Bulletins]) -> None:
    bulletins = made(Habit())
    first, *_ = await three(house)
    at(house, next_hour(house))
    assert await bulletins.roll_up()
    at(house, next_hour(house))
    assert not await bulletins.roll_up()
    await house.service.execute(c.PostUpdate("It moves"), ANA, "update", incident_id=first)
    assert await bulletins.roll_up()


class Counted:
    """The queries of a house, with how many incidents each reading asked for."""

    def __init__(self, house: House) -> None:
        self._queries = house.queries
        self.read: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queries, name)

    async def by_ids(self, incident_ids: Collection[str]) -> Mapping[str, Incident]:
        self.read.append(len(incident_ids))
        return await self._queries.by_ids(incident_ids)


async def test_incidents_are_read_a_few_at_once_and_not_again_once_the_hour_is_told(house: House) -> None:
    for number in range(READ_AT_ONCE + 5):
        await declare(house, f"number {number}")
    queries = Counted(house)
    ranking = Ranking(house.ledger, house.queries, policy=house.policy, clock=house.clock)
    bulletins = Bulletins(house.ledger, queries, ranking, house.clock, Habit())
    at(house, next_hour(house))
    assert await bulletins.roll_up()
    assert queries.read == [READ_AT_ONCE, 5]
    house.clock.advance(minutes=1)
    assert not await bulletins.roll_up()
    assert queries.read == [READ_AT_ONCE, 5], "this hour's is out"


async def test_private_incidents_and_drills_count_for_nothing_and_are_not_told(
    house: House, made: Callable[[Habit], Bulletins]
) -> None:
    bulletins = made(Habit())
    await declare(house, "one")
    await declare(house, "two")
    await declare(house, "secret", private=True)
    await declare(house, "rehearsal", drill=True)
    at(house, next_hour(house))
    assert not await bulletins.roll_up()
    await declare(house, "three")
    assert await bulletins.roll_up()
    told = await bulletins.gather(f.PostBulletin(Kind.ROLL_UP, house.clock.now()))
    assert {one.incident.title for one in told.open} == {"one", "two", "three"}


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_what_another_replica_issues_between_the_look_and_the_word_is_not_issued_again(house: House) -> None:
    issued = Issued(Kind.ROLL_UP, "this hour", house.clock.now(), ())
    async with house.ledger.transaction(seconds=30) as late:
        assert await late.bulletins.newest(Kind.ROLL_UP) is None
        async with house.ledger.transaction(seconds=30) as first:
            await first.bulletins.issue(issued)
            await first.commit()
        with pytest.raises(Conflict):
            await late.bulletins.issue(issued)


async def test_two_replicas_at_once_tell_it_once(house: House, url: str) -> None:
    await three(house)
    at(house, next_hour(house))
    both = [bulletins_of(house, house.ledger, Habit(digest_at=None)) for _ in range(2)]
    await asyncio.gather(*(one.look() for one in both))
    assert len(await posted(house)) == 1


async def test_it_is_off_where_the_settings_say_so(house: House, made: Callable[[Habit], Bulletins]) -> None:
    bulletins = made(Habit(roll_up_from=0, digest_at=None))
    await three(house)
    at(house, next_hour(house))
    await bulletins.look()
    assert await posted(house) == []


async def test_a_digest_tells_what_is_open_and_what_has_ended_since_the_last(
    house: House, made: Callable[[Habit], Bulletins]
) -> None:
    nine = house.clock.now().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    bulletins = made(Habit())
    old = await declare(house, "old")
    secret = await declare(house, "secret", private=True)
    at(house, nine)
    assert await bulletins.digest()
    assert not await bulletins.digest()
    short = await declare(house, "short")
    for number, one in enumerate((old, secret, short)):
        await house.service.execute(c.Resolve("Done"), ANA, f"end {number}", incident_id=one)
    await declare(house, "new")
    at(house, nine + timedelta(days=1, minutes=2))
    assert await bulletins.digest()
    told = await bulletins.gather((await posted(house))[-1])
    assert [one.incident.title for one in told.open] == ["new"]
    assert [one.title for one in told.ended] == ["old", "short"]


async def test_a_day_on_which_nothing_burned_is_told_nothing(house: House, made: Callable[[Habit], Bulletins]) -> None:
    at(house, house.clock.now().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1))
    assert not await made(Habit()).digest()
    assert await posted(house) == []


NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_digest_comes_at_its_time_in_the_workplaces_zone() -> None:
    nine = NINE.time()
    assert day_of(NINE, nine, "Europe/Madrid", None) is None
    assert day_of(NINE - timedelta(minutes=59), nine, "Europe/Madrid", None) == "2026-03-02"
    assert day_of(NINE - timedelta(minutes=61), nine, "Europe/Madrid", None) is None


def test_after_downtime_a_digest_comes_late_and_after_half_a_day_not_at_all() -> None:
    last = Issued(Kind.DIGEST, "2026-03-01", NINE - timedelta(days=1))
    assert day_of(NINE + timedelta(hours=5), NINE.time(), "UTC", last) == "2026-03-02"
    assert day_of(NINE + timedelta(hours=7), NINE.time(), "UTC", last) is None
    assert day_of(NINE + timedelta(hours=5), NINE.time(), "UTC", None) is None


def test_a_roll_up_belongs_to_the_first_minutes_of_its_hour() -> None:
    assert hour_of(NINE + timedelta(minutes=4)) == NINE.isoformat()
    assert hour_of(NINE + timedelta(minutes=5)) is None
