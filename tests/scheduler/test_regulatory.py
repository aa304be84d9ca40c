"""Regulatory clocks on both databases: their timers outlive the incident, and follow rows that change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adoption import adopt_policy
from bot.domain import commands as c
from bot.domain import events as e
from bot.domain import reaction
from bot.domain.model import Actor
from bot.domain.policy import Policy, RolePolicy
from bot.domain.regulation import Limit, Span, Step, Trigger, Unit
from bot.ports import Viewer
from bot.scheduler import Scheduler
from bot.service import Service
from tests.conftest import CORE, House
from tests.domain.regulated import GDPR
from tests.fakes import START, numbered

ANA, LAWYER = Actor("UANA"), Actor("ULAW", legal=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def policy(policy: Policy) -> Policy:
    return replace(policy, regulations={"gdpr": GDPR}, roles=(*policy.roles, RolePolicy("legal", "Legal", ())))


def service_of(house: House, policy: Policy) -> Service:
    return Service(house.ledger, CORE, clock=house.clock, policy=policy, new_id=numbered("n").__next__, workspace="T1")


async def running(house: House, *, private: bool = False) -> str:
    """An incident whose clock runs since START."""
    declared = await house.service.execute(c.Declare("Keys leaked", severity="sev1", private=private), ANA, "r1")
    which = declared.incident.id
    await house.service.execute(c.RaiseDuty("gdpr"), LAWYER, "r2", incident_id=which)
    start = c.StartDutyClock("gdpr", Trigger.AWARENESS, START, "UANA")
    await house.service.execute(start, LAWYER, "r3", incident_id=which)
    return which


async def reminded(house: House, which: str) -> list[int]:
    log = await house.queries.log(which)
    return [one.percent for item in log if isinstance(item.event, e.DutiesReminded) for one in item.event.reminders]


async def beat(house: House) -> None:
    await Scheduler(house.ledger, house.queries, house.service, clock=house.clock).beat()


async def test_a_closed_incident_reminds_until_the_report_is_filed(house: House) -> None:
    which = await running(house)
    await house.service.execute(c.Cancel("A false alarm"), ANA, "r4", incident_id=which)
    for hours in (36.1, 22, 11, 3.5):
        house.clock.advance(hours=hours)
        await beat(house)
    assert await reminded(house, which) == [50, 80, 95, 100]
    filed = c.FileDuty("gdpr", "notice", house.clock.now(), "ULAW", "AP-1")
    await house.service.execute(filed, LAWYER, "r5", incident_id=which)
    assert await house.queries.timers_of(reaction.REGULATORY) == {}
    await house.check(which)


async def test_what_is_left_is_found_whatever_its_status_by_those_who_may_know_the_incident(house: House) -> None:
    which = await running(house, private=True)
    await house.service.execute(c.Resolve("Rotated"), ANA, "r4", incident_id=which)
    found = await house.queries.with_timer(reaction.REGULATORY, Viewer("UANA"))
    assert [one.id for one in found] == [which]
    assert not await house.queries.with_timer(reaction.REGULATORY, Viewer("ULAW"))


async def test_rows_that_changed_move_the_timers_once(house: House, policy: Policy) -> None:
    which = await running(house)
    notice = Step("notice", "Notice", "the authority", (Limit(Trigger.AWARENESS, Span(24, Unit.HOURS)),))
    shorter = replace(policy, regulations={"gdpr": replace(GDPR, steps=(notice,))})
    for _ in range(2):
        await adopt_policy(service_of(house, shorter), house.queries, shorter, house.clock)
    assert await house.queries.timers_of(reaction.REGULATORY) == {which: START + 12 * HOUR}
    moved = [item for item in await house.queries.log(which) if isinstance(item.event, e.DutiesRescheduled)]
    assert len(moved) == 1
