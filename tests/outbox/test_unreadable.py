"""One incident whose log this release cannot read, as a newer one may have written it, stops nothing but itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from structlog.testing import capture_logs

from bot.outbox import Outbox
from bot.ports import Viewer
from bot.ranking import Ranking
from bot.rows import UNREADABLE
from bot.scheduler import Scheduler
from bot.store.engine import WRITES
from bot.store.history import tell_unreadable
from bot.store.tables import effects, events, incidents
from tests.conftest import House
from tests.outbox.conftest import declare, rows, until


async def write(house: House, *statements: Any) -> None:
    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        for statement in statements:
            await connection.execute(statement)
        await connection.commit()


async def make_unreadable(house: House, incident_id: str) -> None:
    """Append an event of a newer release, and leave no fold that this one could read."""
    log = select(events).where(events.c.incident == incident_id).order_by(events.c.seq.desc()).limit(1)
    async with house.ledger.reading() as connection:
        last = (await connection.execute(log)).one()
    await write(
        house,
        insert(events).values({**last._mapping, "seq": last.seq + 1, "type": "NoteSung"}),
        update(incidents).where(incidents.c.id == incident_id).values(seq=last.seq + 1, fold="{}"),
    )


@pytest.fixture
async def bad(house: House) -> str:
    tell_unreadable.cache_clear()
    incident_id = await declare(house, "bad")
    await make_unreadable(house, incident_id)
    return incident_id


@pytest.fixture
async def good(house: House, bad: str) -> str:
    del bad
    return await declare(house, "good", severity="sev3")


async def test_the_outbox_performs_what_others_need_and_asks_for_the_unreadable_with_a_pause(
    house: House, outbox: Outbox, bad: str, good: str
) -> None:
    async def good_is_done() -> bool:
        return all(row.status == "done" for row in await rows(house) if row.incident == good)

    task = asyncio.create_task(outbox.run())
    with capture_logs() as told:
        await until(good_is_done)
    outbox.stop(within=1)
    await task

    left = [row for row in await rows(house) if row.incident == bad]
    assert {row.status for row in left} <= {"pending", "waiting"}
    assert {(row.attempts, row.outcome_unknown) for row in left} == {(0, False)}
    assert UNREADABLE in {row.last_reason for row in left}
    assert [one["incident"] for one in told if one["event"] == "incident_unreadable"] == [bad]


@pytest.mark.parametrize(
    ("becomes", "reason"),
    [
        ({"type": "SingSong"}, ""),
        ({"version": 99}, ""),
        ({"data": '{"broadcast":false,"notice":{"@":"Sung"},"place":"room","slot":""}'}, UNREADABLE),
    ],
    ids=["kind", "version", "something inside"],
)
async def test_what_only_a_newer_release_can_perform_is_left_to_it(
    house: House, outbox: Outbox, becomes: dict[str, object], reason: str
) -> None:
    newer, plain = await declare(house, "r1", severity="sev1"), await declare(house, "r2", severity="sev3")
    foreign = {"status": "pending", "type": "PostMessage", **becomes}
    first = select(effects.c.id).where(effects.c.incident == newer).order_by(effects.c.seq, effects.c.n).limit(1)
    await write(house, update(effects).where(effects.c.id == first.scalar_subquery()).values(**foreign))

    async def others_are_done() -> bool:
        return all(row.status == "done" for row in await rows(house) if row.incident == plain)

    task = asyncio.create_task(outbox.run())
    await until(others_are_done)
    outbox.stop(within=1)
    await task

    left = next(row for row in await rows(house) if row.incident == newer)
    assert (left.status, left.attempts, left.outcome_unknown, left.lease_token) == ("pending", 0, False, None)
    assert (left.last_reason or "") == reason


async def test_timers_of_others_fire_and_the_unreadable_one_is_put_off(house: House, bad: str, good: str) -> None:
    house.clock.advance(minutes=90)
    scheduler = Scheduler(house.ledger, house.queries, house.service, clock=house.clock)

    await scheduler.fire_due()

    incident = await house.queries.by_id(good)
    assert incident is not None
    assert incident.clock.step
    assert await scheduler.fire_due() == 0, "what failed waits"
    assert set(await house.queries.timers_of("update")) >= {bad}


async def test_others_are_ranked_and_listed(house: House, bad: str, good: str) -> None:
    ranking = Ranking(house.ledger, house.queries, policy=house.policy, clock=house.clock)
    incident = await house.queries.by_id(good)
    assert incident is not None

    await ranking.review()

    assert await ranking.standing(incident, "card") is not None
    assert [one.id for one in await house.queries.open_incidents(Viewer("UANA"))] == [good]
    assert set(await house.queries.by_ids([bad, good])) == {good}


async def test_one_that_was_ranked_when_it_could_be_read_is_ranked_no_more(house: House) -> None:
    one, other = await declare(house, "r1"), await declare(house, "r2")
    ranking = Ranking(house.ledger, house.queries, policy=house.policy, clock=house.clock)
    await ranking.review()

    await make_unreadable(house, one)
    await ranking.review()

    board = await ranking.board(Viewer("UANA"))
    assert [ranked.scored.case.id for ranked in board] == [other]
