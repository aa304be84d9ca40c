"""Statements that go straight to the driver do what they would do through SQLAlchemy."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, insert, select, update

from bot.domain import commands as c
from bot.domain.model import Actor
from bot.errors import Conflict
from bot.store.direct import Statement
from bot.store.tables import counters, incidents
from tests.conftest import House

PUT = Statement(insert(counters))
FIND = Statement(select(counters).where(counters.c.workspace == "T1", counters.c.value >= bindparam("least")))
RAISE = Statement(update(counters).where(counters.c.name == bindparam("which")).values(value=counters.c.value + 1))


def row(name: str, value: int) -> dict[str, object]:
    return {"workspace": "T1", "name": name, "value": value}


async def test_rows_have_names_and_changes_are_counted(house: House) -> None:
    async with house.ledger.writing(seconds=30) as connection:
        await PUT.run_all(connection, [row("a", 1), row("b", 5)])
        assert (await RAISE.run(connection, {"which": "b"})).rowcount == 1
        assert (await RAISE.run(connection, {"which": "nobody"})).rowcount == 0
        found = (await FIND.run(connection, {"least": 2})).first()
        assert (found.workspace, found.name, found.value) == ("T1", "b", 6)
        assert (await FIND.run(connection, {"least": 7})).first() is None


async def test_it_is_part_of_the_transaction(house: House) -> None:
    async def put_and_fail() -> None:
        async with house.ledger.writing(seconds=30) as connection:
            await PUT.run(connection, row("a", 1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await put_and_fail()
    async with house.ledger.reading() as connection:
        assert (await FIND.run(connection, {"least": 0})).rows == []


async def test_a_row_that_stands_already_is_a_conflict(house: House) -> None:
    with pytest.raises(Conflict):
        async with house.ledger.writing(seconds=30) as connection:
            await PUT.run_all(connection, [row("a", 1), row("a", 2)])


async def test_columns_are_read_as_what_they_are(house: House) -> None:
    made = await house.service.execute(c.Declare("Checkout down", severity="sev2", private=True), Actor("UANA"), "r1")
    flags = Statement(select(incidents.c.is_open, incidents.c.private, incidents.c.number))
    async with house.ledger.reading() as connection:
        found = (await flags.run(connection, {})).first()
    assert (found.is_open, found.private, found.number) == (True, True, made.incident.number)
    assert type(found.private) is bool


async def test_what_was_not_given_is_an_error_and_no_null(house: House) -> None:
    with pytest.raises(Exception, match="least"):
        async with house.ledger.writing(seconds=30) as connection:
            await FIND.run(connection, {})
