"""Several workers on one PostgreSQL: nothing twice, nothing out of order, nothing left out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from bot.domain import commands as c
from bot.domain.model import Actor
from bot.errors import Busy
from bot.outbox import Outbox
from bot.store.engine import database_url, db_now, make_engine
from bot.store.ledger import SqlLedger
from bot.store.tables import buckets
from tests.conftest import House
from tests.fakes import FakeChat, counts
from tests.outbox.conftest import QUICK, declare, rows, until

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

WORKERS, COMMANDS, TRIES = 8, 40, 5
SECOND = 1_000_000


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


@dataclass(frozen=True)
class Replica:
    house: House
    outbox: Outbox


@pytest.fixture
async def replicas(
    url: str, chat: FakeChat, make_house: Callable[[SqlLedger], House], clock: object
) -> AsyncIterator[list[Replica]]:
    """Eight houses, each with connections and an outbox of its own, all before the same chat."""
    made = []
    for _ in range(WORKERS):
        engine = make_engine(database_url(url), pool_size=3)
        house = make_house(SqlLedger(engine, "T1", clock))
        outbox = Outbox(
            house.ledger,
            house.queries,
            house.service,
            {"chat": chat.performer(call_timeout=30.0)},
            policy=house.policy,
            clock=house.clock,
            habits=replace(QUICK, concurrency=2),
            jitter=lambda: 0.5,
        )
        made.append(Replica(house, outbox))
    tasks = [asyncio.create_task(replica.outbox.run()) for replica in made]
    yield made
    for replica in made:
        replica.outbox.stop(within=10)
    await asyncio.gather(*tasks)
    for replica in made:
        await replica.house.ledger.engine.dispose()


async def test_forty_commands_at_once_on_two_incidents_with_eight_workers(
    replicas: list[Replica], chat: FakeChat
) -> None:
    chat.delay = 0.001
    first = replicas[0].house
    ids = [await declare(first, "a"), await declare(first, "b")]
    first.clock.advance(minutes=1)
    people = [f"U{n}" for n in range(COMMANDS)]

    async def assign(n: int) -> None:
        command = c.AssignRole("responder", people[n])
        house = replicas[n % WORKERS].house
        for _ in range(TRIES):
            with contextlib.suppress(Busy):  # whoever is told so types it again; nothing has changed
                await house.service.execute(command, Actor("UANA"), f"assign {n}", incident_id=ids[n % 2])
                return
        raise AssertionError("the database stayed busy")

    await asyncio.gather(*(assign(n) for n in range(COMMANDS)))

    async def settled() -> bool:
        return all(row.status == "done" for row in await rows(first))

    await until(settled, within=60)
    for incident_id in ids:
        incident = await first.check(incident_id)
        assert len(incident.roles["responder"]) == COMMANDS // 2
        log = await first.queries.log(incident_id)
        assert [item.seq for item in log] == list(range(1, len(log) + 1))
        in_room = [
            posted.key
            for posted in chat.messages
            if posted.key.startswith(f"{incident_id}:") and posted.what == "PostMessage"
        ]
        places = [tuple(int(part) for part in key.split(":")[1:3]) for key in in_room]
        assert places == sorted(places)
        assert len(in_room) == COMMANDS // 2
    assert set(counts(chat.sent()).values()) == {1}
    assert set(counts([key for key, _ in chat.calls]).values()) == {1}


async def test_the_same_request_at_every_replica_is_carried_out_once(replicas: list[Replica]) -> None:
    command, ana = c.Declare("Down", severity="sev2"), Actor("UANA")

    results = await asyncio.gather(*(one.house.service.execute(command, ana, "r1") for one in replicas))

    assert {result.incident.number for result in results} == {1}
    assert [result.repeat for result in results].count(False) == 1


async def test_a_bucket_is_shared_by_all_replicas(replicas: list[Replica]) -> None:
    async def reserve(replica: Replica) -> None:
        async with replica.house.ledger.transaction(seconds=30) as unit:
            _, taken = await unit.effects.reserve("method:chat.update", 1.0, within=60)
            await unit.commit()
        assert taken

    async with replicas[0].house.ledger.reading() as connection:
        before = (await connection.execute(select(db_now()))).scalar_one()
    await asyncio.gather(*(reserve(replica) for replica in replicas))
    async with replicas[0].house.ledger.reading() as connection:
        wanted = buckets.c.name == "method:chat.update"
        next_at = (await connection.execute(select(buckets.c.next_at).where(wanted))).scalar_one()

    assert next_at - before >= WORKERS * SECOND, "one slot each second, whoever asks"
