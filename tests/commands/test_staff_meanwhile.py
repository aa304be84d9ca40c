"""What happens between the look that an acceptance takes and the moment in which it is carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.domain import commands as c
from bot.domain.model import Actor, Incident
from bot.domain.policy import PersonPolicy
from bot.ports import Viewer
from bot.staffing import Done, Staffing
from tests.commands.kit import ANA, BEA, SAM, FrontDesk
from tests.commands.test_staff import Workshop, staffed


class Late(Workshop):
    """Does something once after the second proposal was worked out: the one that an acceptance rests on."""

    def __init__(self, then: Callable[[], Any]) -> None:
        super().__init__()
        self.then, self.runs = then, 0

    async def run(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        found = await super().run(work, *args, **kwargs)
        self.runs += 1
        if self.runs == 2:
            await self.then()
        return found


async def unled(desk: FrontDesk, title: str, request: str) -> Incident:
    declared = (await desk.service.execute(c.Declare(title, severity="sev1"), Actor(SAM), request)).incident
    if declared.commander is None:
        return declared
    leave = c.ReleaseRole("commander", SAM)
    return (await desk.service.execute(leave, Actor(SAM), f"{request}-left", incident_id=declared.id)).incident


def only_bea(desk: FrontDesk, workshop: Workshop) -> Staffing:
    policy = replace(desk.policy, people=(PersonPolicy(BEA, may_command=True),))
    return staffed(desk, workshop, policy=policy)


async def test_whoever_takes_something_on_meanwhile_is_not_given_a_second_thing(desk: FrontDesk) -> None:
    await unled(desk, "Checkout down", "q1")

    async def elsewhere() -> None:
        other = await unled(desk, "Payments down", "q2")
        take = c.AssignRole("commander", BEA, True, "")
        await desk.service.execute(take, Actor(SAM), "q3", incident_id=other.id)

    house = only_bea(desk, Late(elsewhere))
    look = await house.look(Viewer(ANA))
    assert [place.user for place in look.proposal.plan.places] == [BEA]
    found = await house.accept(look.name, Actor(ANA), "press", Viewer(ANA))
    assert not isinstance(found, Done), "the proposal that holds by now is shown"
    assert [one.number for one in await desk.context.queries.held_by(BEA)] == [2]
    assert desk.count("StaffingAccepted") == 0


async def test_an_incident_that_opens_meanwhile_is_looked_at_before_anybody_is_placed(desk: FrontDesk) -> None:
    await unled(desk, "Checkout down", "q1")
    house = only_bea(desk, Late(lambda: unled(desk, "Payments down", "q2")))
    look = await house.look(Viewer(ANA))
    found = await house.accept(look.name, Actor(ANA), "press", Viewer(ANA))
    assert not isinstance(found, Done)
    assert len(found.muster.situation.fires) == 2


async def test_a_press_that_arrives_twice_is_one_press(desk: FrontDesk) -> None:
    await unled(desk, "Checkout down", "q1")
    house = only_bea(desk, Workshop(seconds=0.05))
    look = await house.look(Viewer(ANA))
    found = await asyncio.gather(*(house.accept(look.name, Actor(ANA), "press", Viewer(ANA)) for _ in range(2)))
    assert sorted(one.repeat for one in found if isinstance(one, Done)) == [False, True]
    assert desk.count("StaffingAccepted") == 1
