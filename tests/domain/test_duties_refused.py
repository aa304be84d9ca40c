"""What is refused about possible duties, in which words, and what is believed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain.refusal import Refused
from bot.domain.regulation import Trigger
from tests.domain.regulated import LAWYER, incident
from tests.domain.world import ANA, BEA, START

HOUR = timedelta(hours=1)


def test_nothing_is_brought_up_by_hand_in_a_drill() -> None:
    with pytest.raises(Refused, match="A drill owes nothing"):
        incident("shop", drill=True).do(c.RaiseDuty("gdpr"), LAWYER)


def test_without_a_commander_others_are_sent_to_legal() -> None:
    world = incident("shop")
    with pytest.raises(Refused) as refused:
        world.do(c.AssessDuty("gdpr", True), BEA)
    assert refused.value.next_act == "Ask the commander."
    world.do(c.ReleaseRole("commander", ANA.id), ANA)
    with pytest.raises(Refused) as refused:
        world.do(c.AssessDuty("gdpr", True), BEA)
    assert refused.value.next_act == "Ask legal."


def test_what_was_known_or_filed_a_while_before_the_declaration_is_believed() -> None:
    world = incident("shop")
    world.do(c.StartDutyClock("gdpr", Trigger.AWARENESS, START - 48 * HOUR, "UANA"), LAWYER)
    world.do(c.FileDuty("gdpr", "notice", START - 24 * HOUR, "UANA", "R1"), LAWYER)
    assert world.it.duties["gdpr"].filed["notice"].at == START - 24 * HOUR


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (c.FileDuty("gdpr", "notice", START - HOUR, "UANA", "R1"), "filed_at"),
        (c.StartDutyClock("gdpr", Trigger.AWARENESS, START - 9000 * HOUR, "UANA"), "started_at"),
    ],
)
def test_an_impossible_time_is_refused_beside_its_field(command: c.Command, field: str) -> None:
    with pytest.raises(Refused) as refused:
        incident("shop").do(command, LAWYER)
    assert refused.value.field == field
