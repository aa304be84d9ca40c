"""What is claimed, and what is left where it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from bot.domain import commands as c
from bot.domain import effects as f
from bot.errors import IntegrationError, Reason
from bot.outbox import Outbox
from bot.outbox.worker import GIVE_WAY_TIMES
from bot.ports import Desk, Performer, View
from bot.store.engine import db_now
from bot.store.tables import effects
from tests.conftest import House
from tests.fakes import FakeChat
from tests.outbox.conftest import ANA, declare, rows, until, work_until_settled


async def test_a_claim_takes_no_more_than_it_was_asked_for(house: House) -> None:
    """Statistics of an almost empty table lead PostgreSQL to plans that run a plain subquery many times over."""
    await declare(house, "a")
    async with house.ledger.engine.begin() as connection:
        await connection.execute(text("ANALYZE effects" if connection.dialect.name == "postgresql" else "ANALYZE"))
    for number in range(20):
        await declare(house, f"b{number}")

    async with house.ledger.transaction(seconds=30) as unit:
        first = await unit.effects.claim({"chat": 30.0}, "one")
        more = await unit.effects.claim({"chat": 30.0}, "several", most=3)
        await unit.commit()

    assert len(first) == 1
    assert len(more) == 3
    assert sum(row.status == "sending" for row in await rows(house)) == 4


async def test_an_effect_that_was_revived_is_not_late_since_its_first_day(
    house: House, outbox: Outbox, chat: FakeChat
) -> None:
    chat.failures["InviteToRoom"] = [IntegrationError(Reason.CLIENT, "user_not_found")]
    incident_id = await declare(house)
    await work_until_settled(house, outbox)
    async with house.ledger.engine.begin() as connection:
        await connection.execute(update(effects).values(created_at=effects.c.created_at - 3600 * 1_000_000))
    [dead] = [row.id for row in await rows(house) if row.status == "dead"]

    await house.service.execute(c.RetryEffect(dead), ANA, "again", incident_id=incident_id)

    [revived] = [row for row in await rows(house) if row.id == dead]
    async with house.ledger.reading() as connection:
        age = (await connection.execute(select(db_now() - revived.created_at))).scalar_one()
    assert age < 60 * 1_000_000


async def test_many_that_wait_for_one_slot_are_not_tried_for_each_slot_anew(
    house: House, make_outbox: Callable[..., Outbox]
) -> None:
    tried: list[str] = []

    async def open_room(effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        tried.append(view.key)
        assert await desk.pace("rooms.create", 30.0) == 0
        return f.RoomFacts(f"C{view.incident.number}", f"inc-{view.incident.number}")

    outbox = make_outbox(Performer("chat", {"OpenRoom": open_room}, call_timeout=1.0))
    for number in range(12):
        await declare(house, f"r{number}")

    await outbox.work_off()

    assert len(tried) == 2, "one that has the slot, and one that finds there is none"
    assert [row.status for row in await rows(house, "OpenRoom")].count("pending") == 11
    assert [row.attempts for row in await rows(house, "OpenRoom")].count(0) == 11


async def test_what_is_queued_takes_the_place_of_its_incidents_new_severity(house: House) -> None:
    await declare(house, "calm", severity="sev3")
    worse = await declare(house, "worse", severity="sev3")
    await house.service.execute(c.ChangeSeverity("sev1"), ANA, "up", incident_id=worse)

    async with house.ledger.transaction(seconds=30) as unit:
        [first] = await unit.effects.claim({"chat": 30.0}, "one")

    assert first.incident_id == worse


async def test_a_search_for_the_next_effect_looks_at_few_of_those_that_wait(house: House) -> None:
    for number in range(3):
        await declare(house, f"r{number}")
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(house.ledger.engine.sync_engine, "before_cursor_execute", note)
    async with house.ledger.transaction(seconds=30) as unit:
        await unit.effects.claim({"chat": 30.0}, "one")
    [(sql, parameters)] = [each for each in asked if "heads" in each[0]]

    async with house.ledger.reading() as connection:
        how = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        plan = (await connection.exec_driver_sql(f"{how} {sql}", parameters)).all()

    steps = "\n".join(str(step[-1]) for step in plan)
    assert "ix_effects_next" in steps
    assert "ix_effects_unsettled" in steps
    assert "ORDER BY" not in steps
    assert "Sort" not in steps


class Looked(int):
    """A number of commands in flight that counts how often somebody looked before anything was sent."""

    def __new__(cls, chat: FakeChat) -> Looked:
        made = super().__new__(cls, 1)
        made.chat, made.times = chat, 0
        return made

    chat: FakeChat
    times: int

    def __bool__(self) -> bool:
        self.times += not self.chat.rooms
        return True


async def test_effects_let_commands_go_first_but_not_for_ever(
    house: House, outbox: Outbox, chat: FakeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    await declare(house)
    waiting = Looked(chat)
    monkeypatch.setattr(house.service, "in_flight", waiting)
    running = asyncio.create_task(outbox.run())

    async def opened() -> bool:
        return bool(chat.rooms)

    await until(opened)
    assert waiting.times >= GIVE_WAY_TIMES
    outbox.stop(within=5)
    await running
