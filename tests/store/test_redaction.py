"""Text goes for good, the structure stays, and the chains prove that nothing else was changed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import evolve
from bot.domain.model import FIREBELL, Actor, Status
from bot.domain.personal import REDACTED
from bot.domain.subscriptions import Kind, Subscription
from bot.errors import NotFound
from bot.relating import Relating
from bot.store import workspace_log
from bot.store.audit import WORKSPACE, Head
from bot.store.engine import WRITES
from bot.store.redaction import Change, Person, Redactor, bare, unsaid
from bot.store.tables import counters, effects, events, people, subscriptions, workspace_events
from bot.store.workspace_log import TextRedacted
from tests.conftest import House

ANA, SAM = Actor("UANA"), Actor("USAM")
SECRET = "card 4111"
ALL = (Kind.EVERYTHING, "")


@pytest.fixture
def redactor(house: House) -> Redactor:
    return Redactor(house.ledger, evolve.fold, house.clock.now)


@pytest.fixture
async def incident_id(house: House) -> str:
    """Ana declares and leads, Sam writes a note that names Ana, and it is cancelled."""
    accepted = await house.service.execute(c.Declare(f"Checkout fails, {SECRET}", severity="sev1"), ANA, "r1")
    it = accepted.incident.id
    story: Sequence[tuple[str, Actor, c.Command]] = (
        ("r2", ANA, c.AssignRole("commander", "UANA")),
        ("r3", SAM, c.Follow()),
        ("r4", ANA, c.AddNote(f"Seen {SECRET}")),
        ("r5", SAM, c.AddNote("<@UANA> rolled back, see UANAX too")),
        ("r6", SAM, c.Cancel(f"Only a test of {SECRET}")),
    )
    for request, actor, command in story:
        await house.service.execute(command, actor, request, incident_id=it)
    return it


def only(seq: int) -> Change:
    """The change of one event."""
    return lambda row: bare(row) if row.seq == seq else None


async def rows(house: House, table: Any) -> list[Any]:
    async with house.ledger.reading() as connection:
        return list((await connection.execute(select(table))).all())


async def write(house: House, *statements: Any) -> None:
    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        for statement in statements:
            await connection.execute(statement)
        await connection.commit()


async def unguarded(house: House, *statements: Any) -> None:
    """Change the workspace's log the way somebody with the database's own key would."""
    guard = "DROP TRIGGER workspace_events_no_{}" if house.ledger.alone else "ALTER TABLE workspace_events DISABLE {}"
    names = ("update", "delete") if house.ledger.alone else ("TRIGGER workspace_events_append_only",)
    await write(house, *(text(guard.format(name)) for name in names), *statements)


async def test_a_text_is_gone_everywhere_and_the_rest_still_holds(
    house: House, incident_id: str, redactor: Redactor
) -> None:
    before = await house.check(incident_id)
    seq = next(row.seq for row in await rows(house, events) if row.type == "IncidentCancelled")

    await redactor.apply(incident_id, only(seq), by="UANA", reason="a card number")

    after = await house.check(incident_id)
    assert (after.status, after.status_reason) == (Status.CANCELLED, REDACTED)
    assert (after.closed_at, after.seq, after.roles) == (before.closed_at, before.seq, before.roles)
    assert f"Only a test of {SECRET}" not in str(await rows(house, events))
    assert (await house.audit.verify(incident_id)).redacted == 1
    said = (await rows(house, workspace_events))[0]
    assert (said.type, said.actor_id) == ("TextRedacted", "UANA")
    assert (json.loads(said.data)["seqs"], json.loads(said.data)["reason"]) == ([seq], "a card number")


async def test_names_in_a_list_go_and_the_figures_beside_them_stay(house: House, redactor: Redactor) -> None:
    it = (await house.service.execute(c.Declare("Checkout fails", severity="sev1"), ANA, "r1")).incident.id
    said = c.SetImpact(degraded=0.4, vips=("Ms Quill", "Mr Reed"), source="Ms Quill's desk")
    await house.service.execute(said, SAM, "r2", incident_id=it)
    (seq,) = [row.seq for row in await rows(house, events) if row.type == "ImpactSet"]
    await redactor.apply(it, only(seq), by="UANA", reason="customers by name")
    figures = (await house.check(it)).figures
    assert figures.degraded is not None
    assert figures.vips is not None
    assert (figures.degraded.value, figures.degraded.source, figures.vips.value) == (0.4, REDACTED, (REDACTED,))
    assert "Quill" not in str(await rows(house, events))
    assert (await house.audit.verify(it)).redacted == 1


async def test_a_declaration_can_lose_its_title_and_stays_an_incident(
    house: House, incident_id: str, redactor: Redactor
) -> None:
    await redactor.apply(incident_id, only(1), by="UANA", reason="x")
    after = await house.check(incident_id)
    assert (after.title, after.severity, after.number) == (REDACTED, "sev1", 1)


async def test_settled_effects_that_quote_a_text_go_with_it(house: House, incident_id: str, redactor: Redactor) -> None:
    await write(house, update(effects).values(status="done"))
    (cancelled,) = [row.seq for row in await rows(house, events) if row.type == "IncidentCancelled"]
    assert SECRET in str([row.data for row in await rows(house, effects)])
    await redactor.apply(incident_id, only(cancelled), by="UANA", reason="x")
    assert SECRET not in str([row.data for row in await rows(house, effects)])


async def test_what_is_still_to_be_posted_is_posted_without_the_text(
    house: House, incident_id: str, redactor: Redactor
) -> None:
    (cancelled,) = [row.seq for row in await rows(house, events) if row.type == "IncidentCancelled"]
    before = {row.id: row.status for row in await rows(house, effects)}
    assert SECRET in str([row.data for row in await rows(house, effects) if row.seq == cancelled])

    await redactor.apply(incident_id, only(cancelled), by="UANA", reason="x")

    after = await rows(house, effects)
    assert SECRET not in str([row.data for row in after])
    assert REDACTED in str([row.data for row in after if row.seq == cancelled])
    assert {row.id: row.status for row in after} == before, "each stream goes on as it would have"


@pytest.mark.parametrize("status", ["waiting", "sending", "done", "dead"])
async def test_a_text_is_found_in_an_effect_that_stands_under_another_event(
    house: House, incident_id: str, redactor: Redactor, status: str
) -> None:
    (cancelled,) = [row.seq for row in await rows(house, events) if row.type == "IncidentCancelled"]
    quoting = (effects.c.seq == cancelled, effects.c.type == "PostMessage")
    await write(house, update(effects).where(*quoting).values(status=status, seq=2))
    await redactor.apply(incident_id, only(cancelled), by="UANA", reason="x")
    assert SECRET not in str([row.data for row in await rows(house, effects) if row.type == "PostMessage"])


async def test_what_counts_a_persons_cards_and_what_told_them_go_with_the_name(
    house: House, incident_id: str, redactor: Redactor
) -> None:
    assert [row.name for row in await rows(house, counters) if row.name.endswith(":UANA")] == ["duties:commander:UANA"]
    await write(house, update(effects).where(effects.c.stream == "dm:UANA").values(status="done"))
    person = Person("UANA", "person-1")

    assert (await redactor.forget(incident_id, person, by="USAM", reason="asked for it")).over

    assert [row.name for row in await rows(house, counters)] == ["incident"]
    assert [row.id for row in await rows(house, effects) if row.status == "done"] == []


async def test_whether_an_incident_is_over_is_asked_when_nobody_can_change_it_any_more(
    house: House, redactor: Redactor
) -> None:
    it = (await house.service.execute(c.Declare("Checkout fails", severity="sev1"), SAM, "r1")).incident.id
    await house.service.execute(c.AssignRole("commander", "UANA", replace=True), ANA, "r2", incident_id=it)
    (found,) = await redactor.candidates(user="UANA")
    await house.service.execute(c.Cancel("a test"), SAM, "r3", incident_id=it)

    done = await redactor.forget(it, Person("UANA", "person-1"), by="USAM", reason="asked for it")

    assert (found.over, done.over) == (False, True)
    assert (await house.check(it)).commander == "person-1"
    assert "UANA" not in str([row.name for row in await rows(house, counters)])
    assert [verdict.problems async for verdict in house.audit.verify_all({})] == [(), ()]


async def test_what_a_person_wished_to_hear_of_goes_with_them(house: House, redactor: Redactor) -> None:
    async with house.ledger.transaction(seconds=30) as unit:
        for user, kind, name in (("UANA", Kind.EVERYTHING, ""), ("UANA", Kind.SERVICE, "checkout"), ("USAM", *ALL)):
            await unit.subscriptions.put(Subscription(user, kind, name), house.clock.now())
        await unit.commit()
    assert await redactor.subscribed("UANA") == 2
    assert await redactor.unsubscribe("UANA") == 2
    assert [row.user for row in await rows(house, subscriptions)] == ["USAM"]


async def test_two_who_redact_at_once_both_come_to_an_end(house: House, incident_id: str, redactor: Redactor) -> None:
    async with house.ledger.writing(seconds=30) as connection:
        another = TextRedacted("elsewhere", (1,), "", "x")
        await workspace_log.append(connection, "T1", another, by="USAM", at=house.clock.now())
        late = asyncio.create_task(redactor.apply(incident_id, only(1), by="UANA", reason="x"))
        await asyncio.wait({late}, timeout=0.5)
    assert await late == (1,)
    assert [row.seq for row in await rows(house, workspace_events)] == [1, 2]
    assert [verdict.problems async for verdict in house.audit.verify_all({})] == [(), ()]


async def test_the_name_of_the_room_goes_with_the_title(house: House, incident_id: str, redactor: Redactor) -> None:
    async with house.ledger.transaction(seconds=30) as unit:
        opened = c.RecordOutcome("k", f.OpenRoom(), f.RoomFacts("C1", "inc-1-checkout-fails"))
        await house.service.carry_out(unit, await unit.incident(incident_id), opened, FIREBELL, "o")
        await unit.commit()
    await redactor.apply(incident_id, unsaid, by="UANA", reason="x")
    room = (await house.check(incident_id)).room
    assert room is not None
    assert (room.channel, room.name) == ("C1", REDACTED)
    assert "checkout" not in str([row.data for row in await rows(house, events)]).lower()


async def test_what_is_not_there_cannot_be_taken_out(house: House, incident_id: str, redactor: Redactor) -> None:
    assert await redactor.apply(incident_id, only(99), by="UANA", reason="x") == ()
    with pytest.raises(NotFound):
        await redactor.apply("nowhere", only(1), by="UANA", reason="x")
    assert await rows(house, workspace_events) == []


async def test_a_person_is_taken_out_of_every_text_and_every_list(
    house: House, incident_id: str, redactor: Redactor
) -> None:
    changed = await redactor.apply(incident_id, Person("UANA", "person-1").traces, by="USAM", reason="asked for it")

    log = await rows(house, events)
    assert len(changed) >= 3
    assert [row.seq for row in log if "UANA" in row.data.replace("UANAX", "")] == []
    assert "person-1 rolled back, see UANAX too" in str([row.data for row in log])
    after = await house.check(incident_id)
    assert (after.commander, after.title, after.status_reason) == ("person-1", REDACTED, f"Only a test of {SECRET}")
    assert {row.user for row in await rows(house, people)} == {"UANA", "USAM", "person-1"}, "who declared is hashed"
    again = await redactor.apply(incident_id, Person("UANA", "person-2").traces, by="USAM", reason="again")
    assert again == ()


async def test_a_preview_says_what_would_go_and_changes_nothing(
    house: House, incident_id: str, redactor: Redactor
) -> None:
    before = await rows(house, events)
    person = Person("UANA", "person-1")
    (found,) = await redactor.candidates(user="UANA")
    assert (found.id, found.over, await redactor.candidates(user="UNOBODY")) == (incident_id, True, [])
    seqs = await redactor.preview(incident_id, person.traces)
    assert await rows(house, events) == before
    assert await redactor.apply(incident_id, person.traces, by="USAM", reason="x") == seqs


async def test_what_a_person_wrote_can_go_while_the_name_stays(
    house: House, incident_id: str, redactor: Redactor
) -> None:
    await redactor.apply(incident_id, Person("UANA", "person-1").text, by="USAM", reason="asked for it")
    after = await house.check(incident_id)
    assert (after.commander, after.title) == ("UANA", REDACTED)
    assert "<@UANA> rolled back" in str([row.data for row in await rows(house, events)])


async def test_text_can_be_taken_out_twice_without_breaking_the_proof(
    house: House, incident_id: str, redactor: Redactor
) -> None:
    await redactor.apply(incident_id, only(1), by="UANA", reason="x")
    await redactor.apply(incident_id, bare, by="UANA", reason="everything")
    await redactor.apply(incident_id, Person("USAM", "person-1").traces, by="UANA", reason="a person")
    verdict = await house.audit.verify(incident_id)
    assert (verdict.problems, verdict.redacted) == ((), verdict.head.seq)
    assert [row.seq for row in await rows(house, workspace_events)] == [1, 2, 3]


async def test_an_event_that_was_emptied_without_a_word_is_found(house: House, incident_id: str) -> None:
    await write(house, update(events).where(events.c.seq == 3).values(salt=None, data='{"user":"UEVE"}'))
    assert "redacted events" in str((await house.audit.verify(incident_id)).problems)


async def test_what_is_left_of_a_redacted_event_cannot_be_changed_unseen(
    house: House, incident_id: str, redactor: Redactor
) -> None:
    await redactor.apply(incident_id, only(1), by="UANA", reason="x")
    forged = (await rows(house, events))[0].data.replace("sev1", "sev4")
    await write(house, update(events).where(events.c.seq == 1).values(salt=None, data=forged))
    assert "redacted events" in str((await house.audit.verify(incident_id)).problems)


async def test_the_workspace_log_is_append_only_and_its_chain_is_checked(
    house: House, incident_id: str, redactor: Redactor
) -> None:
    for seq in (1, 4):
        await redactor.apply(incident_id, only(seq), by="UANA", reason="x")
    for statement in (update(workspace_events).values(actor_id="USAM"), delete(workspace_events)):
        with pytest.raises(DBAPIError, match="append-only"):
            await write(house, statement)
    assert [verdict.problems async for verdict in house.audit.verify_all({})] == [(), ()]
    last = (await rows(house, workspace_events))[-1]
    for kept, problems in (((2, last.hash), 0), ((3, last.hash), 1)):
        *_, workspace = [one async for one in house.audit.verify_all({WORKSPACE: Head(*kept)})]
        assert len(workspace.problems) == problems

    await unguarded(house, update(workspace_events).where(workspace_events.c.seq == 1).values(actor_id="USAM"))
    *_, workspace = [verdict async for verdict in house.audit.verify_all({})]
    assert workspace.problems == ("event 1 of the workspace's log: the chain is broken here",)

    await write(house, delete(workspace_events).where(workspace_events.c.seq == 1))
    *_, workspace = [verdict async for verdict in house.audit.verify_all({})]
    assert workspace.problems == ("event 1 of the workspace's log is missing",)


async def test_the_reason_of_a_merge_is_found_in_both_logs_whichever_is_named(house: House, redactor: Redactor) -> None:
    ids = [(await house.service.execute(c.Declare(f"Case {n}"), ANA, f"d{n}")).incident.id for n in (1, 2, 3)]
    relating = Relating(house.service)
    await relating.merge(ids[1], ids[0], f"Both saw {SECRET}", ANA, "m1")
    await relating.merge(ids[2], ids[0], f"This one as well: {SECRET}", ANA, "m2")
    await relating.unmerge(ids[1], f"No {SECRET} there", ANA, "u1")
    for here, others in ((0, [ids[1], ids[2]]), (1, [ids[0]])):
        assert [one.id for one, _ in await redactor.retold(ids[here])] == others
    merged = next(
        row.seq for row in await rows(house, events) if row.type == "IncidentMerged" and row.incident == ids[1]
    )
    for key, change in ((ids[1], only(merged)), *((one.id, how) for one, how in await redactor.retold(ids[1], merged))):
        await redactor.apply(key, change, by="UBEA", reason="asked for it")
    told = [row for row in await rows(house, events) if row.type.startswith("Incident") or row.type == "PartReleased"]
    said = [(row.type, json.loads(row.data)["reason"]) for row in told if row.type != "IncidentDeclared"]
    assert sorted(said) == [
        ("IncidentAbsorbed", f"This one as well: {SECRET}"),
        ("IncidentAbsorbed", REDACTED),
        ("IncidentMerged", f"This one as well: {SECRET}"),
        ("IncidentMerged", REDACTED),
        ("IncidentUnmerged", f"No {SECRET} there"),
        ("PartReleased", f"No {SECRET} there"),
    ]
    again = [await redactor.preview(one.id, how) for one, how in await redactor.retold(ids[1], merged)]
    assert again == [()]
