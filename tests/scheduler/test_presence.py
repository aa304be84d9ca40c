"""Downtime is measured, not guessed from lateness: by sign-ins between processes, by monotonic time within one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.alarm import Replica
from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.model import Absence, Actor
from bot.presence import AWAY_AFTER, Presence
from bot.scheduler import Scheduler
from tests.conftest import House
from tests.fakes import START, FakeClock, StillClock

ANA = Actor("UANA")


def process(house: House) -> Scheduler:
    """A process that begins now."""
    me = Replica("only", "here", 1, "0", house.clock.now())
    return Scheduler(house.ledger, house.queries, house.service, clock=house.clock, me=me)


async def sign_in(house: House) -> datetime:
    await process(house).watch()
    return house.clock.now()


async def declare(house: House) -> str:
    return (await house.service.execute(c.Declare("Checkout fails", severity="sev1"), ANA, "r1")).incident.id


async def absences(house: House, incident_id: str) -> list[Absence | None]:
    """What each reminder said of Firebell's own absence."""
    log = await house.queries.log(incident_id)
    return [item.event.away for item in log if isinstance(item.event, e.ReminderSent)]


async def test_a_catch_up_says_from_when_to_when_firebell_was_away(house: House) -> None:
    incident_id = await declare(house)
    house.clock.advance(minutes=3)
    left = await sign_in(house)
    house.clock.advance(minutes=14)

    await process(house).beat()

    assert await absences(house, incident_id) == [Absence(left, house.clock.now())]
    await house.check(incident_id)


async def test_a_reminder_that_is_late_while_firebell_runs_claims_no_absence(house: House) -> None:
    incident_id = await declare(house)
    running = process(house)
    await running.beat()
    house.clock.advance(minutes=17)

    await running.beat()

    assert await absences(house, incident_id) == [None]


async def test_a_process_that_dies_before_it_signed_in_leaves_the_stretch_to_the_next_one(house: House) -> None:
    left = await sign_in(house)
    incident_id = await declare(house)
    house.clock.advance(minutes=17)
    await process(house).beat()
    back = house.clock.now()
    house.clock.advance(minutes=40)

    await process(house).beat()

    told = await absences(house, incident_id)
    assert told == [Absence(left, back), Absence(back, house.clock.now())], "no stretch is told twice"


async def test_two_crashes_within_one_stretch_make_one_catch_up(house: House) -> None:
    left = await sign_in(house)
    incident_id = await declare(house)
    house.clock.advance(minutes=17)
    await process(house).beat()
    back = house.clock.now()
    house.clock.advance(minutes=1)

    await process(house).beat()

    assert await absences(house, incident_id) == [Absence(left, back)]


async def test_what_signed_in_last_counts_whichever_replica_it_was(house: House) -> None:
    async with house.ledger.transaction(seconds=30) as unit:
        for name, minutes in (("a", 3), ("b", 8), ("c", 5)):
            at = START + timedelta(minutes=minutes)
            await unit.sign_in(Replica(name, "here", 1, "0", START), at)
        await unit.commit()
    assert await house.queries.last_alive() == START + timedelta(minutes=8)


@pytest.mark.parametrize(
    ("silence", "away"), [(timedelta(0), False), (AWAY_AFTER, False), (AWAY_AFTER + timedelta(seconds=1), True)]
)
async def test_a_restart_that_took_seconds_is_no_absence(house: House, silence: timedelta, away: bool) -> None:
    left = await sign_in(house)
    house.clock.advance(seconds=silence.total_seconds())
    presence = Presence(house.queries, house.clock)

    await presence.beat()

    assert presence.away == (Absence(left, house.clock.now()) if away else None)


async def test_the_first_start_of_all_was_away_from_nothing(house: House) -> None:
    presence = Presence(house.queries, house.clock)
    await presence.beat()
    assert presence.away is None


async def test_a_machine_that_slept_was_away_and_a_clock_that_was_set_was_not(house: House) -> None:
    clock = StillClock()
    presence = Presence(house.queries, clock)
    await presence.beat()
    clock.advance(hours=2)
    await presence.beat()
    assert presence.away is None

    clock.seconds += 600
    slept = clock.advance(seconds=600)
    await presence.beat()

    assert presence.away == Absence(slept - timedelta(seconds=600), slept)


async def test_a_process_that_was_paused_was_not_away_while_another_served(house: House) -> None:
    clock = StillClock()
    presence = Presence(house.queries, clock)
    await presence.beat()
    clock.seconds += 600
    clock.advance(seconds=600)
    async with house.ledger.transaction(seconds=30) as unit:
        await unit.sign_in(Replica("other", "there", 1, "0", START), clock.now() - timedelta(seconds=40))
        await unit.commit()

    await presence.beat()

    assert presence.away is None


async def test_a_clock_that_was_set_is_signed_at_once(house: House) -> None:
    running = process(house)
    await running.beat()
    await running.watch()
    moved = house.clock.advance(hours=1)

    await running.beat()

    assert await house.queries.last_alive() == moved


def test_an_absence_lasts_a_minute_at_least() -> None:
    clock = FakeClock()
    assert Absence(START, clock.advance(seconds=20)).minutes == 1
    assert Absence(START, clock.advance(minutes=7)).minutes == 7
