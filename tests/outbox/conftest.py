"""An outbox on a fake chat, quick enough for tests: leases and waits of milliseconds where production has seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain import commands as c
from bot.domain.model import Actor
from bot.outbox import Habits, Outbox
from bot.ports import Performer
from bot.store.tables import effects
from tests.conftest import House
from tests.fakes import FakeChat, FakeClock

ANA = Actor("UANA")
QUICK = Habits(attempts=3, backoff=0.01, backoff_most=0.02, grace=0.02, heartbeat=0.05, patience=0.5)


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat()


@pytest.fixture
def make_outbox(house: House) -> Callable[..., Outbox]:
    def make(performer: Performer, habits: Habits = QUICK, clock: FakeClock | None = None) -> Outbox:
        return Outbox(
            house.ledger,
            house.queries,
            house.service,
            {performer.name: performer},
            policy=house.policy,
            clock=clock or house.clock,
            habits=habits,
            jitter=lambda: 0.5,
        )

    return make


@pytest.fixture
def outbox(make_outbox: Callable[..., Outbox], chat: FakeChat) -> Outbox:
    return make_outbox(chat.performer(call_timeout=0.1))


async def declare(house: House, request_id: str = "r1", *, severity: str = "sev1") -> str:
    """Declare an incident and return its id."""
    accepted = await house.service.execute(c.Declare("Checkout fails", severity=severity), ANA, request_id)
    return accepted.incident.id


async def rows(house: House, what: str = "") -> list[Any]:
    """Return the outbox's rows in order, of one effect type or of all."""
    query = select(effects).order_by(effects.c.incident, effects.c.seq, effects.c.n, effects.c.id)
    if what:
        query = query.where(effects.c.type == what)
    async with house.ledger.reading() as connection:
        return list((await connection.execute(query)).all())


async def until(condition: Callable[[], Awaitable[bool]], *, within: float = 30.0) -> None:
    """Wait for a condition by asking again and again; fails after `within` seconds."""
    async with asyncio.timeout(within):
        while not await condition():
            await asyncio.sleep(0.01)


async def all_settled(house: House) -> bool:
    return all(row.status in ("done", "dead") for row in await rows(house))


async def work_until_settled(house: House, outbox: Outbox) -> None:
    """Perform until nothing is left, through waits and retries."""

    async def step() -> bool:
        await outbox.work_off()
        return await all_settled(house)

    await until(step)
