"""Replicas of two releases on one database: a fold that this one cannot read is made from the log, on both engines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.domain import commands as c
from bot.domain import evolve
from bot.domain.model import Actor
from bot.ports import Viewer
from bot.store import codec
from bot.store.audit import fold_anew
from bot.store.codec import CodecError
from bot.store.engine import WRITES
from bot.store.tables import events, incidents
from tests.conftest import House

ANA = Actor("UANA")
VIEWER = Viewer("UANA")

Wire = dict[str, Any]

SHAPES: dict[str, Callable[[Wire], object]] = {
    "a field that is not known here": lambda fold: fold | {"mood": "calm"},
    "such a field deeper in it": lambda fold: fold | {"clock": fold["clock"] | {"mood": "calm"}},
    "a field missing that has a default": lambda fold: without(fold, "summary"),
    "such a field missing deeper in it": lambda fold: fold | {"clock": without(fold["clock"], "step")},
    "a field missing that must be given": lambda fold: without(fold, "title"),
    "a status that is not known here": lambda fold: fold | {"status": "dreaming"},
    "a list where there was a mapping": lambda fold: fold | {"roles": []},
    "a mapping where there was a list": lambda fold: fold | {"services": {"a": 1}},
    "nothing that is a fold": lambda _: "x",
}


def without(wire: Wire, name: str) -> Wire:
    return {key: value for key, value in wire.items() if key != name}


@pytest.fixture
async def incident_id(house: House) -> str:
    return await declare(house, "r1")


async def declare(house: House, request: str) -> str:
    command = c.Declare("Checkout fails", severity="sev1", summary="Cards are refused")
    incident_id = (await house.service.execute(command, ANA, request)).incident.id
    await house.service.execute(c.AddNote("Seen"), ANA, f"{request}n", incident_id=incident_id)
    return incident_id


async def write(house: House, *statements: Any) -> None:
    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        for statement in statements:
            await connection.execute(statement)
        await connection.commit()


async def stored(house: House, incident_id: str) -> str:
    async with house.ledger.reading() as connection:
        query = select(incidents.c.fold).where(incidents.c.id == incident_id)
        found: str = (await connection.execute(query)).scalar_one()
    return found


async def reshape(house: House, incident_id: str, shape: str) -> str:
    """Write the fold as another release would have; returns it."""
    other = codec.canonical(SHAPES[shape](json.loads(await stored(house, incident_id))))
    await write(house, update(incidents).where(incidents.c.id == incident_id).values(fold=other))
    return other


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_query_serves_a_row_of_another_release_and_leaves_it_as_it_is(
    house: House, incident_id: str, shape: str
) -> None:
    before = await house.check(incident_id)
    other = await reshape(house, incident_id, shape)

    assert await house.queries.by_id(incident_id) == before
    assert list(await house.queries.open_incidents(VIEWER)) == [before]
    assert await stored(house, incident_id) == other
    await house.check(incident_id)


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_command_goes_on_from_a_row_of_another_release_and_writes_its_own(
    house: House, incident_id: str, shape: str
) -> None:
    await reshape(house, incident_id, shape)

    accepted = await house.service.execute(c.AddNote("Restarted"), ANA, "r2", incident_id=incident_id)

    assert accepted.incident == evolve.fold(await house.queries.log(incident_id))
    assert codec.load_incident(await stored(house, incident_id)) == accepted.incident
    await house.check(incident_id)


async def test_a_log_with_an_event_of_a_newer_release_is_not_served_by_half(house: House, incident_id: str) -> None:
    async with house.ledger.reading() as connection:
        last = (await connection.execute(select(events).order_by(events.c.seq.desc()).limit(1))).one()
    await write(house, insert(events).values({**last._mapping, "seq": last.seq + 1, "type": "NoteSung"}))
    await write(house, update(incidents).values(seq=last.seq + 1, fold="{}"))

    with pytest.raises(CodecError, match="knows no NoteSung"):
        await house.queries.by_id(incident_id)
    with pytest.raises(CodecError, match="knows no NoteSung"):
        await house.service.execute(c.AddNote("Restarted"), ANA, "r2", incident_id=incident_id)


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_folding_anew_gives_each_incident_back_before_it_takes_the_next(house: House) -> None:
    ids = sorted([await declare(house, f"r{number}") for number in range(3)])
    for incident_id in ids:
        await reshape(house, incident_id, "a field that is not known here")

    async with house.ledger.transaction(seconds=8) as unit:
        await unit.incident(ids[1])
        folding = asyncio.create_task(fold_anew(house.ledger, evolve.fold))
        async with asyncio.timeout(8):
            while "mood" in await stored(house, ids[0]):
                await asyncio.sleep(0.02)
        await house.service.execute(c.AddNote("Restarted"), ANA, "while", incident_id=ids[0])
        assert "mood" in await stored(house, ids[1])

    assert await folding == 3
    for incident_id in ids:
        await house.check(incident_id)
        assert "mood" not in await stored(house, incident_id)
