"""What nobody could read and was given up: whatever waited for it ends or goes on, and people are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import FIREBELL
from bot.domain.paging import PageStatus
from bot.domain.publishing import PostState
from bot.domain.unread import UNREADABLE, Unread
from tests.domain.test_paging import CONNECTED
from tests.domain.test_publishing import OPEN, words
from tests.domain.test_publishing import world as with_page
from tests.domain.world import World

WHY = "No release that ran here could read it for 6 hours."
HALF_AN_HOUR = timedelta(minutes=30)


def give_up(world: World, what: str, stream: str, key: str = "e1") -> list[e.Event]:
    return world.do(c.RecordFailure(key, Unread(what, stream), UNREADABLE, WHY), FIREBELL)


def resolved() -> World:
    world = World()
    world.declare(services=("checkout",))
    world.open_room()
    world.wait(minutes=5)
    world.do(c.Resolve("Rolled back"))
    assert [type(one) for one in world.effects if isinstance(one, f.CollectPanels)], "the postmortem waits for charts"
    return world


def requests(events: list[e.Event]) -> list[str]:
    return [one.why for one in events if isinstance(one, e.PostmortemRequested)]


def test_a_post_fails_with_retry_and_the_one_behind_it_stays_on_its_way() -> None:
    world = with_page()
    world.do(words())
    world.do(words("We found it.", OPEN))

    give_up(world, "PublishPost", "posts")

    assert [(post.state, post.trouble, post.effect_id) for post in world.it.posts] == [
        (PostState.FAILED, WHY, "e1"),
        (PostState.CONFIRMED, "", ""),
    ]
    assert f.EditMessage("post:1", n.PostMoved(1)) in world.effects

    world.do(c.RetryEffect("e1"))
    assert (world.it.posts[0].state, world.retried) == (PostState.CONFIRMED, ["e1"])


def test_no_post_fails_when_none_is_on_its_way() -> None:
    world = with_page()
    world.do(words())
    world.settle(f.PublishPost(1), f.PostFacts("i1", ""))

    assert [type(one) for one in give_up(world, "PublishPost", "posts")] == [e.EffectFailed]
    assert world.it.posts[0].state is PostState.PUBLISHED


def test_the_postmortem_goes_on_without_the_charts_of_the_end() -> None:
    world = resolved()
    assert requests(give_up(world, "CollectPanels", "panels")) == ["resolved"]
    assert f.RenderPostmortem(1) in world.effects


def test_no_postmortem_is_asked_for_while_it_goes_on_or_once_the_charts_of_the_end_are_there() -> None:
    world = World()
    world.declare(services=("checkout",))
    assert requests(give_up(world, "CollectPanels", "panels")) == []

    world = resolved()
    world.settle(f.CollectPanels("resolve", world.now - HALF_AN_HOUR, world.now), f.PanelFacts("b", 1))
    assert requests(give_up(world, "CollectPanels", "panels", "e2")) == []


def test_charts_of_an_end_before_it_was_reopened_are_not_those_of_this_one() -> None:
    world = resolved()
    world.settle(f.CollectPanels("resolve", world.now - HALF_AN_HOUR, world.now), f.PanelFacts("b", 1))
    world.wait(minutes=5)
    world.do(c.Reopen("It is back"))
    world.wait(minutes=5)
    world.do(c.Resolve("Rolled back again"))

    assert requests(give_up(world, "CollectPanels", "panels", "e2")) == ["resolved"]


def test_a_page_fails_and_one_in_a_stream_that_names_none_is_told_of_all_the_same() -> None:
    world = World(policy=CONNECTED)
    world.declare(services=("checkout",))
    world.open_room()
    world.do(c.Page(reason="It is down"))
    [page] = world.it.pages

    give_up(world, "PageOnCall", "page:nobody")
    assert world.it.pages == (page,)
    assert f.PostMessage("room", n.DeliveryTrouble("PageOnCall", WHY, "e1")) in world.effects

    give_up(world, "PageOnCall", f"page:{page.number}", "e2")
    assert [(one.status, one.effect_id) for one in world.it.pages] == [(PageStatus.FAILED, "e2")]


@pytest.mark.parametrize(
    "stream", ["page:", "page:x", "page:-1", "page:²", "page:1:2", f"page:{'9' * 5000}", "room", ""]
)
def test_a_stream_that_names_no_page_has_none(stream: str) -> None:
    assert Unread("PageOnCall", stream).page is None


@pytest.mark.parametrize(
    ("what", "stream"),
    [
        ("TellAudience", "audience:followers"),
        ("SendEmail", "mail:UANA"),
        ("DirectMessage", "dm:UANA"),
        ("EditMessage", "edit:x"),
    ],
)
def test_what_is_quiet_as_other_failures_are_not_told_is_told_once_when_nobody_could_read_it(
    what: str, stream: str
) -> None:
    world = World()
    world.declare()
    world.open_room()

    give_up(world, what, stream)
    assert f.PostMessage("room", n.DeliveryTrouble(what, WHY, "e1")) in world.effects

    give_up(world, what, stream, "e2")
    assert not [one for one in world.effects if isinstance(one, f.PostMessage)]
