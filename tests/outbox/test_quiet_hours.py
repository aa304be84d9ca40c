"""Subscribers in their quiet hours are told afterwards, once and in one message, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain import commands as c
from bot.domain import reaction
from bot.domain.effects import DirectMessage
from bot.domain.events import QuietHoursOver, SubscribersDeferred
from bot.domain.model import FIREBELL
from bot.domain.policy import Policy, QuietHours
from bot.domain.subscriptions import Kind, Subscription
from bot.outbox import Outbox, People
from bot.store import codec
from tests.conftest import House
from tests.fakes import START, FakeChat
from tests.outbox.conftest import ANA, QUICK, declare, rows, work_until_settled

MORNING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
ZONES = {"UMEI": "Asia/Tokyo", "USAM": "Africa/Lagos"}


@pytest.fixture
def policy(policy: Policy) -> Policy:
    return replace(policy, subscriber_hours=QuietHours(time(22), time(7), "UTC", weekends=False))


async def zone_of(user: str) -> str:
    return ZONES.get(user, "")


def quick_outbox(house: House, chat: FakeChat, zone: Callable[[str], Awaitable[str]] = zone_of) -> Outbox:
    return Outbox(
        house.ledger,
        house.queries,
        house.service,
        {"chat": chat.performer(call_timeout=1.0)},
        policy=house.policy,
        clock=house.clock,
        habits=QUICK,
        people=People(zone=zone),
        jitter=lambda: 0.5,
    )


async def subscribe(house: House, *users: str) -> None:
    async with house.ledger.transaction(seconds=30) as unit:
        for user in users:
            await unit.subscriptions.put(Subscription(user, Kind.EVERYTHING), START)
        await unit.commit()


async def told(house: House) -> list[tuple[str, str]]:
    found = [codec.EFFECTS.load(row.type, row.version, row.data) for row in await rows(house, "DirectMessage")]
    return sorted(
        (one.user, type(one.notice).__name__)
        for one in found
        if isinstance(one, DirectMessage) and one.because is not None
    )


async def test_who_sleeps_is_told_in_the_morning_in_one_message(house: House, chat: FakeChat) -> None:
    await subscribe(house, "UMEI", "USAM", "UBEN")
    outbox = quick_outbox(house, chat)
    incident_id = await declare(house, severity="sev2")
    await work_until_settled(house, outbox)
    for number in range(2):
        house.clock.advance(minutes=5)
        await house.service.execute(c.PostUpdate(f"Word {number}"), ANA, f"u{number}", incident_id=incident_id)
        await work_until_settled(house, outbox)
    assert await told(house) == [("UMEI", "IncidentAnnounced"), *[("UMEI", "UpdatePublished")] * 2]
    incident = await house.check(incident_id)
    assert {one.user: one.until for one in incident.waiting} == {
        "USAM": MORNING - timedelta(hours=1),
        "UBEN": MORNING,
    }
    house.clock.advance(hours=5)
    for _ in range(2):
        fire = c.FireTimer(reaction.QUIET, MORNING)
        await house.service.execute(fire, FIREBELL, "timer", incident_id=incident_id)
        await work_until_settled(house, outbox)
    assert (await told(house))[:2] == [("UBEN", "WhileQuiet"), ("UMEI", "IncidentAnnounced")]
    assert [user for user, notice in await told(house) if notice == "WhileQuiet"] == ["UBEN", "USAM"]
    kinds = [type(one.event) for one in await house.queries.log(incident_id)]
    assert (kinds.count(SubscribersDeferred), kinds.count(QuietHoursOver)) == (1, 1)
    assert (await house.check(incident_id)).waiting == ()


async def test_a_sev1_disturbs_whoever_sleeps(house: House, chat: FakeChat) -> None:
    await subscribe(house, "USAM")
    incident_id = await declare(house, severity="sev1")
    await work_until_settled(house, quick_outbox(house, chat))
    assert await told(house) == [("USAM", "IncidentAnnounced")]
    assert (await house.check(incident_id)).waiting == ()


async def test_one_who_sleeps_hears_all_of_it_when_it_becomes_a_sev1(house: House, chat: FakeChat) -> None:
    await subscribe(house, "USAM")
    outbox = quick_outbox(house, chat)
    incident_id = await declare(house, severity="sev2")
    await work_until_settled(house, outbox)
    await house.service.execute(c.ChangeSeverity("sev1", "all cards"), ANA, "worse", incident_id=incident_id)
    await work_until_settled(house, outbox)
    await house.service.execute(c.FireTimer(reaction.QUIET, START), FIREBELL, "timer", incident_id=incident_id)
    await work_until_settled(house, outbox)
    assert await told(house) == [("USAM", "WhileQuiet")]


async def test_who_unsubscribed_by_morning_is_told_nothing(house: House, chat: FakeChat) -> None:
    await subscribe(house, "USAM")
    outbox = quick_outbox(house, chat)
    incident_id = await declare(house, severity="sev2")
    await work_until_settled(house, outbox)
    async with house.ledger.transaction(seconds=30) as unit:
        await unit.subscriptions.drop("USAM")
        await unit.commit()
    house.clock.advance(hours=5)
    await house.service.execute(c.FireTimer(reaction.QUIET, MORNING), FIREBELL, "timer", incident_id=incident_id)
    await work_until_settled(house, outbox)
    assert await told(house) == []
    assert (await house.check(incident_id)).waiting == ()


async def test_a_chat_that_tells_no_zones_in_time_leaves_the_zone_of_the_setting(house: House, chat: FakeChat) -> None:
    await subscribe(house, "UMEI")

    async def never(user: str) -> str:
        await asyncio.Event().wait()
        return ZONES[user]

    incident_id = await declare(house, severity="sev2")
    await work_until_settled(house, quick_outbox(house, chat, never))
    assert [one.until for one in (await house.check(incident_id)).waiting] == [MORNING]
