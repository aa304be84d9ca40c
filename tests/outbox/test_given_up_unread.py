"""What nobody can read does not hold its place for ever, and what an older release cannot read it does not hold up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain.unread import STEPS, Unread
from bot.outbox import Outbox
from bot.rows import UNREADABLE
from bot.store.engine import db_now
from bot.store.tables import effects
from tests.conftest import House
from tests.fakes import FakeChat, FakeClock
from tests.outbox.conftest import ANA, QUICK, declare, rows, work_until_settled
from tests.outbox.test_unreadable import make_unreadable, write

HOUR = 3_600_000_000
FROM_A_NEWER_ONE = '{"broadcast":false,"notice":{"@":"Sung"},"place":"room","slot":""}'


class Process(FakeClock):
    """The clock of one process whose hours the test makes pass; nothing else in the house grows older by them."""

    passed = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.passed


@pytest.fixture
def process() -> Process:
    return Process()


@pytest.fixture
def outbox(make_outbox: Callable[..., Outbox], chat: FakeChat, process: Process) -> Outbox:
    return make_outbox(chat.performer(call_timeout=0.1), clock=process)


async def meet(house: House, outbox: Outbox, key: str) -> None:
    """Let the outbox look at a row once more, as it does every ten seconds."""
    await change(house, key, not_before=db_now())
    await outbox.work_off()


async def pass_hours(house: House, outbox: Outbox, process: Process, key: str, hours: float) -> None:
    """Let a process run for so long, and meet the row every half an hour, at last when it is over."""
    for _ in range(round(hours * 2)):
        process.passed += 1800
        await meet(house, outbox, key)


async def change(house: House, key: str, **values: Any) -> None:
    await write(house, update(effects).where(effects.c.id == key).values(**values))


async def one(house: House, key: str) -> Any:
    return next(row for row in await rows(house) if row.id == key)


async def settled_incident(house: House, outbox: Outbox) -> str:
    incident_id = await declare(house)
    await work_until_settled(house, outbox)
    return incident_id


async def said(house: House, incident_id: str, severity: str) -> Any:
    """Change the severity, and return the row of what the room is to hear of it."""
    before = {row.id for row in await rows(house)}
    await house.service.execute(c.ChangeSeverity(severity, "so it is"), ANA, severity, incident_id=incident_id)
    return next(row for row in await rows(house, "PostMessage") if row.id not in before and row.stream == f.ROOM)


@pytest.mark.parametrize("data", [FROM_A_NEWER_ONE, "{damaged"], ids=["something inside", "damaged"])
async def test_what_nobody_could_read_for_six_hours_makes_way_and_is_sent_when_a_retry_finds_it_readable(
    house: House, outbox: Outbox, chat: FakeChat, process: Process, data: str
) -> None:
    incident_id = await settled_incident(house, outbox)
    unread, later = await said(house, incident_id, "sev2"), await said(house, incident_id, "sev3")

    await change(house, unread.id, data=data)
    await outbox.work_off()
    await pass_hours(house, outbox, process, unread.id, 5.5)
    assert [(await one(house, row.id)).status for row in (unread, later)] == ["pending", "pending"]

    await pass_hours(house, outbox, process, unread.id, 0.5)
    given_up = await one(house, unread.id)
    assert (given_up.status, given_up.last_reason) == ("dead", UNREADABLE)
    assert (await one(house, later.id)).status == "done"
    [failed] = [one.event for one in await house.queries.log(incident_id) if isinstance(one.event, e.EffectFailed)]
    assert (failed.effect_id, failed.what, failed.reason, failed.step) == (unread.id, "PostMessage", UNREADABLE, "")
    assert "Press Retry once the release" in failed.detail
    lateness = await house.queries.lateness(house.clock.now())
    assert (lateness.unreadable, lateness.given_up_unread) == (0, 1)

    await house.service.execute(c.RetryEffect(unread.id), ANA, "too early", incident_id=incident_id)
    await outbox.work_off()
    await pass_hours(house, outbox, process, unread.id, 5.5)
    assert (await one(house, unread.id)).status == "pending", "six more hours, since somebody asked for it"
    assert (await house.queries.lateness(house.clock.now())).unreadable == 1

    await change(house, unread.id, data=unread.data, not_before=db_now())
    await work_until_settled(house, outbox)
    assert (await one(house, unread.id)).status == "done"
    assert sum(message.key == unread.id for message in chat.messages) == 1


async def test_age_alone_gives_nothing_up(house: House, outbox: Outbox, process: Process) -> None:
    """Everything was down, or its stream held up, or the database's clock set: this process may be the first there."""
    incident_id = await settled_incident(house, outbox)
    unread = await said(house, incident_id, "sev2")
    old = {"created_at": db_now() - 7 * HOUR, "not_before": db_now() - 7 * HOUR}
    await change(house, unread.id, data=FROM_A_NEWER_ONE, last_reason=UNREADABLE, **old)

    await outbox.work_off()
    await pass_hours(house, outbox, process, unread.id, 5.5)
    assert (await one(house, unread.id)).status == "pending"

    await pass_hours(house, outbox, process, unread.id, 0.5)
    assert (await one(house, unread.id)).status == "dead"


async def test_another_process_counts_for_itself(
    house: House, outbox: Outbox, make_outbox: Callable[..., Outbox], chat: FakeChat, process: Process
) -> None:
    incident_id = await settled_incident(house, outbox)
    unread = await said(house, incident_id, "sev2")
    await change(house, unread.id, data=FROM_A_NEWER_ONE)
    await outbox.work_off()
    await pass_hours(house, outbox, process, unread.id, 5.5)
    process.passed += 1800

    await meet(house, make_outbox(chat.performer(call_timeout=0.1), clock=process), unread.id)

    assert (await one(house, unread.id)).status == "pending"


async def test_what_was_not_met_for_long_is_met_anew(house: House, outbox: Outbox, process: Process) -> None:
    incident_id = await settled_incident(house, outbox)
    unread = await said(house, incident_id, "sev2")
    await change(house, unread.id, data=FROM_A_NEWER_ONE)
    await outbox.work_off()

    process.passed += 7 * 3600  # the database was away, or this process stood still
    await meet(house, outbox, unread.id)

    assert (await one(house, unread.id)).status == "pending"


async def test_what_somebody_read_meanwhile_is_met_anew(house: House, outbox: Outbox, process: Process) -> None:
    incident_id = await settled_incident(house, outbox)
    unread = await said(house, incident_id, "sev2")
    await change(house, unread.id, data=FROM_A_NEWER_ONE)
    await outbox.work_off()
    await pass_hours(house, outbox, process, unread.id, 5.5)

    await change(house, unread.id, last_reason="rate_limited")
    await pass_hours(house, outbox, process, unread.id, 0.5)

    assert (await one(house, unread.id)).status == "pending"


async def test_a_set_up_step_that_nobody_can_read_is_shown_as_failed(
    house: House, outbox: Outbox, process: Process
) -> None:
    incident_id = await declare(house)
    [opening] = await rows(house, "OpenRoom")
    await change(house, opening.id, data='{"shape":"round"}')

    await outbox.work_off()
    await pass_hours(house, outbox, process, opening.id, 6)

    incident = await house.queries.by_id(incident_id)
    assert incident is not None
    [step] = [step for step in incident.setup if step.name == "channel"]
    assert (step.state, step.effect_id) == ("failed", opening.id)
    assert (await house.audit.verify(incident_id)).problems == ()


async def test_it_is_kept_while_the_log_it_would_be_told_in_cannot_be_read(
    house: House, make_outbox: Callable[..., Outbox], chat: FakeChat, process: Process
) -> None:
    # What else waits in that incident is put off for long, so that each look ends.
    patient = replace(QUICK, backoff_most=60.0)
    outbox = make_outbox(chat.performer(call_timeout=0.1), patient, clock=process)
    incident_id = await settled_incident(house, outbox)
    unread = await said(house, incident_id, "sev2")
    await change(house, unread.id, data=FROM_A_NEWER_ONE)
    await outbox.work_off()
    await pass_hours(house, outbox, process, unread.id, 5.5)
    await make_unreadable(house, incident_id)

    await pass_hours(house, outbox, process, unread.id, 1)

    assert (await one(house, unread.id)).status == "pending"


@pytest.mark.parametrize("becomes", [{"type": "SingSong"}, {"version": 99}], ids=["kind", "version"])
async def test_what_waits_for_the_room_and_only_a_newer_release_reads_is_let_go_to_it(
    house: House, outbox: Outbox, chat: FakeChat, becomes: dict[str, Any]
) -> None:
    await declare(house)
    [topic] = await rows(house, "SetTopic")
    assert topic.status == "waiting"
    await change(house, topic.id, **becomes)

    await outbox.work_off()
    let_go = await one(house, topic.id)
    assert (let_go.status, let_go.last_reason, let_go.attempts) == ("pending", UNREADABLE, 0)
    assert all(row.status == "done" for row in await rows(house) if row.id != topic.id), "the others go on"

    await change(house, topic.id, type=topic.type, version=topic.version)
    await work_until_settled(house, outbox)
    assert (await one(house, topic.id)).status == "done"
    assert [what for key, what in chat.calls if key == topic.id] == ["SetTopic"]


async def test_what_was_let_go_before_its_time_waits_again_at_who_can_read_it(
    house: House, outbox: Outbox, chat: FakeChat
) -> None:
    await declare(house)
    [topic] = await rows(house, "SetTopic")
    await change(house, topic.id, status="pending", last_reason=UNREADABLE)

    await work_until_settled(house, outbox)

    done = await one(house, topic.id)
    assert (done.status, done.attempts) == ("done", 1)
    whats = [what for _, what in chat.calls]
    assert whats.index("PostCard") < whats.index("SetTopic")


def test_the_steps_of_what_cannot_be_read_are_those_of_what_can() -> None:
    samples = (
        *(f.OpenRoom(), f.PostCard(f.CARD), f.PostCard(f.SUMMARY_CARD), f.InviteToRoom(step="invite"), f.SetTopic()),
        *(f.PinCard(), f.AddBookmark("call")),
    )
    ways = {type(effect).__name__ + f.route(effect).stream: f.route(effect).step for effect in samples}
    assert {what + stream: step for (what, stream), step in STEPS.items()} == ways
    assert [Unread(type(one).__name__, f.route(one).stream).page for one in (f.PageOnCall(3), f.SetTopic())] == [
        3,
        None,
    ]
