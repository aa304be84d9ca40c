"""What is read of regulatory matters: who sees an amount in a draft, and what App Home never drops."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.commands import SetImpact
from templates.drafts import draft
from templates.duties import home_part
from tests.domain.regulated import POLICY, at_work
from tests.domain.world import ANA

GDPR = POLICY.regulations["gdpr"]


@pytest.mark.parametrize(
    ("group", "amounts", "said"),
    [
        ("money", True, "4321"),
        ("money", False, "[number: ask the amounts group]"),
        ("", False, "[number, or an estimate]"),
    ],
)
def test_a_draft_counts_customers_for_those_who_may_see_amounts(group: str, amounts: bool, said: str) -> None:
    world = at_work()
    world.do(SetImpact(customers=4321), ANA)
    policy = replace(world.policy, amounts_group=group)
    text = draft("regulator", world.it, GDPR, policy, now=world.now, amounts=amounts)
    assert f"People or customers concerned: {said}" in text
    assert ("4321" in text) is amounts


def test_home_keeps_a_duty_whose_row_left_the_book() -> None:
    world = at_work()
    policy = replace(POLICY, regulations={})
    drawn = [block.to_dict() for block in home_part([world.it], policy, now=world.now) if block]
    assert "gdpr, its row is no longer among the regulations" in str(drawn)
    assert drawn[-1]["accessory"]["text"]["text"] == "Open"
