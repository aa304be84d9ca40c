"""The outbox on both databases: order, retry, reconciliation, pacing, expansion, and what becomes visible."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain.model import Actor, StepState
from bot.errors import IntegrationError, LeaseLost, Reason
from bot.outbox import Outbox
from bot.outbox.desk import EffectDesk
from bot.ports import Desk, Performer, View
from bot.rows import Claimed
from bot.store.engine import WRITES
from bot.store.tables import effects
from tests.conftest import House
from tests.fakes import FakeChat, counts
from tests.outbox.conftest import ANA, QUICK, declare, rows, until, work_until_settled


async def test_a_declared_incident_gets_its_room_then_its_card_then_everything_else(
    house: House, outbox: Outbox, chat: FakeChat
) -> None:
    incident_id = await declare(house)
    await work_until_settled(house, outbox)

    incident = await house.check(incident_id)
    assert incident.room is not None
    assert incident.room.channel == "C1"
    assert incident.setup_finished
    called = [what for _, what in chat.calls]
    assert called.index("OpenRoom") < called.index("PostCard")
    assert called.index("PostCard") < called.index("SetTopic")
    assert set(counts(chat.sent()).values()) == {1}
    assert all(key.startswith(f"{incident_id}:") and key.endswith(":chat") for key in chat.sent())


async def test_an_effect_that_needs_the_room_waits_without_being_tried(
    house: House, outbox: Outbox, chat: FakeChat
) -> None:
    incident_id = await declare(house)
    chat.failures["OpenRoom"] = [IntegrationError(Reason.CLIENT, "restricted_action")]
    await outbox.work_off()

    card = next(row for row in await rows(house, "PostCard") if "summary" not in row.data)
    assert (card.status, card.attempts) == ("waiting", 0)
    assert (await house.check(incident_id)).room is None


async def test_a_passing_failure_is_retried_in_order(house: House, outbox: Outbox, chat: FakeChat) -> None:
    incident_id = await declare(house)
    await work_until_settled(house, outbox)
    chat.failures["PostMessage"] = [IntegrationError(Reason.UNREACHABLE, "no route")]
    for severity in ("sev2", "sev1"):
        command = c.ChangeSeverity(severity, "as measured")
        await house.service.execute(command, ANA, f"to {severity}", incident_id=incident_id)

    await work_until_settled(house, outbox)

    said = [posted.key for posted in chat.messages if posted.what == "PostMessage" and posted.channel == "C1"]
    assert said == sorted(said, key=lambda key: int(key.split(":")[1]))
    assert len(said) == 4, "two in the room, two in the summary card's thread"


@pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.SERVER, Reason.UNKNOWN_OUTCOME])
async def test_after_an_unknown_outcome_the_chat_is_asked_before_anything_is_sent_again(
    house: House, outbox: Outbox, chat: FakeChat, reason: Reason
) -> None:
    chat.failures["PostCard"] = [IntegrationError(reason, "answer lost")]
    chat.lost = {"PostCard"}
    await declare(house)

    await work_until_settled(house, outbox)

    assert set(counts(chat.sent("PostCard")).values()) == {1}
    assert "reconcile PostCard" in [what for _, what in chat.calls]


async def test_after_an_unknown_outcome_that_was_a_failure_the_effect_is_sent(
    house: House, outbox: Outbox, chat: FakeChat
) -> None:
    chat.failures["PostCard"] = [IntegrationError(Reason.SERVER, "500")]
    await declare(house)

    await work_until_settled(house, outbox)

    assert len(chat.sent("PostCard")) == 2, "the room's card and the summary card"


async def test_a_call_that_does_not_answer_in_time_counts_as_unknown(
    house: House, make_outbox: Callable[..., Outbox], chat: FakeChat
) -> None:
    chat.delay = 0.3
    await declare(house)
    outbox = make_outbox(chat.performer(call_timeout=0.05), replace(QUICK, grace=60.0))

    await outbox.work_off()

    opened = (await rows(house, "OpenRoom"))[0]
    assert (opened.status, opened.last_reason, opened.outcome_unknown) == ("pending", "timeout", True)


async def test_an_error_nobody_foresaw_counts_as_unknown_and_ends_no_loop(
    house: House, make_outbox: Callable[..., Outbox]
) -> None:
    async def broken(effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        raise ZeroDivisionError

    await declare(house)
    await make_outbox(Performer("chat", {"OpenRoom": broken})).work_off()

    opened = (await rows(house, "OpenRoom"))[0]
    assert (opened.last_reason, opened.last_detail) == ("unknown_outcome", "ZeroDivisionError")


async def test_a_dead_effect_is_an_event_and_blocks_nothing_behind_it(
    house: House, outbox: Outbox, chat: FakeChat
) -> None:
    chat.failures["InviteToRoom"] = [IntegrationError(Reason.CLIENT, "user_not_found")]
    incident_id = await declare(house)
    await work_until_settled(house, outbox)

    incident = await house.check(incident_id)
    failed = next(step for step in incident.setup if step.state is StepState.FAILED)
    assert (failed.name, failed.error) == ("invite", "user_not_found")
    log = await house.queries.log(incident_id)
    assert [item.event.reason for item in log if isinstance(item.event, e.EffectFailed)] == ["client"]
    assert [failure["detail"] for failure in await house.queries.failures()] == ["user_not_found"]
    command = c.AssignRole("communications", "USAM")
    await house.service.execute(command, ANA, "r2", incident_id=incident_id)
    await work_until_settled(house, outbox)
    assert [row.status for row in await rows(house, "InviteToRoom")] == ["dead", "done"]


async def test_retry_revives_a_dead_effect(house: House, outbox: Outbox, chat: FakeChat) -> None:
    chat.failures["InviteToRoom"] = [IntegrationError(Reason.CLIENT, "user_not_found")]
    incident_id = await declare(house)
    await work_until_settled(house, outbox)
    dead = (await rows(house, "InviteToRoom"))[0].id

    await house.service.execute(c.RetryEffect(dead), ANA, "again", incident_id=incident_id)
    await work_until_settled(house, outbox)

    incident = await house.check(incident_id)
    assert incident.setup_finished
    assert incident.failures == {}


async def test_a_revived_effect_waits_for_the_one_that_is_being_sent(
    house: House, outbox: Outbox, chat: FakeChat
) -> None:
    chat.failures["PostMessage"] = [IntegrationError(Reason.CLIENT, "msg_too_long")]
    incident_id = await declare(house)
    await work_until_settled(house, outbox)
    await house.service.execute(c.ChangeSeverity("sev2", "less"), ANA, "a", incident_id=incident_id)
    await work_until_settled(house, outbox)
    dead = next(row for row in await rows(house, "PostMessage") if row.status == "dead")
    await house.service.execute(c.ChangeSeverity("sev1"), ANA, "b", incident_id=incident_id)
    async with house.ledger.transaction(seconds=30) as unit:
        while await unit.effects.claim({"chat": 30.0}, "a slow worker"):
            pass
        await unit.commit()

    await house.service.execute(c.RetryEffect(dead.id), ANA, "c", incident_id=incident_id)
    await outbox.work_off()

    states = {row.id: row.status for row in await rows(house, "PostMessage")}
    assert states[dead.id] == "pending", "its stream is busy with a later one"
    assert "sending" in states.values()


async def test_an_effect_is_given_up_after_its_last_attempt(house: House, outbox: Outbox, chat: FakeChat) -> None:
    chat.failures["SetTopic"] = [IntegrationError(Reason.UNREACHABLE, "no route")] * QUICK.attempts
    await declare(house)
    await work_until_settled(house, outbox)

    topic = (await rows(house, "SetTopic"))[0]
    assert (topic.status, topic.attempts) == ("dead", QUICK.attempts)


async def test_a_rate_limit_moves_the_bucket_and_is_not_counted(house: House, outbox: Outbox, chat: FakeChat) -> None:
    chat.pace = 0.001
    chat.failures["PinCard"] = [IntegrationError(Reason.RATE_LIMITED, "slow down", retry_after=0.05)] * 5
    await declare(house)
    await work_until_settled(house, outbox)

    pin = (await rows(house, "PinCard"))[0]
    assert (pin.status, pin.attempts) == ("done", 1)


async def test_a_bucket_that_is_empty_for_long_gives_the_effect_back_uncounted(
    house: House, make_outbox: Callable[..., Outbox], chat: FakeChat
) -> None:
    chat.pace = 60.0
    await declare(house)
    outbox = make_outbox(chat.performer())
    await outbox.work_off()

    cards = await rows(house, "PostCard")
    assert sorted((row.status, row.attempts) for row in cards) == [("done", 1), ("pending", 0)]
    assert len(chat.sent("PostCard")) == 1


async def test_two_edits_of_a_card_that_nobody_has_sent_yet_are_one(
    house: House, outbox: Outbox, chat: FakeChat
) -> None:
    incident_id = await declare(house)
    await work_until_settled(house, outbox)
    edits = len(chat.sent("RefreshCard"))
    for n in range(5):
        await house.service.execute(c.EditDetails(impact=f"{n} %"), ANA, f"e{n}", incident_id=incident_id)
    assert len([row for row in await rows(house, "RefreshCard") if row.status == "pending"]) == 2

    await work_until_settled(house, outbox)

    assert len(chat.sent("RefreshCard")) - edits == 2, "one of each card"


async def test_an_audience_becomes_one_message_for_each_person_once(
    house: House, outbox: Outbox, chat: FakeChat
) -> None:
    incident_id = await declare(house)
    for user in ("UBEN", "UCLEO"):
        await house.service.execute(c.Follow(), Actor(user), f"follow {user}", incident_id=incident_id)
    await work_until_settled(house, outbox)
    before = len(chat.sent("DirectMessage"))

    await house.service.execute(c.PostUpdate("Half are back"), ANA, "u1", incident_id=incident_id)
    await work_until_settled(house, outbox)

    told = [posted for posted in chat.messages if posted.what == "DirectMessage"][before:]
    assert sorted(posted.channel for posted in told) == ["DUBEN", "DUCLEO"]
    assert all(posted.key.endswith((":chat:UBEN", ":chat:UCLEO")) for posted in told)
    incident = await house.check(incident_id)
    assert {"update:1:UBEN", "update:1:UCLEO"} <= set(incident.messages)


async def test_the_worse_incident_goes_first(house: House, outbox: Outbox, chat: FakeChat) -> None:
    mild = await declare(house, "a", severity="sev4")
    bad = await declare(house, "b", severity="sev1")
    await outbox.work_off()

    opened = [key.split(":")[0] for key, what in chat.calls if what == "OpenRoom"]
    assert opened == [bad, mild]


async def test_what_a_dead_worker_left_is_taken_back_and_looked_into(
    house: House, outbox: Outbox, chat: FakeChat
) -> None:
    incident_id = await declare(house)
    async with house.ledger.transaction(seconds=30) as unit:
        [claimed] = await unit.effects.claim({"chat": 0.05}, "a worker that died")
        await unit.commit()
    assert claimed is not None
    chat.rooms[incident_id] = "C1"

    async def swept() -> bool:
        async with house.ledger.transaction(seconds=30) as unit:
            found = await outbox.leases.sweep(unit)
            await unit.commit()
        return found == 1

    await until(swept)
    await work_until_settled(house, outbox)

    calls = [what for key, what in chat.calls if key == claimed.key]
    assert calls == ["reconcile OpenRoom"], "it had been carried out, so it was not sent again"


async def test_a_worker_that_lost_its_lease_settles_nothing(house: House, make_outbox: Callable[..., Outbox]) -> None:
    async def slow(effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        async with house.ledger.engine.connect() as plain:
            connection = await plain.execution_options(**WRITES)
            await connection.execute(update(effects).where(effects.c.id == view.key).values(lease_token="another"))
            await connection.commit()
        with pytest.raises(LeaseLost):
            await desk.checkpoint({"step": "1"})
        with pytest.raises(LeaseLost):
            await desk.pace("method:x", 0.001)
        return f.RoomFacts("C9", "room")

    incident_id = await declare(house)
    await make_outbox(Performer("chat", {"OpenRoom": slow})).work_off()

    opened = (await rows(house, "OpenRoom"))[0]
    assert (opened.status, opened.lease_token) == ("sending", "another")
    assert (await house.check(incident_id)).room is None


async def test_a_longer_effect_goes_on_where_it_was(house: House, make_outbox: Callable[..., Outbox]) -> None:
    seen: list[dict[str, str]] = []

    async def stepped(effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        seen.append(dict(view.progress))
        if not view.progress:
            await desk.checkpoint({"file": "F1"})
            raise IntegrationError(Reason.UNREACHABLE, "cut off")
        return f.RoomFacts("C1", "room")

    await declare(house)
    outbox = make_outbox(Performer("chat", {"OpenRoom": stepped}))

    async def opened() -> bool:
        await outbox.work_off()
        return (await rows(house, "OpenRoom"))[0].status == "done"

    await until(opened)
    assert seen == [{}, {"file": "F1"}]


async def test_the_desk_keeps_bytes_and_knows_the_rooms_of_others(house: House, outbox: Outbox) -> None:
    await declare(house, "a")
    second = await declare(house, "b")
    await work_until_settled(house, outbox)
    claimed = Claimed(f"{second}:1:0:chat", second, f.OpenRoom(), "token", 1)
    desk = EffectDesk(house.ledger, house.queries, house.clock, claimed, since=0.0, call_timeout=1.0, habits=QUICK)

    digest = await desk.store_blob(b"\x00panel", "application/json")

    assert await desk.blob(digest) == b"\x00panel"
    assert await desk.store_blob(b"\x00panel", "application/json") == digest
    assert await desk.claimed_by_other("C1")
    assert not await desk.claimed_by_other("C2")


async def test_running_it_wakes_at_once_after_a_commit_and_stops_when_told(
    house: House, make_outbox: Callable[..., Outbox], chat: FakeChat
) -> None:
    outbox = make_outbox(chat.performer(call_timeout=1.0), replace(QUICK, heartbeat=30.0))
    running = asyncio.create_task(outbox.run())
    await asyncio.sleep(0.05)

    await declare(house)

    async def settled() -> bool:
        return bool(chat.messages) and all(row.status == "done" for row in await rows(house))

    await until(settled)
    outbox.stop(within=5.0)
    await asyncio.wait_for(running, 5.0)
    assert set(counts(chat.sent()).values()) == {1}


async def test_streams_run_at_the_same_time(house: House, make_outbox: Callable[..., Outbox], chat: FakeChat) -> None:
    chat.delay = 0.05
    outbox = make_outbox(chat.performer(call_timeout=2.0))
    for n in range(3):
        await declare(house, f"r{n}")
    running = asyncio.create_task(outbox.run())

    async def done() -> bool:
        return all(row.status == "done" for row in await rows(house))

    await until(done, within=20)
    outbox.stop(within=5.0)
    await running
    assert 3 <= chat.busiest <= QUICK.concurrency
    assert set(counts(chat.sent()).values()) == {1}
