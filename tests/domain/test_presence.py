"""A commander who does not act, and a chair that nobody takes: who is asked when; nothing moves by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.model import FIREBELL, Actor
from bot.domain.policy import PagerPolicy
from bot.domain.refusal import Refused
from tests.domain.world import ANA, BEA, POLICY, SAM, START, World

ONCALL = replace(
    POLICY,
    services=tuple(replace(one, oncall_group="SONCALL", pagerduty_service="PCHECK") for one in POLICY.services),
)


def led(*, deputy: bool = False, policy: object = POLICY, **fields: object) -> World:
    world = World(policy=policy)  # type: ignore[arg-type]
    world.declare(**fields)  # type: ignore[arg-type]
    world.open_room()
    if deputy:
        world.do(c.AssignRole("deputy", BEA.id), SAM)
    return world


def told(world: World) -> list[tuple[str, type]]:
    """Who was told what by direct message."""
    return [(one.user, type(one.notice)) for one in world.effects if isinstance(one, f.DirectMessage)]


def in_room(world: World) -> list[n.Notice]:
    return [one.notice for one in world.effects if isinstance(one, f.PostMessage)]


def test_after_twenty_silent_minutes_the_deputy_is_offered_command_which_stays_where_it_is() -> None:
    world = led(deputy=True)
    assert world.timers[reaction.ABSENT].due_at == START + timedelta(minutes=20)
    assert world.fire(reaction.ABSENT) == [e.CommanderAbsent(ANA.id, 20, "deputy")]
    assert told(world) == [(ANA.id, n.CommanderAsked), (BEA.id, n.CommandOffer)]
    assert in_room(world) == []
    assert world.it.commander == ANA.id


def test_an_offer_that_the_deputy_leaves_goes_to_everybody_and_then_rests() -> None:
    world = led(deputy=True, policy=ONCALL, services=("checkout",))
    world.fire(reaction.ABSENT)
    assert world.fire(reaction.ABSENT) == [e.CommanderAbsent(ANA.id, 30, "room")]
    assert in_room(world) == [n.CommandOffer(ANA.id, 30)]
    slot = f"offer:{START.isoformat()}:room"
    wanted = f.TellAudience("oncall", n.CommandOffer(ANA.id, 30), slot, leave_out=(ANA.id,), groups=("SONCALL",))
    assert wanted in world.effects
    assert reaction.ABSENT not in world.timers


def offered() -> tuple[World, list[str]]:
    """A commander who has not acted: everybody was asked, and the messages stand."""
    world = led(deputy=True)
    world.fire(reaction.ABSENT)
    sent = [*world.effects]
    world.fire(reaction.ABSENT)
    slots = [one.slot for one in (*sent, *world.effects) if isinstance(one, f.DirectMessage | f.PostMessage)]
    for slot in slots:
        world.settle(f.PostMessage("room", n.NoCommander(5), slot), f.Placed("C1", slot))
    return world, slots


@pytest.mark.parametrize(
    ("command", "actor", "how"),
    [
        (c.AddNote("Rolling back"), ANA, "acted"),
        (c.ConfirmPresence(), ANA, "acted"),
        (c.AssignRole("commander", BEA.id, replace=True), BEA, "moved"),
        (c.ReleaseRole("commander"), SAM, "moved"),
    ],
)
def test_an_offer_becomes_one_line_as_soon_as_nobody_needs_to_take_it(
    command: c.Command, actor: Actor, how: n.OfferEnd
) -> None:
    world, slots = offered()
    world.do(c.AddNote("I look into the database"), SAM)
    assert not edited(world)
    world.do(command, actor)
    assert edited(world) == {slot: n.OfferEnded(how, world.now) for slot in slots}
    world.do(c.AddNote("For the postmortem"), SAM)
    assert not edited(world)


def test_whatever_asks_for_a_commander_becomes_one_line_once_there_is_one() -> None:
    world = led(policy=ONCALL, services=("checkout",))
    world.do(c.ReleaseRole("commander"))
    world.fire(reaction.NO_COMMANDER)
    asked = next(one for one in world.effects if isinstance(one, f.PostMessage))
    world.settle(asked, f.Placed("CROOM", "2.1"))
    world.fire(reaction.NO_COMMANDER)
    oncall = next(one for one in world.effects if isinstance(one, f.TellAudience))
    world.do(c.AssignRole("commander", BEA.id), BEA)
    edits = [one for one in world.effects if isinstance(one, f.EditMessage)]
    assert edits == [f.EditMessage(asked.slot, n.OfferEnded("taken", world.now))]
    late = f.DirectMessage("U1", oncall.notice, f"{oncall.slot}:U1")
    world.settle(late, f.Placed("D1", "2.2"))
    assert world.effects == [f.EditMessage(late.slot, n.OfferEnded("taken", world.now))]


def test_an_offer_that_arrives_after_the_commander_has_acted_is_edited_when_it_stands() -> None:
    world = led()
    world.fire(reaction.ABSENT)
    posted = next(one for one in world.effects if isinstance(one, f.PostMessage))
    world.do(c.AddNote("Rolling back"))
    world.settle(posted, f.Placed("C1", "1.2"))
    assert edited(world) == {posted.slot: n.OfferEnded("acted", world.now)}


def edited(world: World) -> dict[str, n.Notice]:
    """The offers that the last act edited."""
    edits = (one for one in world.effects if isinstance(one, f.EditMessage))
    return {one.slot: one.notice for one in edits if one.slot.startswith("offer:")}


def test_without_a_deputy_the_room_is_asked_at_once() -> None:
    world = led()
    assert world.fire(reaction.ABSENT) == [e.CommanderAbsent(ANA.id, 20, "room")]
    assert reaction.ABSENT not in world.timers


def test_whatever_the_commander_does_begins_the_wait_anew() -> None:
    world = led(deputy=True)
    world.wait(minutes=15)
    world.do(c.AddNote("Rolling back"))
    assert world.timers[reaction.ABSENT].due_at == START + timedelta(minutes=35)
    world.do(c.AddNote("I see it too"), SAM)
    assert world.timers[reaction.ABSENT].due_at == START + timedelta(minutes=35)


def test_the_condition_is_looked_at_again_when_the_timer_fires() -> None:
    world = led(deputy=True)
    stale = world.timers[reaction.ABSENT]
    world.wait(minutes=19)
    world.do(c.AddNote("Rolling back"))
    world.wait(minutes=1)
    following = world.timers[reaction.ABSENT]
    fired = world.do(c.FireTimer(stale.kind, stale.due_at), FIREBELL)
    assert fired == [e.WaitExtended(reaction.ABSENT, following.due_at)]
    assert world.timers[reaction.ABSENT] == following
    assert world.effects == []


def test_a_longer_wait_than_the_timer_was_armed_for_is_waited_out() -> None:
    world = led()
    longer = tuple(replace(one, commander_absent=timedelta(minutes=50)) for one in POLICY.severities)
    world.policy = replace(POLICY, severities=longer)
    due = world.timers.pop(reaction.ABSENT).due_at
    world.now = due
    world.do(c.FireTimer(reaction.ABSENT, due), FIREBELL)
    assert world.timers[reaction.ABSENT].due_at == START + timedelta(minutes=50)
    assert world.fire(reaction.ABSENT) == [e.CommanderAbsent(ANA.id, 50, "room")]


@pytest.mark.parametrize("severity", ["sev3", "sev4"])
def test_where_the_policy_names_no_time_nobody_is_asked(severity: str) -> None:
    assert reaction.ABSENT not in led(severity=severity).timers


def test_resolving_or_leaving_command_ends_the_wait() -> None:
    world = led()
    world.do(c.ReleaseRole("commander"))
    assert reaction.ABSENT not in world.timers
    world.do(c.AssignRole("commander", BEA.id), BEA)
    assert reaction.ABSENT in world.timers
    world.do(c.Resolve("Rolled back"), BEA)
    assert reaction.ABSENT not in world.timers


def test_one_click_says_that_the_commander_is_there() -> None:
    world = led(deputy=True)
    world.fire(reaction.ABSENT)
    with pytest.raises(Refused, match="You are not commander"):
        world.do(c.ConfirmPresence(), BEA)
    assert world.do(c.ConfirmPresence()) == [e.CommanderPresent(ANA.id)]
    assert world.do(c.ConfirmPresence()) == []
    assert world.timers[reaction.ABSENT].due_at == world.now + timedelta(minutes=20)


def test_an_empty_chair_climbs_from_the_room_to_those_on_call_and_to_a_page() -> None:
    pager = PagerPolicy(asks=True)
    world = World(policy=replace(ONCALL, pager=pager))
    world.do(c.Declare("Checkout returns 500s", "sev1", services=("checkout",)), SAM)
    world.open_room()
    assert world.fire(reaction.NO_COMMANDER) == [e.CommanderMissing(5, "room")]
    assert in_room(world) == [n.NoCommander(5)]
    assert world.fire(reaction.NO_COMMANDER) == [e.CommanderMissing(10, "oncall")]
    slot = f"chair:{START.isoformat()}:oncall"
    assert f.TellAudience("oncall", n.NoCommander(10), slot, groups=("SONCALL",)) in world.effects
    missing, page = world.fire(reaction.NO_COMMANDER)
    assert missing == e.CommanderMissing(15, "page")
    assert isinstance(page, e.PageRequested)
    assert reaction.NO_COMMANDER not in world.timers


def test_a_private_incident_is_told_to_nobody_on_call() -> None:
    world = World(policy=ONCALL)
    world.do(c.Declare("Leaked keys", "sev2", services=("checkout",), private=True), SAM)
    world.open_room()
    world.fire(reaction.NO_COMMANDER)
    assert reaction.NO_COMMANDER not in world.timers


def test_whoever_joins_late_is_caught_up_once_in_half_an_hour() -> None:
    world = led()
    assert world.do(c.CatchUp(BEA.id), FIREBELL) == [e.CaughtUp(BEA.id)]
    world.wait(minutes=10)
    assert world.do(c.CatchUp(BEA.id), FIREBELL) == []
    world.wait(minutes=20)
    assert world.do(c.CatchUp(BEA.id), FIREBELL) == [e.CaughtUp(BEA.id)]
    world.do(c.Resolve("Rolled back"))
    assert world.do(c.CatchUp(SAM.id), FIREBELL) == []
