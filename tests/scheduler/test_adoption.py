"""A changed firebell.yaml reaches the timers of what is under way, at start and once, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.adoption import adopt_policy
from bot.domain import commands as c
from bot.domain import events as e
from bot.domain import reaction
from bot.domain.ladder import OWNER, ROOM, Step, Wait
from bot.domain.model import Actor
from bot.domain.policy import Policy
from bot.errors import Busy
from bot.service import Service
from bot.store.codec import moment
from bot.store.queries import SqlQueries
from bot.store.tables import timers
from tests.conftest import CORE, House
from tests.fakes import START, numbered

ANA = Actor("UANA")


def slower(policy: Policy) -> Policy:
    """The same rules with an hour for everything."""
    return replace(policy, severities=tuple(replace(one, cadence=timedelta(hours=1)) for one in policy.severities))


async def restart_with(house: House, policy: Policy) -> None:
    """A process begins under these rules."""
    service = Service(
        house.ledger, CORE, clock=house.clock, policy=policy, new_id=numbered("n").__next__, workspace="T1"
    )
    await adopt_policy(service, house.queries, policy, house.clock)


def briefer(policy: Policy) -> Policy:
    """The same rules with another ladder: nothing before an update is due."""
    ladder = (Step(OWNER), Step(ROOM, Wait(span=timedelta(minutes=2))))
    return replace(policy, severities=tuple(replace(one, ladder=ladder) for one in policy.severities))


async def declare(house: House, request: str, *, private: bool = False) -> str:
    command = c.Declare("Checkout fails", severity="sev1", private=private)
    return (await house.service.execute(command, ANA, request)).incident.id


async def changes(house: House, incident_id: str) -> int:
    return sum(isinstance(item.event, e.CadenceChanged) for item in await house.queries.log(incident_id))


async def test_open_incidents_are_armed_anew_once_private_ones_too(house: House) -> None:
    ids = [await declare(house, "r1"), await declare(house, "r2", private=True)]
    over = await declare(house, "r3")
    await house.service.execute(c.Resolve("Restarted"), ANA, "r4", incident_id=over)

    for _ in range(2):
        await restart_with(house, slower(house.policy))

    for incident_id in ids:
        incident = await house.check(incident_id)
        assert incident.clock.due_at == START + timedelta(hours=1)
        assert await changes(house, incident_id) == 1
        query = select(timers.c.due_at).where(timers.c.incident == incident_id, timers.c.kind == reaction.UPDATE)
        async with house.ledger.reading() as connection:
            armed = moment((await connection.execute(query)).scalar_one())
        assert armed == START + timedelta(minutes=50)
    assert await changes(house, over) == 0


async def test_the_same_rules_touch_nothing(house: House) -> None:
    incident_id = await declare(house, "r1")
    before = await house.check(incident_id)
    await restart_with(house, house.policy)
    assert await house.check(incident_id) == before


class Away(SqlQueries):
    """A database that does not answer when it is first asked what is open."""

    asked = 0

    async def open_ids(self) -> Sequence[str]:
        self.asked += 1
        if self.asked == 1:
            raise Busy("the database is starting")
        return await super().open_ids()


async def test_a_database_that_does_not_answer_at_start_is_waited_for(house: House) -> None:
    incident_id = await declare(house, "r1")
    policy = slower(house.policy)
    service = Service(
        house.ledger, CORE, clock=house.clock, policy=policy, new_id=numbered("n").__next__, workspace="T1"
    )

    await adopt_policy(service, Away(house.ledger), policy, house.clock, waits=(0.01,))

    assert (await house.check(incident_id)).clock.due_at == START + timedelta(hours=1)


async def test_an_edited_ladder_moves_the_next_reminder_of_open_incidents_once(house: House) -> None:
    which = await declare(house, "r1")
    before = (await house.queries.timers_of(reaction.UPDATE))[which]

    for _ in range(2):
        await restart_with(house, house.policy)
    assert (await house.queries.timers_of(reaction.UPDATE))[which] == before

    for _ in range(2):
        await restart_with(house, briefer(house.policy))
    assert (await house.queries.timers_of(reaction.UPDATE))[which] == START + timedelta(minutes=15)
    moved = [item for item in await house.queries.log(which) if isinstance(item.event, e.RemindersRescheduled)]
    assert len(moved) == 1
