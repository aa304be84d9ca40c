"""Time lets go of text, files and deliveries of what is over; nothing else changes and every log verifies."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import evolve
from bot.domain.model import FIREBELL, Actor
from bot.domain.personal import REDACTED
from bot.store.engine import WRITES, db_now
from bot.store.retention import Keep, Released, Retention
from bot.store.tables import blobs, effects, events
from tests.conftest import House

ANA = Actor("UANA")
YEAR = timedelta(days=365)


async def declare(house: House, name: str, *, over: bool, panels: str = "") -> str:
    """Declare an incident with a note, metric data and a rendered postmortem."""
    it = (await house.service.execute(c.Declare(f"{name} fails", severity="sev1"), ANA, f"d {name}")).incident.id
    await house.service.execute(c.AddNote("a note"), ANA, f"n {name}", incident_id=it)
    async with house.ledger.transaction(seconds=30) as unit:
        digest = await unit.store_blob(f"panels of {panels or name}".encode(), "application/json", house.clock.now())
        before = await unit.incident(it)
        now = house.clock.now()
        outcome = c.RecordOutcome("k", f.CollectPanels("declare", now, now), f.PanelFacts(digest, 1))
        await house.service.carry_out(unit, before, outcome, FIREBELL, f"p {name}")
        await unit.commit()
    if over:
        await house.service.execute(c.Cancel("a mistake"), ANA, f"c {name}", incident_id=it)
    return it


def retention(house: House, **keep: timedelta) -> Retention:
    return Retention(house.ledger, evolve.fold, house.clock.now, Keep(**keep))


async def texts(house: House, incident_id: str) -> str:
    async with house.ledger.reading() as connection:
        return str((await connection.execute(select(events.c.data).where(events.c.incident == incident_id))).all())


async def count(house: House, table: Any) -> int:
    async with house.ledger.reading() as connection:
        found: int = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
        return found


async def test_text_goes_from_incidents_that_are_long_over(house: House) -> None:
    old, still_open = await declare(house, "old", over=True), await declare(house, "open", over=False)
    house.clock.advance(days=300)
    young = await declare(house, "young", over=True)
    house.clock.advance(days=66)

    assert await retention(house, text=YEAR).release() == Released(incidents=1)

    assert "fails" not in await texts(house, old)
    assert REDACTED in await texts(house, old)
    for kept in (still_open, young):
        assert REDACTED not in await texts(house, kept)
    assert (await house.check(old)).title == REDACTED
    assert [verdict.problems async for verdict in house.audit.verify_all({})] == [(), (), (), ()]
    assert await retention(house, text=YEAR).release() == Released(), "a second round finds nothing"


async def test_what_is_written_afterwards_goes_in_its_turn(house: House) -> None:
    old = await declare(house, "old", over=True)
    house.clock.advance(days=366)
    await retention(house, text=YEAR).release()
    await house.service.execute(c.AddNote("one more"), ANA, "late", incident_id=old)
    assert await retention(house, text=YEAR).release() == Released(), "it was touched just now"
    house.clock.advance(days=366)
    assert await retention(house, text=YEAR).release() == Released(incidents=1)
    assert "one more" not in await texts(house, old)
    assert (await house.audit.verify(old)).problems == ()


async def test_what_is_reopened_during_the_round_keeps_its_text(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.retention.BREATH_SECONDS", 0.5)
    first, second = await declare(house, "first", over=True), await declare(house, "second", over=False)
    await house.service.execute(c.Resolve("Rolled back"), ANA, "done", incident_id=second)
    house.clock.advance(days=366)
    round_ = asyncio.create_task(retention(house, text=YEAR).release())
    async with asyncio.timeout(60):
        while REDACTED not in await texts(house, first):
            await asyncio.sleep(0.01)
    await house.service.execute(c.Reopen("it is back"), ANA, "again", incident_id=second)

    assert await round_ == Released(incidents=1)
    assert REDACTED not in await texts(house, second)
    assert (await house.check(second)).title == "second fails"


async def test_an_incident_that_cannot_be_read_stops_nobody_else(house: House) -> None:
    broken, fine = await declare(house, "broken", over=True), await declare(house, "fine", over=True)
    async with house.ledger.writing(seconds=30) as connection:
        panels = (events.c.incident == broken, events.c.type == "PanelsStored")
        unreadable = update(events).where(*panels).values(salt=None, data="{}")
        assert (await connection.execute(unreadable)).rowcount == 1
    house.clock.advance(days=366)

    assert await retention(house, text=YEAR).release() == Released(incidents=1)
    assert ("fails" in await texts(house, broken), "fails" in await texts(house, fine)) == (True, False)


async def test_a_file_that_a_young_incident_shares_with_an_old_one_stays(house: House) -> None:
    await declare(house, "old", over=True)
    house.clock.advance(days=300)
    young = await declare(house, "young", over=True, panels="old")
    house.clock.advance(days=100)
    assert await retention(house, files=YEAR).release() == Released()
    assert await house.queries.blob((await house.check(young)).panels[0].blob) == b"panels of old"
    house.clock.advance(days=266)
    assert await retention(house, files=YEAR).release() == Released(blobs=1)


async def test_files_go_unless_an_incident_still_needs_them(house: House) -> None:
    await declare(house, "old", over=True)
    still_open = await declare(house, "open", over=False)
    house.clock.advance(days=366)
    await declare(house, "young", over=True)

    assert await retention(house, files=YEAR).release() == Released(blobs=1)

    assert await count(house, blobs) == 2
    kept = (await house.check(still_open)).panels[0].blob
    assert await house.queries.blob(kept) == b"panels of open"


async def test_deliveries_go_and_what_is_still_to_do_stays(house: House) -> None:
    it = await declare(house, "old", over=False)
    total = await count(house, effects)
    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        age = YEAR // timedelta(microseconds=1)
        done = update(effects).where(effects.c.type == "DirectMessage")
        gone = (await connection.execute(done.values(status="done", settled_at=db_now() - age - 1))).rowcount
        fresh = update(effects).where(effects.c.type == "SetTopic").values(status="done", settled_at=db_now())
        assert (await connection.execute(fresh)).rowcount == 1
        await connection.commit()

    assert await retention(house, deliveries=YEAR).release() == Released(effects=gone)

    assert (gone > 0, await count(house, effects)) == (True, total - gone)
    assert it in await texts(house, it)


async def test_nothing_goes_unless_it_was_asked_for(house: House) -> None:
    await declare(house, "old", over=True)
    house.clock.advance(days=3660)
    assert await retention(house).release() == Released()


async def test_a_database_in_demand_is_left_alone_until_tomorrow(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.redaction.PATIENCE_SECONDS", 0.05)
    old = await declare(house, "old", over=True)
    house.clock.advance(days=366)
    async with house.ledger.transaction(seconds=30) as unit:
        await unit.incident(old)
        await retention(house, text=YEAR).run()
        assert REDACTED not in await texts(house, old)
    monkeypatch.undo()
    await retention(house, text=YEAR).run()
    assert REDACTED in await texts(house, old)
