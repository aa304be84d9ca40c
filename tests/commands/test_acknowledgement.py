"""Every request has a listener, and none is acknowledged before what it asks for is committed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest

from bot import faultpoints
from bot.errors import Busy
from commands.forms import FORMS
from sandbox.delivery import sign
from templates import answers
from templates.actions import Action, Form, Shortcut, value_for
from tests.commands.kit import ALERTS, ANA, BEA, JSON, FrontDesk
from tests.committing import lose_the_next_answer

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    faultpoints.install(None)


@contextmanager
def failing_at(point: str) -> Iterator[None]:
    """Have the process fail whenever it reaches a point."""

    def fail(name: str) -> None:
        if name == point:
            raise RuntimeError(f"failed at {name}")

    faultpoints.install(fail)
    yield
    faultpoints.install(None)


@contextmanager
def held(desk: FrontDesk) -> Iterator[None]:
    """Another program holds the database for longer than anybody waits."""
    with sqlite3.connect(desk.database, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def command(desk: FrontDesk, text: str) -> tuple[int, JSON]:
    """Deliver one and the same slash command."""
    sent = {"command": "/incident", "text": text, "user_id": ANA, "channel_id": ALERTS, "trigger_id": "7.7.7"}
    body = urlencode(sent).encode()
    return await desk.knock(body, **sign(desk.local.signing_secret, body, None))


def pressed(action: str, value: str = "") -> JSON:
    return {
        "type": "block_actions",
        "user": {"id": ANA},
        "container": {"type": "message", "channel_id": ALERTS, "message_ts": "1.1"},
        "actions": [{"type": "button", "action_id": action, "value": value}],
    }


def submitted(form: str, metadata: str = "{}", **values: str) -> JSON:
    state = {block: {"x": {"value": value}} for block, value in values.items()}
    blocks = [{"type": "input", "block_id": block} for block in values]
    view = {"id": "V77", "type": "modal", "callback_id": form, "private_metadata": metadata, "blocks": blocks}
    return {
        "type": "view_submission",
        "user": {"id": ANA},
        "trigger_id": "1.1",
        "view": {**view, "state": {"values": state}},
    }


def used(shortcut: str) -> JSON:
    message = {"type": "message", "ts": "1.1", "text": "x"}
    kind = "shortcut" if shortcut == Shortcut.DECLARE else "message_action"
    return {
        "type": kind,
        "callback_id": shortcut,
        "user": {"id": ANA},
        "trigger_id": "1.1",
        "channel": {"id": ALERTS},
        "message": message,
    }


@pytest.mark.parametrize("shape", [pressed, submitted, used])
async def test_whatever_firebell_draws_or_declares_has_a_listener(desk: FrontDesk, shape: Any) -> None:
    names: dict[Any, list[str]] = {pressed: list(Action), submitted: [*FORMS], used: list(Shortcut)}
    statuses = {name: (await desk.send(shape(str(name))))[0] for name in names[shape]}
    assert {name for name, status in statuses.items() if status != 200} == set()
    assert (await desk.send(shape("nobody_listens")))[0] == 404, "an unknown one would be noticed"


async def deliveries(desk: FrontDesk) -> dict[str, Any]:
    """Four ways to ask for something, each a request that can be delivered again."""
    room = await desk.room()
    incident = await desk.it()
    item = {"type": "message", "channel": room, "ts": "1.1"}
    value, note = (
        value_for(incident).pack(),
        submitted(Form.NOTE, value_for(incident).pack(), text="The cache was cold"),
    )

    async def reaction() -> tuple[int, JSON]:
        return await desk.event("Ev7", type="reaction_added", user=BEA, reaction="pushpin", item=item), {}

    async def mention() -> tuple[int, JSON]:
        said = {"channel": room, "user": BEA, "ts": "1.1", "text": "note Rolled back"}
        return await desk.event("Ev8", type="app_mention", **said), {}

    async def message() -> tuple[int, JSON]:
        said = {"channel": "D0DIRECT1", "user": BEA, "ts": "1.1", "text": "note #1 Rolled back"}
        return await desk.event("Ev9", type="message", channel_type="im", **said), {}

    return {
        "mention": mention,
        "message": message,
        "IncidentDeclared": lambda: command(desk, "declare sev3 search is slow"),
        "Followed": lambda: desk.send(pressed(Action.FOLLOW, value)),
        "NoteAdded": lambda: desk.send(note),
        "PinRequested": reaction,
    }


@pytest.mark.parametrize("point", [faultpoints.BEFORE_COMMIT, faultpoints.AFTER_COMMIT])
@pytest.mark.parametrize("asked", ["IncidentDeclared", "Followed", "NoteAdded", "PinRequested"])
async def test_what_fails_around_the_commit_is_not_acknowledged_and_comes_again_once(
    desk: FrontDesk, point: str, asked: str
) -> None:
    deliver = (await deliveries(desk))[asked]
    before = desk.count(asked)
    with failing_at(point):
        assert (await deliver())[0] == 500, "Slack delivers again what was not acknowledged"
    assert desk.count(asked) - before == (point == faultpoints.AFTER_COMMIT)
    for _ in range(2):
        assert (await deliver())[0] == 200
    assert desk.count(asked) - before == 1


async def test_a_busy_database_is_said_and_the_line_handed_back(desk: FrontDesk) -> None:
    room = await desk.room()
    with held(desk):
        answer = await desk.answers(BEA, room, "update Half of all payments fail")
    assert answer.startswith(answers.BUSY)
    assert "Half of all payments fail" in answer
    await desk.presses(BEA, await desk.last_answer(BEA), "reopen_input")
    assert "Half of all payments fail" in json.dumps(await desk.form(BEA))
    assert desk.count("UpdatePosted") == 0


async def test_a_busy_database_leaves_the_form_open_with_what_was_typed(desk: FrontDesk) -> None:
    room = await desk.room()
    await desk.types(BEA, room, "/incident note")
    view = await desk.form(BEA)
    with held(desk):
        answer = await desk.submits(BEA, view, text={"value": "The cache was cold"})
    assert answer["errors"] == {"text": answers.BUSY}
    assert (await desk.submits(BEA, view, text={"value": "The cache was cold"}))["ok"]
    assert desk.count("NoteAdded") == 1


@pytest.mark.parametrize(
    ("asked", "left"), [("PinRequested", "PinRequested"), ("mention", "NoteAdded"), ("message", "NoteAdded")]
)
async def test_an_event_that_finds_the_database_busy_comes_again(desk: FrontDesk, asked: str, left: str) -> None:
    deliver = (await deliveries(desk))[asked]
    with held(desk):
        assert (await deliver())[0] == 500
    for _ in range(2):
        assert (await deliver())[0] == 200
    assert desk.count(left) == 1


def lose_the_next_commit(desk: FrontDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """COMMIT is carried out, its answer is lost, and the inbox cannot be asked either."""

    async def away(request_id: str) -> None:
        raise Busy("the database is away")

    lose_the_next_answer(monkeypatch)
    desk.ledger.answer = away  # type: ignore[method-assign]


async def test_an_unknown_outcome_is_never_called_unchanged_and_hands_the_line_back(
    desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await desk.room()
    lose_the_next_commit(desk, monkeypatch)
    answer = await desk.answers(BEA, room, "note The cache was cold")
    assert answer.startswith(answers.OUTCOME_UNKNOWN)
    assert "Nothing changed" not in answer
    assert "note The cache was cold" in answer


async def test_a_form_of_unknown_outcome_may_be_submitted_again(
    desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await desk.room()
    await desk.types(BEA, room, "/incident note")
    view = await desk.form(BEA)
    lose_the_next_commit(desk, monkeypatch)
    answer = await desk.submits(BEA, view, text={"value": "The cache was cold"})
    assert answer["errors"] == {"text": answers.FORM_OUTCOME_UNKNOWN}
    assert (await desk.submits(BEA, view, text={"value": "The cache was cold"}))["ok"]
    assert desk.count("NoteAdded") == 1
