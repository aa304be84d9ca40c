"""Subscribers who are in an incident's channel read there what others are told; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

import pytest

from bot.domain import commands as c
from bot.domain.effects import DirectMessage
from bot.domain.notices import UpdatePublished
from bot.domain.subscriptions import Kind, Subscription
from bot.errors import IntegrationError, Reason
from bot.outbox import Outbox, People
from bot.store import codec
from tests.conftest import House
from tests.fakes import START, FakeChat
from tests.outbox.conftest import ANA, QUICK, declare, rows, work_until_settled


class Channel:
    """A channel of a chat that tells who is in it, refuses to, or never answers."""

    def __init__(self, *people: str, trouble: IntegrationError | None = None, silent: bool = False) -> None:
        self._people = people
        self._trouble = trouble
        self._silent = silent
        self.asked: list[str] = []

    async def present(self, channel: str) -> Collection[str]:
        self.asked.append(channel)
        if self._silent:
            await asyncio.Event().wait()
        if self._trouble is not None:
            raise self._trouble
        return self._people


async def updated(house: House, chat: FakeChat, channel: Channel, subscribers: Sequence[str]) -> list[str]:
    """Declare and update; returns who was told of the update by subscription."""
    async with house.ledger.transaction(seconds=30) as unit:
        for user in subscribers:
            await unit.subscriptions.put(Subscription(user, Kind.EVERYTHING), START)
        await unit.commit()
    outbox = Outbox(
        house.ledger,
        house.queries,
        house.service,
        {"chat": chat.performer(call_timeout=1.0)},
        policy=house.policy,
        clock=house.clock,
        habits=QUICK,
        people=People(present=channel.present),
        jitter=lambda: 0.5,
    )
    incident_id = await declare(house)
    await work_until_settled(house, outbox)
    await house.service.execute(c.PostUpdate("Rolling back"), ANA, "u1", incident_id=incident_id)
    await work_until_settled(house, outbox)
    found = [codec.EFFECTS.load(row.type, row.version, row.data) for row in await rows(house, "DirectMessage")]
    told = [one for one in found if isinstance(one, DirectMessage) and one.because is not None]
    return sorted(one.user for one in told if isinstance(one.notice, UpdatePublished))


async def test_who_is_in_the_channel_is_not_told_by_subscription_what_is_said_there(
    house: House, chat: FakeChat
) -> None:
    channel = Channel("USAM", "UANA")
    assert await updated(house, chat, channel, ["USAM", "UMEI"]) == ["UMEI"]
    assert channel.asked


@pytest.mark.parametrize(
    "channel", [Channel("USAM", trouble=IntegrationError(Reason.CLIENT, "missing_scope")), Channel(silent=True)]
)
async def test_where_it_is_not_known_who_is_there_people_are_rather_told_twice(
    house: House, chat: FakeChat, channel: Channel
) -> None:
    assert await updated(house, chat, channel, ["USAM"]) == ["USAM"]


async def test_without_subscribers_nobody_asks_who_is_there(house: House, chat: FakeChat) -> None:
    channel = Channel("USAM")
    assert await updated(house, chat, channel, []) == []
    assert channel.asked == []
