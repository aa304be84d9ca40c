"""A user group of an audience is looked up when its message is due; nobody is left out for want of a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain import commands as c
from bot.domain.effects import TellAudience
from bot.domain.model import Actor
from bot.domain.notices import CommandOffer
from bot.domain.policy import Policy, RolePolicy
from bot.errors import IntegrationError, Reason
from bot.outbox import Outbox, People, audience
from tests.conftest import House
from tests.domain.regulated import GDPR
from tests.fakes import FakeChat
from tests.outbox.conftest import QUICK, declare, work_until_settled

LAWYER = Actor("ULAW", legal=True)


class Groups:
    """User groups of a chat that fails as often as it is told to."""

    def __init__(self, *people: str, failures: Sequence[IntegrationError] = ()) -> None:
        self._people = people
        self._failures = list(failures)

    async def members(self, group: str) -> Sequence[str]:
        assert group == "legal"
        if self._failures:
            raise self._failures.pop(0)
        return self._people


@pytest.fixture
def policy(policy: Policy) -> Policy:
    roles = (*policy.roles, RolePolicy("legal", "Legal", ()))
    return replace(policy, regulations={"gdpr": GDPR}, legal_group="legal", roles=roles)


async def raised(house: House, chat: FakeChat, groups: Groups) -> set[str]:
    """Bring a duty up; returns who got a direct message for it."""
    performer = chat.performer(call_timeout=10.0)
    outbox = Outbox(
        house.ledger,
        house.queries,
        house.service,
        {performer.name: performer},
        policy=house.policy,
        clock=house.clock,
        habits=QUICK,
        people=People(groups.members),
        jitter=lambda: 0.5,
    )
    which = await declare(house)
    await work_until_settled(house, outbox)
    before = len(chat.messages)
    await house.service.execute(c.RaiseDuty("gdpr"), LAWYER, "raise", incident_id=which)
    await work_until_settled(house, outbox)
    return {one.channel for one in chat.messages[before:]}


async def test_the_groups_people_are_told(house: House, chat: FakeChat) -> None:
    assert await raised(house, chat, Groups("ULAW", "ULEX")) == {"DULAW", "DULEX"}


@pytest.mark.parametrize("failures", [[], [IntegrationError(Reason.CLIENT, "There is no user group @legal.")]])
async def test_command_is_told_where_there_is_nobody(
    house: House, chat: FakeChat, failures: list[IntegrationError]
) -> None:
    groups = Groups(*(["ULAW"] if failures else []), failures=failures)
    assert await raised(house, chat, groups) == {"DUANA"}


async def test_a_chat_that_does_not_answer_is_asked_again(house: House, chat: FakeChat) -> None:
    flaky = Groups("ULAW", failures=[IntegrationError(Reason.UNREACHABLE, "no answer")] * 2)
    assert await raised(house, chat, flaky) == {"DULAW"}


async def test_those_on_call_are_told_but_not_whom_it_is_about(house: House) -> None:
    incident = await house.queries.by_id(await declare(house))
    assert incident is not None
    asked = TellAudience("oncall", CommandOffer("UANA", 20), leave_out=("UANA",), groups=("oncall",))
    assert audience.people(incident, asked, {"oncall": ["UANA", "UBEA", "UBEA"]}) == ("UBEA",)
