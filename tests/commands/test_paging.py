"""What `page` and `oncall` take their words to mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.config.file import policy_of, read_file
from bot.domain.commands import Page
from bot.domain.paging import Target, TargetKind
from bot.domain.policy import PagerPolicy, Policy
from bot.errors import UserError
from commands.paging import asked_about, wanted
from tests.domain.world import World
from tests.stories.stage import ROOT

EXAMPLE = replace(policy_of(read_file(ROOT / "deploy/firebell.example.yaml")), pager=PagerPolicy(asks=True))
CHECKOUT = Target(TargetKind.SERVICE, "PCHECKO", "checkout")
PAYMENTS = Target(TargetKind.SERVICE, "PPAYMEN", "payments")


def with_pager(**pager: object) -> Policy:
    return replace(EXAMPLE, pager=PagerPolicy(**pager))  # type: ignore[arg-type]


def world_of(policy: Policy, *services: str) -> World:
    world = World(policy=policy)
    world.declare(services=services)
    return world


@pytest.mark.parametrize(
    ("line", "target", "reason"),
    [
        ("", CHECKOUT, ""),
        ("Half of it fails", CHECKOUT, "Half of it fails"),
        ("checkout It is down", CHECKOUT, "It is down"),
        ("Payments", PAYMENTS, ""),
        ("PPAYMEN It is down", PAYMENTS, "It is down"),
        ("PABCDEF Wake them", Target(TargetKind.POLICY, "PABCDEF", via="PCHECKO"), "Wake them"),
    ],
)
def test_the_first_word_may_name_whom_to_page(line: str, target: Target, reason: str) -> None:
    world = world_of(EXAMPLE, "checkout")
    found, rest = wanted(line, world.it, EXAMPLE)
    world.do(Page(found, rest))
    assert (world.it.pages[0].target, world.it.pages[0].reason) == (target, reason)


def test_who_is_on_call_is_asked_for_what_is_named_or_affected_or_the_default() -> None:
    world = world_of(EXAMPLE, "payments", "checkout")
    assert asked_about("checkout", None, EXAMPLE) == [CHECKOUT]
    assert asked_about("PABCDEF", None, EXAMPLE) == [Target(TargetKind.POLICY, "PABCDEF")]
    assert asked_about("", world.it, EXAMPLE) == [PAYMENTS, CHECKOUT]
    by_default = with_pager(asks=True, default_service="PDEFAUL")
    assert asked_about("", None, by_default) == [Target(TargetKind.SERVICE, "PDEFAUL")]


@pytest.mark.parametrize(
    ("word", "pager", "said"),
    [
        ("nothing", PagerPolicy(asks=True), "There is no service `nothing`"),
        ("", PagerPolicy(asks=True), "On call for what?"),
        ("search", PagerPolicy(asks=True), "has no `pagerduty_service`"),
        ("search", PagerPolicy(asks=True, keyed=frozenset({"search"})), "who is on call is not known"),
        ("checkout", PagerPolicy(keyed=frozenset({"checkout"})), "PAGERDUTY_TOKEN"),
        ("checkout", None, "PagerDuty is not connected"),
    ],
)
def test_what_cannot_be_asked_is_said_with_what_to_do(word: str, pager: PagerPolicy | None, said: str) -> None:
    with pytest.raises(UserError) as refused:
        asked_about(word, None, replace(EXAMPLE, pager=pager))
    assert said in str(refused.value)
