"""Payloads that Slack does not send: refused at the door, or answered without harm."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.errors import UserError
from commands import forms
from sandbox.delivery import sign
from templates.actions import Shortcut, value_for
from tests.commands.kit import ALERTS, ANA, FrontDesk


@pytest.mark.parametrize("action", ["declare_title", "preview_update"])
async def test_an_input_outside_of_a_form_changes_nothing(desk: FrontDesk, action: str) -> None:
    payload = {
        "type": "block_actions",
        "user": {"id": ANA},
        "container": {"type": "message", "channel_id": ALERTS, "message_ts": "1.1"},
        "actions": [{"type": "plain_text_input", "action_id": action, "value": "x"}],
    }
    assert (await desk.send(payload))[0] == 200


async def test_a_section_that_there_is_none_of_opens_no_form(desk: FrontDesk) -> None:
    value = value_for(await desk.declared(), section="x" * 3_000).pack()
    payload = {
        "type": "block_actions",
        "user": {"id": ANA},
        "container": {"type": "message", "channel_id": ALERTS, "message_ts": "1.1"},
        "actions": [{"type": "button", "action_id": "edit_section", "value": value}],
    }
    assert (await desk.send(payload))[0] == 200
    assert (await desk.world())["calls"].get("views.open", 0) == 1, "what opened says that the section is gone"


@pytest.mark.parametrize(
    "change",
    [{"team": 7.5}, {"user": []}, {"actions": [[]]}, {"actions": None}, {"message": "x"}, {"view": {"id": 7}}],
)
async def test_a_payload_with_a_broken_frame_is_refused(desk: FrontDesk, change: dict[str, Any]) -> None:
    payload = {
        "type": "block_actions",
        "user": {"id": ANA},
        "container": {"type": "message", "channel_id": ALERTS, "message_ts": "1.1"},
        "actions": [{"type": "button", "action_id": "show_list", "value": ""}],
    }
    assert (await desk.send(payload))[0] == 200
    assert (await desk.send({**payload, **change}))[0] == 400


@pytest.mark.parametrize("ts", ["", "yesterday", "1.1.1", "-1.1", "1e9", "١٢.١", "1700000000"])
async def test_a_message_that_nobody_could_fetch_is_not_asked_for(desk: FrontDesk, ts: str) -> None:
    room = await desk.room()
    item = {"type": "message", "channel": room, "ts": ts}
    assert await desk.event("Ev1", type="reaction_added", user=ANA, reaction="pushpin", item=item) == 200
    shortcut = {
        "type": "message_action",
        "callback_id": Shortcut.ADD_TO_TIMELINE.value,
        "user": {"id": ANA},
        "trigger_id": "1.1",
        "channel": {"id": room},
        "message": {"ts": ts, "text": "x"},
    }
    assert (await desk.send(shortcut))[0] == (200 if ts else 400)
    assert desk.count("PinRequested") == 0


async def test_a_pushpin_on_nothing_is_just_a_reaction(desk: FrontDesk) -> None:
    item = {"type": "message", "ts": "1.1"}
    for kind in ("reaction_added", "reaction_removed"):
        assert await desk.event(f"Ev {kind}", type=kind, user=ANA, reaction="pushpin", item=item) == 200


async def test_a_change_of_somebody_who_is_not_described_changes_nothing(desk: FrontDesk) -> None:
    assert await desk.event("Ev1", type="user_change", user=ANA) == 200


async def test_half_a_character_is_refused_before_it_reaches_the_database(desk: FrontDesk) -> None:
    body = json.dumps({"type": "event_callback", "event_id": "Ev\ud800", "event": {"type": "app_mention"}}).encode()
    headers = {"Content-Type": "application/json", **sign(desk.local.signing_secret, body, None)}
    assert (await desk.knock(body, **headers))[0] == 400


async def test_what_an_app_says_without_being_anybody_is_refused(desk: FrontDesk) -> None:
    room = await desk.room()
    before = desk.count()
    mention = {"type": "app_mention", "channel": room, "ts": "1.1", "text": "resolve it is fine"}
    assert await desk.event("Ev1", **mention, subtype="bot_message", bot_id="B1") == 200
    assert await desk.event("Ev2", **mention, user={"name": "nobody"}) == 400
    assert desk.count() == before


@pytest.mark.parametrize("blocks", [None, "text", [], [7], [{"type": "input", "block_id": ""}], [{"type": "input"}]])
def test_a_refusal_stands_beside_an_input_even_where_the_form_names_none(blocks: Any) -> None:
    assert forms.first_input({"blocks": blocks}) == "text"
    assert forms.field_of(UserError("No.", code="no"), {"blocks": blocks}) == "text"
