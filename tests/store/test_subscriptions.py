"""Subscriptions are kept, changed and found by what they are to; on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.domain.subscriptions import MOST, Kind, Readers, Subscription, Way
from bot.errors import UserError
from bot.subscribing import Subscribing
from tests.conftest import House
from tests.domain.world import World

NOW = datetime(2026, 3, 2, 2, 47, tzinfo=UTC)


@pytest.fixture
def subscribing(house: House) -> Subscribing:
    return Subscribing(house.ledger, house.queries, house.clock)


async def test_a_wish_is_kept_once_and_the_same_one_again_changes_it(subscribing: Subscribing) -> None:
    first = Subscription("UMEI", Kind.SERVICE, "checkout")
    await subscribing.subscribe(first)
    await subscribing.subscribe(replace(first, way=Way.EMAIL, readers=Readers.EXECUTIVES))
    await subscribing.subscribe(Subscription("UMEI", Kind.EVERYTHING))
    await subscribing.subscribe(Subscription("UBEA", Kind.EVERYTHING))
    assert await subscribing.of("UMEI") == [
        replace(first, way=Way.EMAIL, readers=Readers.EXECUTIVES),
        Subscription("UMEI", Kind.EVERYTHING),
    ]


async def test_ending_one_leaves_the_others_and_ending_all_leaves_nobody_elses(subscribing: Subscribing) -> None:
    for kind, name in ((Kind.SERVICE, "checkout"), (Kind.SEVERITY, "sev1"), (Kind.EVERYTHING, "")):
        await subscribing.subscribe(Subscription("UMEI", kind, name))
    await subscribing.subscribe(Subscription("UBEA", Kind.EVERYTHING))
    assert await subscribing.end("UMEI", Kind.SERVICE, "checkout") == 1
    assert await subscribing.end("UMEI", Kind.SERVICE, "checkout") == 0
    assert await subscribing.end("UMEI") == 2
    assert await subscribing.of("UMEI") == []
    assert len(await subscribing.of("UBEA")) == 1


async def test_only_wishes_that_an_incident_fits_are_found(house: House, subscribing: Subscribing) -> None:
    incident = replace(World().declare(), services=("checkout", "cart"), severity="sev2")
    fitting = [
        Subscription("U1", Kind.INCIDENT, incident.id),
        Subscription("U2", Kind.SERVICE, "cart"),
        Subscription("U3", Kind.SEVERITY, "sev2"),
        Subscription("U4", Kind.EVERYTHING),
    ]
    others = [
        Subscription("U5", Kind.INCIDENT, "another"),
        Subscription("U6", Kind.SERVICE, "search"),
        Subscription("U7", Kind.SEVERITY, "sev1"),
    ]
    for one in (*fitting, *others):
        await subscribing.subscribe(one)
    async with house.ledger.transaction(seconds=30) as unit:
        assert sorted(await unit.subscriptions.reaching(incident), key=lambda one: one.user) == fitting
        found = await unit.subscriptions.reaching(incident, ("sev1",))
        assert {one.user for one in found} == {"U1", "U2", "U3", "U4", "U7"}


async def test_nobody_has_more_than_their_list_can_show(subscribing: Subscribing) -> None:
    for number in range(MOST):
        await subscribing.subscribe(Subscription("UMEI", Kind.SERVICE, f"service-{number}"))
    with pytest.raises(UserError, match="Nothing changed"):
        await subscribing.subscribe(Subscription("UMEI", Kind.EVERYTHING))
    await subscribing.subscribe(Subscription("UMEI", Kind.SERVICE, "service-0", Way.EMAIL))
    assert len(await subscribing.of("UMEI")) == MOST


async def test_an_index_finds_them_among_many(house: House) -> None:
    look = (
        "SELECT * FROM subscriptions WHERE workspace = 'w' AND "
        "(kind = 'everything' AND name IN ('') OR kind = 'service' AND name IN ('a', 'b'))"
    )
    on_postgres = house.ledger.engine.dialect.name == "postgresql"
    async with house.ledger.reading() as connection:
        if on_postgres:
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await connection.execute(text(f"EXPLAIN {'' if on_postgres else 'QUERY PLAN '}{look}"))
        assert "ix_subscriptions_workspace_kind_name" in " ".join(str(row) for row in plan)


async def test_a_look_waits_for_no_writer(house: House, subscribing: Subscribing) -> None:
    wish = Subscription("UMEI", Kind.EVERYTHING)
    await subscribing.subscribe(wish)
    async with house.ledger.transaction(seconds=30):
        assert await asyncio.wait_for(subscribing.of("UMEI"), 2) == [wish]
