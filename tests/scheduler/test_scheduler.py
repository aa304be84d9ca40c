"""Time on both databases: timers fire once, failures back off and show, clocks may step, the inbox is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.alarm import Lateness
from bot.domain import commands as c
from bot.domain import events as e
from bot.domain import reaction
from bot.domain.model import Actor, Incident
from bot.scheduler import CalendarJob, Rhythm, Scheduler
from bot.service import Service
from bot.store.engine import database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.tables import inbox, timers
from tests.conftest import CORE, House
from tests.fakes import numbered

ANA = Actor("UANA")
LONE = Actor("UBOT", responder=False)


@dataclass
class Log:
    """An observer that keeps what it is told."""

    timers: list[tuple[str, str, float]] = field(default_factory=list)
    seen: list[Lateness] = field(default_factory=list)

    def effect(self, integration: str, what: str, outcome: str, seconds: float) -> None:
        raise AssertionError("a scheduler performs no effects")

    def timer(self, kind: str, outcome: str, late_seconds: float) -> None:
        self.timers.append((kind, outcome, late_seconds))

    def command(self, name: str, outcome: str, seconds: float) -> None:
        raise AssertionError("the scheduler gives no commands of people")

    def lateness(self, lateness: Lateness) -> None:
        self.seen.append(lateness)


def make_scheduler(house: House, **more: Any) -> Scheduler:
    return Scheduler(house.ledger, house.queries, house.service, clock=house.clock, jitter=lambda: 0.5, **more)


async def declare(house: House, actor: Actor = ANA) -> str:
    accepted = await house.service.execute(c.Declare("Checkout fails", severity="sev1"), actor, "r1")
    return accepted.incident.id


async def timer_rows(house: House) -> dict[str, Any]:
    async with house.ledger.reading() as connection:
        return {row.kind: row for row in (await connection.execute(select(timers))).all()}


async def kinds(house: House, incident_id: str) -> list[type]:
    return [type(item.event) for item in await house.queries.log(incident_id)]


async def test_nothing_fires_before_its_time(house: House) -> None:
    await declare(house)
    assert await make_scheduler(house).fire_due() == 0
    assert set(await timer_rows(house)) == {reaction.UPDATE}


async def test_a_due_timer_fires_once_and_arms_the_next_in_the_same_transaction(house: House) -> None:
    incident_id = await declare(house)
    house.clock.advance(minutes=12)
    scheduler = make_scheduler(house, observer=(log := Log()))

    assert await scheduler.fire_due() == 1
    assert await scheduler.fire_due() == 0

    await house.check(incident_id)
    assert (await kinds(house, incident_id)).count(e.ReminderSent) == 1
    assert [(kind, outcome) for kind, outcome, _ in log.timers] == [(reaction.UPDATE, "fired")]
    assert (await timer_rows(house))[reaction.UPDATE].step == 1


async def test_after_a_long_absence_one_reminder_catches_up(house: House) -> None:
    incident_id = await declare(house)
    house.clock.advance(hours=5)

    await make_scheduler(house).fire_due()

    assert (await kinds(house, incident_id)).count(e.ReminderSent) == 1


async def test_two_schedulers_fire_a_timer_once(house: House, url: str) -> None:
    incident_id = await declare(house, LONE)
    house.clock.advance(hours=2)
    engine = make_engine(database_url(url))
    other_ledger = house.ledger if house.ledger.alone else SqlLedger(engine, "T1", house.clock)
    other = replace(house, ledger=other_ledger)

    fired = await asyncio.gather(*(make_scheduler(one).fire_due() for one in (house, other, house, other)))

    await engine.dispose()
    log = await kinds(house, incident_id)
    assert log.count(e.CommanderMissing) == 1
    assert log.count(e.ReminderSent) == 1
    assert sum(fired) == 2


def failing(house: House, error: Exception) -> House:
    """The same house, whose domain cannot decide about timers."""

    def decide(incident: Incident | None, command: c.Command, moment: Any) -> tuple[e.Event, ...]:
        if isinstance(command, c.FireTimer):
            raise error
        return CORE.decide(incident, command, moment)

    ids = numbered("other")
    service = Service(
        house.ledger,
        replace(CORE, decide=decide),
        clock=house.clock,
        policy=house.policy,
        new_id=lambda: next(ids),
        workspace="T1",
    )
    return replace(house, service=service)


async def test_a_failing_timer_backs_off_becomes_visible_and_is_never_lost(house: House) -> None:
    incident_id = await declare(house)
    house.clock.advance(minutes=12)
    broken = make_scheduler(failing(house, ZeroDivisionError("no")), observer=(seen := Log()))

    assert await broken.fire_due() == 1
    assert await broken.fire_due() == 0, "it waits before the next try"
    for _ in range(3):
        house.clock.advance(minutes=20)
        await broken.fire_due()

    row = (await timer_rows(house))[reaction.UPDATE]
    assert (row.attempts, row.last_error) == (4, "ZeroDivisionError: no")
    assert {outcome for _, outcome, _ in seen.timers} == {"failed"}
    failures = await house.queries.failures()
    assert [(one["kind"], one["what"], one["incident"]) for one in failures] == [("timer", reaction.UPDATE, "1")]
    house.clock.advance(minutes=20)
    assert await make_scheduler(house).fire_due() == 1
    assert e.ReminderSent in await kinds(house, incident_id)
    assert await house.queries.failures() == []


async def test_one_failing_timer_does_not_hold_up_the_others(house: House) -> None:
    incident_id = await declare(house, LONE)
    house.clock.advance(hours=1)
    ok = make_scheduler(house)

    class Picky(ZeroDivisionError):
        pass

    def decide(incident: Incident | None, command: c.Command, moment: Any) -> tuple[e.Event, ...]:
        if isinstance(command, c.FireTimer) and command.kind == reaction.NO_COMMANDER:
            raise Picky
        return CORE.decide(incident, command, moment)

    house.service._core = replace(CORE, decide=decide)
    assert await ok.fire_due() == 2
    log = await kinds(house, incident_id)
    assert e.ReminderSent in log
    assert e.CommanderMissing not in log


def test_backoff_doubles_and_is_capped() -> None:
    rhythm = Rhythm()
    waits = [rhythm.delay(attempt, 1.0) for attempt in (1, 2, 3, 50)]
    assert waits == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 900)]


@pytest.fixture
async def running(house: House) -> AsyncIterator[Callable[..., Scheduler]]:
    tasks: list[tuple[Scheduler, asyncio.Task[None]]] = []

    def start(**more: Any) -> Scheduler:
        scheduler = make_scheduler(house, **more)
        tasks.append((scheduler, asyncio.create_task(scheduler.run())))
        return scheduler

    yield start
    for scheduler, task in tasks:
        scheduler.stop()
        await asyncio.wait_for(task, 5.0)


async def until(condition: Callable[[], bool], *, within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)


async def test_the_loop_is_woken_by_a_commit_and_sleeps_until_the_next_due_time(
    house: House, running: Callable[..., Scheduler]
) -> None:
    seen = Log()
    running(observer=seen, rhythm=Rhythm(heartbeat=30.0))
    await asyncio.sleep(0.05)
    incident_id = await declare(house)

    house.clock.advance(minutes=30)
    await house.service.execute(c.EditDetails(impact="all of it"), ANA, "r2", incident_id=incident_id)

    await until(lambda: bool(seen.timers))


async def test_a_step_of_the_clock_is_noticed_and_due_timers_fire(
    house: House, running: Callable[..., Scheduler]
) -> None:
    seen = Log()
    running(observer=seen, rhythm=Rhythm(heartbeat=0.02, watch=0.02))
    await declare(house)
    await until(lambda: bool(seen.seen))

    house.clock.advance(hours=1)

    await until(lambda: bool(seen.timers))
    assert seen.timers[0][2] > 60, "it says how late it was"


async def test_the_watchdog_measures_what_is_late(house: House) -> None:
    await declare(house)
    house.clock.advance(hours=1)
    scheduler = make_scheduler(house, observer=(seen := Log()))

    await scheduler.watch()

    assert seen.seen[0].oldest_timer > 40 * 60
    assert seen.seen[0].pending_effects > 0
    assert seen.seen[0].dead_effects == 0


async def test_requests_are_remembered_for_a_week(house: House) -> None:
    incident_id = await declare(house)
    house.clock.advance(days=6)
    await house.service.execute(c.AddNote("late"), ANA, "r2", incident_id=incident_id)
    house.clock.advance(days=1, minutes=1)

    await make_scheduler(house).purge_inbox()

    async with house.ledger.reading() as connection:
        kept = (await connection.execute(select(inbox.c.request_id))).scalars().all()
    assert kept == ["r2"]


async def test_calendar_jobs_run_and_are_armed_anew_after_a_clock_step(
    house: House, running: Callable[..., Scheduler]
) -> None:
    ran: list[str] = []

    async def job() -> None:
        ran.append("job")

    scheduler = running(
        calendar=(CalendarJob("digest", {"hour": 3}, job, at_start=True),), rhythm=Rhythm(heartbeat=0.02)
    )
    await until(lambda: ran == ["job"])
    before = scheduler._calendar.get_job("digest")

    house.clock.advance(hours=3)

    await until(lambda: scheduler._calendar.get_job("digest") is not before)
    assert scheduler._calendar.get_job("digest").next_run_time is not None
    assert ran == ["job"], "arming anew runs nothing"
