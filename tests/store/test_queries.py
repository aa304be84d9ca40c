"""What people find, and what a private incident hides from everybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.model import FIREBELL, Actor, Incident
from bot.ports import Viewer
from bot.store.ledger import SqlLedger
from bot.store.queries import SqlQueries
from tests.conftest import House

ANA, SAM, EVE = Actor("UANA"), Actor("USAM"), Actor("UEVE")


async def declare(house: House, title: str, severity: str = "sev2", *, private: bool = False) -> Incident:
    command = c.Declare(title, severity=severity, private=private)
    return (await house.service.execute(command, ANA, title)).incident


async def tell(house: House, incident: Incident, effect: f.Effect, facts: f.Facts) -> Incident:
    """Record what the chat answered."""
    command = c.RecordOutcome("effect", effect, facts)
    return (await house.service.execute(command, FIREBELL, str(facts), incident_id=incident.id)).incident


async def test_open_incidents_come_worst_first_then_oldest(house: House) -> None:
    for title, severity in (("a", "sev3"), ("b", "sev1"), ("c", "sev3")):
        await declare(house, title, severity)
        house.clock.advance(minutes=1)
    found = await house.queries.open_incidents(Viewer("USAM"))
    assert [incident.title for incident in found] == ["b", "a", "c"]
    assert [incident.title for incident in await house.queries.open_incidents(Viewer("USAM"), limit=1)] == ["b"]


async def test_an_incident_that_is_over_is_recent_but_not_open(house: House) -> None:
    incident = await declare(house, "a")
    await house.service.execute(c.Cancel("a false alarm"), ANA, "r2", incident_id=incident.id)
    assert await house.queries.open_incidents(Viewer("UANA")) == []
    assert [one.title for one in await house.queries.recent(Viewer("UANA"))] == ["a"]


async def test_a_private_incident_exists_only_for_those_inside(house: House) -> None:
    incident = await declare(house, "secret", private=True)
    await tell(house, incident, f.PostCard("card"), f.Placed("C1", "1.1"))
    command = c.AssignRole("communications", "USAM")
    await house.service.execute(command, ANA, "r2", incident_id=incident.id)

    for viewer, sees in ((Viewer("UANA"), True), (Viewer("USAM"), True), (Viewer("UEVE"), False)):
        found = await house.queries.by_number(1, viewer)
        assert (found is not None) is sees
        assert bool(await house.queries.open_incidents(viewer)) is sees
        assert bool(await house.queries.recent(viewer)) is sees
        assert (await house.queries.by_message("C1", "1.1", viewer) is not None) is sees


async def test_whoever_leaves_a_private_incident_sees_it_no_more(house: House) -> None:
    incident = await declare(house, "secret", private=True)
    await house.service.execute(c.AssignRole("responder", "USAM"), ANA, "r2", incident_id=incident.id)
    assert await house.queries.by_number(1, Viewer("USAM")) is not None
    await house.service.execute(c.ReleaseRole("responder", "USAM"), ANA, "r3", incident_id=incident.id)
    assert await house.queries.by_number(1, Viewer("USAM")) is None


@pytest.mark.parametrize("role", [None, "communications"])
async def test_the_room_of_a_private_incident_says_who_is_inside(house: House, role: str | None) -> None:
    incident = await declare(house, "secret", private=True)

    async def comes(command: c.Command, request: str) -> bool:
        await house.service.execute(command, FIREBELL, request, incident_id=incident.id)
        found = await house.queries.by_number(1, Viewer("USAM"))
        assert bool(await house.queries.recent(Viewer("USAM"))) is (found is not None)
        return found is not None

    assert await comes(c.EnterRoom("USAM"), "r2")
    if role:
        await house.service.execute(c.AssignRole(role, "USAM"), ANA, "role", incident_id=incident.id)
    assert not await comes(c.LeaveRoom("USAM"), "r3")
    assert not await comes(c.LeaveRoom("USAM"), "r4"), "leaving twice is leaving"
    left = await house.queries.by_id(incident.id)
    assert left is not None
    assert left.roles.get("communications", ()) == (("USAM",) if role else ()), "leaving moves no role"
    assert await comes(c.EnterRoom("USAM"), "r5")
    assert not await comes(c.LeaveRoom("USAM"), "r6")
    assert not await comes(c.EnterRoom("USAM"), "r5"), "a delivery that is repeated changes nothing"
    await house.service.execute(c.AssignRole("responder", "USAM"), ANA, "back", incident_id=incident.id)
    assert await house.queries.by_number(1, Viewer("USAM")) is not None, "a role asks somebody back in"


async def test_the_room_of_a_public_incident_is_not_followed(house: House) -> None:
    incident = await declare(house, "open to all")
    commands: tuple[c.Command, ...] = (c.EnterRoom("USAM"), c.LeaveRoom("USAM"), c.LeaveRoom("UANA"))
    for number, command in enumerate(commands):
        done = await house.service.execute(command, FIREBELL, f"r{number}", incident_id=incident.id)
        assert done.events == ()


async def test_names_that_differ_in_case_are_different_people(house: House) -> None:
    await declare(house, "secret", private=True)
    assert await house.queries.by_number(1, Viewer("uana")) is None
    assert await house.queries.by_number(1, Viewer("U%")) is None


async def test_a_channel_leads_to_its_incident(house: House) -> None:
    first, second = await declare(house, "a"), await declare(house, "b")
    await tell(house, first, f.OpenRoom(), f.RoomFacts("C1", "inc-1"))
    await tell(house, second, f.OpenRoom(), f.RoomFacts("C2", "inc-2"))

    found = await house.queries.by_channel("C2", Viewer("UEVE"))

    assert found is not None
    assert found.title == "b"
    assert await house.queries.by_channel("C3", Viewer("UEVE")) is None
    assert await house.queries.claimed_by_other("C1", second.id)
    assert not await house.queries.claimed_by_other("C2", second.id)


async def test_a_thread_that_stands_in_for_a_channel_does_not_claim_it(house: House) -> None:
    for title in ("a", "b"):
        incident = await declare(house, title)
        await tell(house, incident, f.OpenRoom(), f.RoomFacts("CSUM", "incidents", thread_ts=f"{title}.1"))
    assert await house.queries.by_channel("CSUM", Viewer("UANA")) is None
    assert not await house.queries.claimed_by_other("CSUM", "any")


async def test_a_message_leads_to_its_incident_and_an_old_place_does_not(house: House) -> None:
    incident = await declare(house, "a")
    await tell(house, incident, f.PostCard("summary_card"), f.Placed("CSUM", "1.1"))
    found = await house.queries.by_message("CSUM", "1.1", Viewer("UEVE"))
    assert found is not None
    assert found.id == incident.id

    await tell(house, incident, f.PostCard("summary_card"), f.Placed("CSUM", "2.2"))

    assert await house.queries.by_message("CSUM", "1.1", Viewer("UEVE")) is None
    assert await house.queries.by_message("CSUM", "2.2", Viewer("UEVE")) is not None


async def test_my_roles_are_found_while_the_incident_is_open(house: House) -> None:
    incident = await declare(house, "a")
    await house.service.execute(c.AssignRole("communications", "USAM"), ANA, "r2", incident_id=incident.id)
    await house.service.execute(c.Follow(), EVE, "r3", incident_id=incident.id)
    assert [one.id for one in await house.queries.held_by("USAM")] == [incident.id]
    assert await house.queries.held_by("UEVE") == [], "a follower holds nothing"
    await house.service.execute(c.Cancel("a false alarm"), ANA, "r4", incident_id=incident.id)
    assert await house.queries.held_by("USAM") == []


async def test_one_workspace_sees_nothing_of_another(house: House) -> None:

    incident = await declare(house, "a")
    other = SqlQueries(SqlLedger(house.ledger.engine, "T2", house.clock))
    assert await other.by_id(incident.id) is None
    assert await other.recent(Viewer("UANA")) == []
    assert (await other.lateness(house.clock.now())).pending_effects == 0


async def test_lateness_counts_from_the_due_time(house: House) -> None:
    await declare(house, "a", "sev1")
    assert (await house.queries.lateness(house.clock.now())).oldest_timer == 0.0
    late = await house.queries.lateness(house.clock.now() + timedelta(minutes=22))
    assert late.oldest_timer == pytest.approx(600.0), "the heads-up is due 3 minutes before the 15 are over"
    assert late.pending_effects > 0


async def test_an_unknown_blob_is_none(house: House) -> None:
    assert await house.queries.blob("00") is None
