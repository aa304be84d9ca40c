"""Pages: whom they are for, when they are made, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import FIREBELL
from bot.domain.paging import Call, OnCall, PageStatus, Target, TargetKind, dedup_key, page_of, target_name
from bot.domain.policy import PagerPolicy
from bot.domain.postmortem import assemble
from bot.domain.refusal import Refused
from bot.domain.timeline import entries
from tests.domain.world import ANA, BEA, POLICY, World

CHECKOUT = Target(TargetKind.SERVICE, "PCHECKO", "checkout")
CONNECTED = replace(
    POLICY,
    pager=PagerPolicy(asks=True),
    services=(replace(POLICY.services[0], pagerduty_service="PCHECKO"), *POLICY.services[1:]),
)
CONFIRMED = f.PageFacts("Q1", "https://pd.example/Q1", (OnCall("PBEA", "Bea Vogt", BEA.id),))


@pytest.fixture
def world() -> World:
    world = World(policy=CONNECTED)
    world.declare(services=("checkout",))
    world.open_room()
    return world


def page(world: World) -> None:
    world.do(c.Page(reason="It is down"))


def status(world: World) -> PageStatus:
    return world.it.pages[-1].status


def refused(world: World, command: c.Command) -> str:
    with pytest.raises(Refused) as caught:
        world.do(command)
    return caught.value.code


def test_the_most_important_affected_service_is_paged_and_nothing_is_said_to_be_done_yet(world: World):
    page(world)
    assert world.it.pages[0].target == CHECKOUT
    assert status(world) is PageStatus.REQUESTED
    assert world.effects[:2] == [f.PageOnCall(1), f.PostMessage("room", n.PageMoved(1), "page:1")]
    assert "Paged" not in [type(one.event).__name__ for one in world.log]


def test_paged_is_an_event_once_the_paging_system_has_confirmed(world: World):
    page(world)
    assert world.settle(f.PageOnCall(1), CONFIRMED) == [e.Paged(1, "Q1", "https://pd.example/Q1", CONFIRMED.paged)]
    assert status(world) is PageStatus.PAGED
    assert f.InviteToRoom(users=(BEA.id,)) in world.effects
    assert f.EditMessage("page:1", n.PageMoved(1)) in world.effects


def test_into_a_private_room_nobody_is_invited_for_being_on_call():
    world = World(policy=CONNECTED)
    world.declare(services=("checkout",), private=True)
    page(world)
    world.settle(f.PageOnCall(1), CONFIRMED)
    assert not [one for one in world.effects if isinstance(one, f.InviteToRoom)]


def test_the_same_is_not_paged_twice_while_its_page_stands(world: World):
    page(world)
    assert refused(world, c.Page()) == "paged_already"
    world.do(c.ResolvePage(1))
    page(world)
    assert [one.number for one in world.it.pages] == [1, 2]


def test_a_page_that_was_given_up_is_a_failure_that_can_be_tried_again(world: World):
    page(world)
    failure = c.RecordFailure("e9", f.PageOnCall(1), "unreachable", "PagerDuty could not be reached.")
    events = world.do(failure, FIREBELL)
    assert [type(one).__name__ for one in events] == ["EffectFailed", "PageFailed"]
    assert (status(world), world.it.pages[0].effect_id) == (PageStatus.FAILED, "e9")
    assert [one for one in world.effects if isinstance(one, f.PostMessage)]
    world.do(c.RetryEffect("e9"))
    assert status(world) is PageStatus.REQUESTED
    assert world.retried == ["e9"]
    world.settle(f.PageOnCall(1), CONFIRMED)
    assert status(world) is PageStatus.PAGED


def test_what_is_acknowledged_here_is_told_there_once(world: World):
    page(world)
    world.do(c.AcknowledgePage(1), BEA)
    assert f.AcknowledgePage(1, BEA.id) in world.effects
    assert world.do(c.AcknowledgePage(1), ANA) == []
    assert world.do(c.RecordPageMove(1, "acknowledged", "PBEA", "Bea Vogt"), FIREBELL) == []


def test_what_is_acknowledged_there_shows_here_and_is_not_sent_back(world: World):
    page(world)
    world.settle(f.PageOnCall(1), CONFIRMED)
    world.do(c.RecordPageMove(1, "acknowledged", "PBEA", "Bea Vogt"), FIREBELL)
    assert world.it.pages[0].acknowledged_by == BEA.id
    assert not [one for one in world.effects if f.route(one).integration == f.PAGER]
    assert world.do(c.RecordPageMove(1, "acknowledged", "PBEA", "Bea Vogt"), FIREBELL) == []
    world.do(c.RecordPageMove(1, "resolved"), FIREBELL)
    assert status(world) is PageStatus.RESOLVED
    assert world.do(c.RecordPageMove(1, "acknowledged"), FIREBELL) == []
    assert world.do(c.RecordPageMove(7, "resolved"), FIREBELL) == []


@pytest.mark.parametrize("ending", [c.Resolve("Rolled back"), c.Cancel("False alarm")], ids=["resolved", "cancelled"])
def test_nobody_is_called_for_what_is_over(world: World, ending: c.Command):
    page(world)
    world.do(ending)
    assert status(world) is PageStatus.RESOLVED
    assert [one for one in world.effects if isinstance(one, f.ResolvePage)]
    assert refused(world, c.Page()) == "not_open"


def test_a_confirmation_that_comes_late_does_not_open_the_page_again(world: World):
    page(world)
    world.do(c.Resolve("Rolled back"))
    world.settle(f.PageOnCall(1), CONFIRMED)
    assert status(world) is PageStatus.RESOLVED


def test_without_a_paging_system_it_is_said_calmly(world: World):
    world.policy = POLICY
    assert refused(world, c.Page()) == "no_pager"
    assert refused(world, c.RequestResponders((BEA.id,))) == "no_pager"


def test_without_a_service_there_is_the_default_one_or_nobody(world: World):
    world.do(c.EditDetails(services=("search",)))
    assert refused(world, c.Page()) == "nobody_to_page"
    world.policy = replace(CONNECTED, pager=PagerPolicy(asks=True, default_service="PDEFAUL"))
    page(world)
    assert world.it.pages[0].target == Target(TargetKind.SERVICE, "PDEFAUL")


def test_a_service_with_a_routing_key_needs_no_token(world: World):
    world.policy = replace(CONNECTED, pager=PagerPolicy(keyed=frozenset({"checkout"})))
    page(world)
    assert world.it.pages[0].target.service == "checkout"
    assert refused(world, c.RequestResponders((BEA.id,))) == "no_token"


def test_people_are_added_to_a_page_that_stands_and_to_no_other(world: World):
    assert refused(world, c.RequestResponders((BEA.id,))) == "no_page"
    page(world)
    world.do(c.RequestResponders((BEA.id, BEA.id), "Please come"))
    assert world.effects == [f.RequestResponders(1, 0)]
    assert world.it.pages[0].calls == (Call((BEA.id,), "Please come", ANA.id),)
    told = world.settle(world.effects[0], f.ResponderFacts((), (BEA.id,)))
    assert told == [e.RespondersAsked(1, (), (BEA.id,))]
    assert world.effects == [f.PostMessage("room", n.RespondersAsked(1, (), (BEA.id,)))]


def test_every_step_stands_on_the_timeline(world: World):
    page(world)
    world.settle(f.PageOnCall(1), CONFIRMED)
    world.do(c.RecordPageMove(1, "acknowledged", "PX", "Tom Berg"), FIREBELL)
    world.do(c.Resolve("Rolled back"))
    said = [entry.text for entry in entries(world.log, CONNECTED) if entry.kind == "page"]
    assert said == [
        "@{UANA} asked to page Checkout: It is down",
        "Paged: @{UBEA}",
        "Tom Berg acknowledged the page in PagerDuty",
        "@{UANA} ended the page: The incident was resolved",
    ]
    assert assemble(world.log, CONNECTED).doings.pages == 1


def test_a_pages_key_leads_back_to_it_and_no_other_does():
    assert page_of(dedup_key("0af3", 12)) == ("0af3", 12)
    assert [page_of(key) for key in ("", "firebell-", "firebell-x-0", "srv01/mysql", "firebell-a b-1")] == [None] * 5


def test_a_default_of_the_paging_system_has_the_name_that_the_catalog_gives_it() -> None:
    assert target_name(Target(TargetKind.SERVICE, "PCHECKO"), CONNECTED) == POLICY.services[0].name
    assert target_name(Target(TargetKind.SERVICE, "PELSE"), CONNECTED) == "PagerDuty service PELSE"
