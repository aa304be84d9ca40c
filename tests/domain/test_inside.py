"""Leaving the room of a private incident moves no role, and ends what one is told."""

from __future__ import annotations

import pytest

from bot.domain import cadence
from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import FIREBELL
from bot.outbox import audience
from tests.domain.world import ANA, BEA, SAM, World


@pytest.fixture
def world() -> World:
    world = World()
    world.declare(severity="sev2", private=True)
    world.open_room()
    world.do(c.AssignRole("commander", ANA.id, replace=True))
    world.do(c.AssignRole("communications", BEA.id))
    return world


def test_a_holder_who_left_keeps_the_role_and_is_asked_for_nothing(world: World) -> None:
    assert world.do(c.LeaveRoom(BEA.id), FIREBELL) == [e.PersonLeft(BEA.id)]
    assert world.it.roles["communications"] == (BEA.id,)
    assert cadence.owner(world.it) == ANA.id, "the commander owes the update while the lead is outside"
    world.do(c.AssignRole("communications", SAM.id, replace=True))
    told = [effect.user for effect in world.effects if isinstance(effect, f.DirectMessage)]
    assert told == [SAM.id], "not even that the role was taken over"


def test_a_follower_who_left_gets_no_update_and_no_correction(world: World) -> None:
    world.do(c.Follow(), SAM)
    told = f.TellAudience("followers", n.UpdatePublished(1), "update:1")
    assert audience.people(world.it, told) == (SAM.id,)
    world.do(c.PostUpdate("We are looking"))
    copy = f.DirectMessage(SAM.id, n.UpdatePublished(1), f"update:1:{SAM.id}")
    world.do(c.RecordOutcome("e", copy, f.Placed("DSAM", "1.1")), FIREBELL)
    correction = f.EditMessage(f"update:1:{SAM.id}", n.UpdatePublished(1))

    world.do(c.CorrectUpdate(1, "We have looked"))
    assert correction in world.effects
    world.do(c.LeaveRoom(SAM.id), FIREBELL)
    assert audience.people(world.it, told) == ()
    world.do(c.CorrectUpdate(1, "We have found it"))
    assert correction not in world.effects

    world.do(c.EnterRoom(SAM.id), FIREBELL)
    assert audience.people(world.it, told) == (SAM.id,), "following stands when they return"


def test_coming_and_going_twice_is_one_event_each(world: World) -> None:
    assert world.do(c.EnterRoom(SAM.id), FIREBELL) == [e.PersonEntered(SAM.id)]
    assert world.do(c.EnterRoom(SAM.id), FIREBELL) == []
    assert world.do(c.LeaveRoom(SAM.id), FIREBELL) == [e.PersonLeft(SAM.id)]
    assert world.do(c.LeaveRoom(SAM.id), FIREBELL) == []
    assert SAM.id not in world.it.inside
