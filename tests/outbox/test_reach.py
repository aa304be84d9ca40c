"""How many people an update was sent to is on the log once it is known, on both databases."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.communication import Reach
from bot.domain.model import Actor
from bot.outbox import Outbox
from tests.conftest import House
from tests.outbox.conftest import declare, work_until_settled

BEN, ANA = Actor("UBEN"), Actor("UANA")


async def test_followers_of_an_update_are_counted_and_never_named(house: House, outbox: Outbox) -> None:
    incident_id = await declare(house)
    for actor in (BEN, Actor("UMEI")):
        await house.service.execute(c.Follow(), actor, f"follow{actor.id}", incident_id=incident_id)
    await house.service.execute(c.PostUpdate("We are looking"), ANA, "update", incident_id=incident_id)
    await work_until_settled(house, outbox)
    (reached,) = [one.event for one in await house.queries.log(incident_id) if isinstance(one.event, e.UpdateReached)]
    assert reached == e.UpdateReached(1, 2, 0)
    incident = await house.check(incident_id)
    assert incident.told.reached == (Reach(1, 2, 0),)
