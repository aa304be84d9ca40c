"""The status page: customers read only what somebody confirmed, in words that are fit for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import FIREBELL, Status
from bot.domain.public_page import gather
from bot.domain.publishing import (
    Component,
    ComponentState,
    PostState,
    PublicService,
    PublicStatus,
    StatusPagePolicy,
    is_told,
    sayable,
)
from bot.domain.refusal import Refused
from bot.domain.timeline import entries
from templates.customers import draft
from tests.domain.test_relations import other
from tests.domain.world import ANA, BEA, POLICY, SAM, World

OWN = StatusPagePolicy((PublicService("checkout", "Shop checkout"),), own=True)
HOSTED = replace(OWN, own=False, hosted=True)
DOWN = (Component("checkout", ComponentState.MAJOR),)
OPEN, OVER = PublicStatus.INVESTIGATING, PublicStatus.RESOLVED
CALL = f.PublishPost(1)


def world(page: StatusPagePolicy | None = HOSTED, **fields: Any) -> World:
    made = World(policy=replace(POLICY, status_page=page))
    made.declare(services=("checkout",), **fields)
    made.open_room()
    return made


def words(text: str = "We are looking into it.", status: PublicStatus = OPEN, **more: Any) -> c.PublishPost:
    return c.PublishPost("Checkout fails", text, status, DOWN, **more)


def refusal(made: World, command: c.PublishPost) -> Refused:
    with pytest.raises(Refused) as refused:
        made.do(command)
    return refused.value


def offers(made: World) -> list[f.Effect]:
    return [one for one in made.effects if isinstance(one, f.DirectMessage) and isinstance(one.notice, n.PostWanted)]


def test_nothing_is_published_before_the_provider_says_so() -> None:
    made = world()
    made.do(words())
    assert (made.it.posts[0].state, made.effects[0]) == (PostState.CONFIRMED, CALL)
    made.settle(CALL, f.PostFacts("i1", "https://stspg.example/i1"))
    assert made.it.posts[0].state is PostState.PUBLISHED
    assert entries(made.log, made.policy)[-1].link == "https://stspg.example/i1"


def test_on_our_own_page_it_stands_at_once_and_nobody_is_called() -> None:
    made = world(OWN)
    made.do(words())
    assert made.it.posts[0].state is PostState.PUBLISHED
    assert [type(one) for one in made.effects] == [f.PostMessage]


def test_with_both_pages_ours_has_it_at_once_and_keeps_it_whatever_the_provider_answers() -> None:
    made = world(replace(HOSTED, own=True))
    made.do(words())
    assert CALL in made.effects
    made.do(c.RecordFailure("e1", CALL, "auth", "The key is wrong."))
    assert [one.newest.text for one in gather([made.it], OWN, made.now).going_on] == ["We are looking into it."]
    assert is_told(made.it.posts, own=True)
    assert not is_told(made.it.posts, own=False)


def test_with_both_pages_an_end_that_the_provider_did_not_take_ends_nothing_there() -> None:
    made = world(replace(HOSTED, own=True))
    made.do(words())
    made.settle(CALL, f.PostFacts("i1", ""))
    made.do(words("It is over.", OVER))
    made.do(c.RecordFailure("e2", f.PublishPost(2), "client", "The page refused."))
    made.do(c.Resolve("Rolled back"))
    made.do(words("It is back."))
    assert [(post.number, post.episode) for post in made.it.posts] == [(1, 1), (2, 1), (3, 1)]
    (shown,) = gather([made.it], OWN, made.now).going_on
    assert shown.newest.text == "It is back."
    (service,) = gather([made.it], OWN, made.now).services
    assert service.state is ComponentState.MAJOR


def test_a_failure_shows_with_what_may_be_tried_again_and_trying_again_is_on_its_way() -> None:
    made = world()
    made.do(words())
    made.do(c.RecordFailure("e1", CALL, "auth", "The key is wrong."))
    assert (made.it.posts[0].state, made.it.posts[0].trouble) == (PostState.FAILED, "The key is wrong.")
    assert f.EditMessage("post:1", n.PostMoved(1)) in made.effects
    assert not [one for one in made.effects if isinstance(one, f.PostMessage)]
    made.do(c.RetryEffect("e1"))
    assert (made.it.posts[0].state, made.retried) == (PostState.CONFIRMED, ["e1"])


@pytest.mark.parametrize(
    ("page", "fields", "code"),
    [
        (None, {}, "no_status_page"),
        (HOSTED, {"private": True}, "private"),
        (HOSTED, {"drill": True}, "drill"),
        (replace(HOSTED, severities=("sev2",)), {}, "severity"),
    ],
)
def test_what_must_not_be_told_is_refused_with_the_reason(
    page: StatusPagePolicy | None, fields: dict[str, object], code: str
) -> None:
    refused = refusal(world(page, **fields), words())
    assert refused.code == code
    assert refused.why.startswith("Nothing was published: ")
    assert refused.next_act


def test_who_may_publish_is_a_rule_of_the_operator() -> None:
    made = world()
    made.policy = replace(made.policy, permissions={"publish": "responders"})
    with pytest.raises(Refused, match="Only responders may publish"):
        made.do(words(), SAM)
    made.do(words(), BEA)
    assert len(made.it.posts) == 1


def test_what_the_page_says_already_changes_nothing() -> None:
    made = world(OWN)
    made.do(words())
    assert made.do(words()) == []


def test_two_who_write_at_once_do_not_publish_past_each_other() -> None:
    made = world(OWN)
    made.do(words("First", after_post=0), BEA)
    assert refusal(made, words("Second", after_post=0)).code == "stale"
    made.do(words("Second", after_post=1))
    assert [post.text for post in made.it.posts] == ["First", "Second"]


def test_services_that_customers_do_not_know_are_left_out() -> None:
    made = world(OWN)
    made.do(c.PublishPost("Slow", "It is slow.", OPEN, (Component("search", ComponentState.MAJOR), *DOWN)))
    assert made.it.posts[0].components == DOWN


@pytest.mark.parametrize(
    ("title", "text", "field"), [("", "x", "title"), ("x", " ", "text"), ("x" * 201, "x", "title")]
)
def test_words_that_do_not_fit_are_refused_beside_their_input(title: str, text: str, field: str) -> None:
    assert refusal(world(), c.PublishPost(title, text, OPEN)).field == field


def test_after_an_update_whoever_owes_updates_is_asked_and_nothing_goes_out_by_itself() -> None:
    made = world()
    made.do(c.PostUpdate("Half of all payments fail"))
    assert offers(made) == []
    made.do(words())
    made.do(c.AssignRole("communications", "UBEA"))
    made.do(c.PostUpdate("The cause is known"))
    assert offers(made) == [f.DirectMessage("UBEA", n.PostWanted(2), "post_wanted:2")]
    assert not [one for one in made.effects if isinstance(one, f.PublishPost)]


def test_the_end_asks_once_and_the_answer_ends_the_question() -> None:
    made = world(OWN)
    made.do(words())
    made.do(c.Resolve("Rolled back"))
    assert offers(made) == [f.DirectMessage("UANA", n.PostWanted(1), "post_wanted:1")]
    made.settle(offers(made)[0], f.Placed("D1", "1.1"))
    made.do(words("It is over.", OVER))
    assert f.EditMessage("post_wanted:1", n.PostWanted(1)) in made.effects
    assert made.it.status is Status.RESOLVED


def test_a_false_alarm_that_customers_read_of_is_asked_about() -> None:
    made = world(OWN)
    made.do(words())
    made.do(c.Cancel("A load test"))
    assert offers(made) == [f.DirectMessage("UANA", n.PostWanted(0), "post_wanted:0")]


def test_after_a_merge_whoever_leads_the_whole_is_asked_about_what_customers_still_read() -> None:
    made, whole = world(), world()
    other(made, 43)
    made.do(words())
    made.settle(CALL, f.PostFacts("i1", ""))
    whole.do(c.AssignRole("communications", "UBEA"))
    made.do(c.MergeInto(whole.it, "The same cause"))
    assert offers(made) == [f.DirectMessage("UBEA", n.PostWanted(0), "post_wanted:0")]


def part_on_the_page() -> tuple[World, World]:
    """INC-43, which customers read of, has become part of INC-42."""
    made, whole = world(OWN), world(OWN)
    other(made, 43)
    made.do(words())
    made.wait(minutes=10)
    made.do(c.MergeInto(whole.it, "The same cause"))
    made.wait(minutes=30)
    return made, whole


@pytest.mark.parametrize("end", [c.Resolve("Rolled back"), c.Cancel("A load test")])
def test_when_the_whole_ends_its_leader_is_asked_about_the_part_that_customers_still_read_of(end: c.Command) -> None:
    made, whole = part_on_the_page()
    whole.do(c.AssignRole("communications", "UBEA"))
    whole.do(end)
    made.do(c.AskAfterEnd(whole.it, SAM.id), FIREBELL)
    asked = n.PostWanted(0, made.now)
    slot = f"post_wanted:0:{made.now.isoformat()}"
    assert offers(made) == [f.DirectMessage("UBEA", asked, slot)]
    made.settle(offers(made)[0], f.Placed("D1", "1.1"))
    assert draft(made.it, made.policy).status is OVER
    made.do(words("It is over.", OVER))
    assert f.EditMessage(slot, asked) in made.effects
    assert made.do(c.AskAfterEnd(whole.it, SAM.id), FIREBELL) == []


def test_a_part_that_is_one_of_its_own_again_is_not_asked_about_with_the_whole() -> None:
    made, whole = part_on_the_page()
    made.do(c.AskAfterEnd(whole.it, SAM.id), FIREBELL)
    made.do(c.Unmerge(whole.it, "Not the same"))
    assert draft(made.it, made.policy).status is OPEN
    assert made.do(c.AskAfterEnd(whole.it, SAM.id), FIREBELL) == []


def test_after_a_merge_of_what_customers_do_not_read_of_nobody_is_asked() -> None:
    made, whole = world(), world()
    other(made, 43)
    made.do(c.MergeInto(whole.it, "The same cause"))
    assert offers(made) == []


def test_with_follow_never_nobody_is_asked() -> None:
    made = world(replace(OWN, asks=False))
    made.do(words())
    made.do(c.PostUpdate("The cause is known"))
    assert offers(made) == []


def test_an_incident_that_is_over_is_not_put_on_the_page_but_taken_off_it() -> None:
    made = world(OWN)
    made.do(c.Resolve("Rolled back"))
    assert refusal(made, words()).code == "not_open"
    made.do(c.Reopen("It is back"))
    made.do(words())
    made.do(c.Resolve("Rolled back"))
    made.do(words("It is over.", OVER))
    assert refusal(made, words("Once more")).code == "not_open"


def test_words_after_the_last_ones_begin_a_new_episode() -> None:
    made = world(OWN)
    for text, status in (("A", OPEN), ("B", OVER), ("C", OPEN)):
        made.do(words(text, status))
    assert [post.episode for post in made.it.posts] == [1, 1, 2]


def test_who_put_which_words_on_the_page_stays_on_the_timeline() -> None:
    made = world(OWN)
    made.do(words())
    told = [one for one in entries(made.log, made.policy, level="key") if one.kind == "customers"]
    assert [(one.actor, one.text) for one in told] == [
        (
            ANA.id,
            "@{UANA} confirmed words for the status page (investigating): Checkout fails. We are looking into it.",
        )
    ]
    assert any(isinstance(one.event, e.PostPublished) for one in made.log)


OURS = (("checkout", "Checkout", "cart"), ("ledger", "Ledger service"))
KNOWN = {"checkout": "Shop checkout"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Cart is slow. The ledger is stuck.", "Shop checkout is slow."),
        ("Shop checkout fails", "Shop checkout fails."),
        ("CHECKOUT fails for many", "Shop checkout fails for many."),
        ("We lose money. Revenue drops. It costs € a lot.", ""),
        ("Checkout and cart fail", "Shop checkout fail."),
        ("Half of all orders fail. A dozen shops called. Some pages are slow", "Some pages are slow."),
        ("Sixteen per cent are hit. Hundreds wait. Retrying helps.", "Retrying helps."),
        ("An attacker stole keys. The regulator asks. Our legal team reads it. Pages load.", "Pages load."),
        ("We heard it from Acme. I look at it. Yesterday Bea broke it.", "I look at it."),
        ("mei repairs it. It will be well", "It will be well."),
        ("About 20 % of orders fail. Retrying helps.", "Retrying helps."),
        ("@bea looks at #ops. See https://x.example. `pg_locks` is full. db.internal is down.", ""),
        ("@{UBEA} looks at it! Some pages are slow", "Some pages are slow."),
        ("", ""),
    ],
)
def test_a_draft_says_too_little_rather_than_too_much(text: str, said: str) -> None:
    assert sayable(text, OURS, KNOWN, ("Mei Tanaka",)) == said
