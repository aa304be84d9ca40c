"""History cannot be changed unseen: triggers refuse, the chain tells, and a redaction keeps the proof."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Update, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.domain import commands as c
from bot.domain import evolve
from bot.domain.model import Actor
from bot.errors import NotFound
from bot.store.audit import Head, fold_anew
from bot.store.chain import GENESIS, Link, digest
from bot.store.engine import WRITES
from bot.store.history import fold_columns
from bot.store.tables import events, incidents
from tests.conftest import House

ANA = Actor("UANA")


@pytest.fixture
async def incident_id(house: House) -> str:
    accepted = await house.service.execute(c.Declare("Checkout fails", severity="sev1"), ANA, "r1")
    for n in range(3):
        note = c.AddNote(f"Card number 4111 seen, {n}")
        await house.service.execute(note, ANA, f"n{n}", incident_id=accepted.incident.id)
    return accepted.incident.id


async def write(house: House, *statements: object) -> None:
    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        for statement in statements:
            await connection.execute(statement)
        await connection.commit()


async def tamper(house: House, statement: Update) -> None:
    """Change history the way somebody with the database's own key would."""
    if house.ledger.alone:
        await write(house, text("DROP TRIGGER events_no_update"), statement)
    else:
        await write(house, text("ALTER TABLE events DISABLE TRIGGER events_append_only"), statement)


CHANGES: dict[str, Callable[[], object]] = {
    "data": lambda: update(events).where(events.c.seq == 3).values(data='{"text":"nothing"}'),
    "salt": lambda: update(events).where(events.c.seq == 3).values(salt="0"),
    "type": lambda: update(events).where(events.c.seq == 3).values(type="NoteSung"),
    "who": lambda: update(events).where(events.c.seq == 3).values(actor_id="USAM"),
    "when": lambda: update(events).where(events.c.seq == 3).values(at=1),
    "request": lambda: update(events).where(events.c.seq == 3).values(request_id="other"),
    "hash": lambda: update(events).where(events.c.seq == 3).values(hash="0"),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_the_database_refuses_to_change_an_event(house: House, incident_id: str, what: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        await write(house, CHANGES[what]())
    await house.check(incident_id)


async def test_the_database_refuses_to_delete_an_event(house: House, incident_id: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        await write(house, delete(events).where(events.c.seq == 5))


@pytest.mark.parametrize("what", CHANGES)
async def test_a_change_made_past_the_triggers_is_found(house: House, incident_id: str, what: str) -> None:
    statement = CHANGES[what]()
    assert isinstance(statement, Update)
    await tamper(house, statement)
    verdict = await house.audit.verify(incident_id)
    assert any("event 3" in problem or "event 4" in problem for problem in verdict.problems)


async def test_a_cut_tail_is_found_against_a_head_that_was_exported_earlier(house: House, incident_id: str) -> None:
    head = (await house.audit.verify(incident_id)).head
    log = [json.loads(line) async for line in house.audit.export(incident_id)]
    earlier = evolve.fold((await house.queries.log(incident_id))[:4])
    if house.ledger.alone:
        await write(house, text("DROP TRIGGER events_no_delete"))
    else:
        await write(house, text("ALTER TABLE events DISABLE TRIGGER events_append_only"))

    row = fold_columns(earlier, 1) | {"hash": log[3]["hash"]}
    await write(house, delete(events).where(events.c.seq == 5), update(incidents).values(**row))

    assert (await house.audit.verify(incident_id)).problems == (), "a chain alone cannot show a cut tail"
    problems = (await house.audit.verify(incident_id, head=head)).problems
    assert problems == ("the log no longer holds event 5 as it was exported",)
    assert (await house.audit.verify(incident_id, head=Head(4, log[3]["hash"]))).problems == ()


async def test_a_row_that_does_not_follow_from_its_log_is_found(house: House, incident_id: str) -> None:
    await write(house, update(incidents).values(severity="sev4"))
    problems = (await house.audit.verify(incident_id)).problems
    assert problems == ("column severity of the incident's row does not follow from its log",)


async def test_the_export_can_be_checked_without_the_database(house: House, incident_id: str) -> None:
    previous = GENESIS
    lines = [json.loads(line) async for line in house.audit.export(incident_id)]
    for line in lines:
        assert digest(line["salt"], line["data"]) == line["digest"]
        names = ("incident", "seq", "type", "version", "actor_id", "at", "request_id", "digest")
        assert Link(*(line[name] for name in names)).hash(previous) == line["hash"]
        previous = line["hash"]
    assert (await house.audit.verify(incident_id)).head == Head(len(lines), previous)


async def test_equal_text_leaves_different_digests(house: House, incident_id: str) -> None:
    await house.service.execute(c.AddNote("same"), ANA, "s1", incident_id=incident_id)
    await house.service.execute(c.AddNote("same"), ANA, "s2", incident_id=incident_id)
    lines = [json.loads(line) async for line in house.audit.export(incident_id)]
    assert lines[-1]["data"] == lines[-2]["data"]
    assert lines[-1]["digest"] != lines[-2]["digest"]


async def test_two_events_cannot_have_the_same_place(house: House, incident_id: str) -> None:
    async with house.ledger.reading() as connection:
        row = (await connection.execute(select(events).where(events.c.seq == 5))).one()
    with pytest.raises(DBAPIError):
        await write(house, insert(events).values(**row._mapping))


async def test_a_fold_that_an_older_release_wrote_is_made_anew_from_the_log(house: House, incident_id: str) -> None:
    before = await house.check(incident_id)
    assert await fold_anew(house.ledger, evolve.fold) == 0
    await write(house, update(incidents).values(fold='{"shape":"of another release"}', status="unheard of"))

    assert await fold_anew(house.ledger, evolve.fold) == 1

    assert await house.check(incident_id) == before


async def test_an_unknown_incident_cannot_be_verified(house: House) -> None:
    with pytest.raises(NotFound):
        await house.audit.verify("nowhere")
    assert await house.audit.incident_ids() == []


async def test_whoever_reads_the_findings_slowly_keeps_no_transaction_open(house: House, incident_id: str) -> None:
    pool: Any = house.ledger.engine.pool
    seen = [(verdict.problems, pool.checkedout()) async for verdict in house.audit.verify_all({})]
    assert (seen, (await house.check(incident_id)).number) == ([((), 0), ((), 0)], 1)
