"""One command, one transaction: what is written, what a repeat gets, and what a refusal leaves behind."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Table, func, select

from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.model import Actor, Status
from bot.errors import NotFound, UserError
from bot.ports import Viewer
from bot.store.tables import effects, inbox, timers
from tests.conftest import House

ANA = Actor("UANA")
SAM = Actor("USAM")


async def count(house: House, table: Table) -> int:
    async with house.ledger.reading() as connection:
        total: int = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
        return total


async def declare(house: House, request_id: str = "r1") -> str:
    command = c.Declare("Checkout returns 500s", severity="sev1")
    return (await house.service.execute(command, ANA, request_id)).incident.id


async def test_declaring_writes_log_row_effects_timers_and_inbox_at_once(house: House) -> None:
    accepted = await house.service.execute(c.Declare("Checkout returns 500s", severity="sev1"), ANA, "r1")

    incident = await house.check(accepted.incident.id)
    assert incident == accepted.incident
    assert (incident.number, incident.commander, incident.status) == (1, "UANA", Status.DECLARED)
    assert [type(item.event) for item in accepted.events] == [e.IncidentDeclared, e.RoleAssigned]
    assert await house.queries.log(incident.id) == list(accepted.events)
    assert await count(house, effects) > 5
    assert await count(house, timers) == 1, "the update; a commander is there and the severity was given"
    assert await count(house, inbox) == 1


async def test_the_same_request_again_returns_the_first_result_even_after_more_has_happened(house: House) -> None:
    first = await house.service.execute(c.Declare("Down", severity="sev2"), ANA, "r1")
    await house.service.execute(c.AddNote("seen it"), SAM, "r2", incident_id=first.incident.id)

    again = await house.service.execute(c.Declare("Down", severity="sev2"), ANA, "r1")

    assert again.repeat
    assert (again.incident, again.events) == (first.incident, first.events)
    assert len(await house.queries.recent(Viewer("UANA"))) == 1


async def test_a_double_click_at_the_same_moment_declares_one_incident(house: House) -> None:
    clicks = [house.service.execute(c.Declare("Down", severity="sev2"), ANA, "r1") for _ in range(5)]

    results = await asyncio.gather(*clicks)

    assert {result.incident.number for result in results} == {1}
    assert sorted(result.repeat for result in results) == [False, True, True, True, True]


async def test_a_refused_command_leaves_no_trace_so_that_a_corrected_form_may_keep_its_request_id(house: House) -> None:
    with pytest.raises(UserError) as refused:
        await house.service.execute(c.Declare("  "), ANA, "view1")
    assert refused.value.field == "title"
    assert await count(house, inbox) == 0

    accepted = await house.service.execute(c.Declare("Down"), ANA, "view1")

    assert accepted.incident.number == 1, "the refused attempt used up no number"


async def test_an_accepted_command_with_nothing_to_record_is_still_remembered(house: House) -> None:
    incident_id = await declare(house)
    await house.service.execute(c.Follow(), SAM, "r2", incident_id=incident_id)

    same = await house.service.execute(c.Follow(), SAM, "r3", incident_id=incident_id)
    again = await house.service.execute(c.Follow(), SAM, "r3", incident_id=incident_id)

    assert (same.events, same.repeat, again.events, again.repeat) == ((), False, (), True)
    assert again.incident == same.incident


async def test_an_unknown_incident_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        await house.service.execute(c.AddNote("x"), ANA, "r1", incident_id="nowhere")


async def test_an_effect_of_an_integration_that_is_off_is_not_queued(house: House) -> None:
    house.service._enabled = frozenset({"metrics"})
    await declare(house)
    assert await count(house, effects) == 0


async def test_numbers_are_gapless_when_many_declare_at_once(house: House) -> None:
    declared = [house.service.execute(c.Declare(f"No {n}"), ANA, f"r{n}") for n in range(8)]
    refused = [house.service.execute(c.Declare(""), ANA, f"bad{n}") for n in range(4)]

    results = await asyncio.gather(*declared, *refused, return_exceptions=True)

    assert sum(isinstance(result, UserError) for result in results) == 4
    numbers = sorted(incident.number for incident in await house.queries.recent(Viewer("UANA")))
    assert numbers == list(range(1, 9))


async def test_forty_commands_at_once_leave_gapless_logs(house: House) -> None:
    ids = [await declare(house, "a"), await declare(house, "b")]
    notes = [house.service.execute(c.AddNote(f"note {n}"), SAM, f"n{n}", incident_id=ids[n % 2]) for n in range(40)]

    await asyncio.gather(*notes)

    for incident_id in ids:
        await house.check(incident_id)
        log = await house.queries.log(incident_id)
        assert [item.seq for item in log] == list(range(1, 23))
