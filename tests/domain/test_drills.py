"""A drill is worked like an incident, and reaches nobody beyond it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import reaction
from bot.domain.paging import Target, TargetKind
from bot.domain.policy import PagerPolicy
from bot.domain.refusal import Refused
from tests.domain.world import POLICY, World


def drill(**fields: object) -> World:
    world = World(policy=replace(POLICY, pager=PagerPolicy(asks=True, default_service="PDEFAULT")))
    world.declare(drill=True, **fields)
    world.open_room()
    return world


def audiences(world: World) -> list[str]:
    return [one.audience for one in world.effects if isinstance(one, f.TellAudience)]


def test_subscribers_never_hear_of_a_drill_and_followers_of_one_do() -> None:
    world = World()
    world.declare(drill=True)
    assert audiences(world) == []
    world.open_room()
    world.do(c.PostUpdate("Traffic moved"))
    assert audiences(world) == ["followers"]


def test_nothing_of_a_drill_is_announced_to_a_whole_channel() -> None:
    world = drill()
    for command in (c.ChangeSeverity("sev2", "calmer"), c.PostUpdate("Traffic moved"), c.Resolve("The exercise ended")):
        world.do(command)
        said = [one for one in world.effects if isinstance(one, f.PostMessage)]
        assert said
        assert not any(one.broadcast for one in said)


def test_a_drill_pages_nobody_and_says_whom_it_would_have_been() -> None:
    world = drill()
    with pytest.raises(Refused) as caught:
        world.do(c.Page(Target(TargetKind.SERVICE, "PDEFAULT")))
    assert caught.value.code == "drill"
    assert "In earnest" in caught.value.why


def test_no_timer_of_a_drill_pages_anybody_however_long_nobody_acts() -> None:
    world = drill()
    world.do(c.ReleaseRole("commander"))
    for _ in range(40):
        for kind in (reaction.UPDATE, reaction.NO_COMMANDER):
            if kind in world.timers:
                world.fire(kind)
                assert all(f.route(one).integration in (f.CHAT, f.METRICS, f.DOCUMENTS) for one in world.effects)
    assert world.it.pages == ()


def test_a_drill_closes_without_a_postmortem() -> None:
    world = drill()
    world.do(c.Resolve("The exercise ended"))
    world.do(c.Close("Debriefed"))
    assert world.it.closed_at is not None
