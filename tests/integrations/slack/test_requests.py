"""Which payloads are one request."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.slack.requests import request_id
from templates.actions import Value


def press(*, user: str = "UANA", ts: str = "1.1", action: str = "follow", seq: int = 7, **more: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "trigger_id": "t1",
        "user": {"id": user},
        "container": {"type": "message", "channel_id": "C1", "message_ts": ts},
        "actions": [{"type": "button", "action_id": action, "value": Value("01", seq).pack()}],
        **more,
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_mention"}}, "Ev1"),
        ({"command": "/incident", "text": "status", "trigger_id": "1.2.3"}, "1.2.3"),
        ({"type": "shortcut", "callback_id": "declare_incident", "trigger_id": "1.2.4"}, "1.2.4"),
        ({"type": "message_action", "callback_id": "add_to_timeline", "trigger_id": "1.2.5"}, "1.2.5"),
        ({"type": "view_submission", "view": {"id": "V1", "hash": "h"}, "trigger_id": "1.2.6"}, "V1"),
        ({"type": "url_verification", "challenge": "x"}, ""),
    ],
)
def test_a_request_is_named_by_what_slack_repeats(body: dict[str, Any], expected: str):
    assert request_id(body) == expected


def test_a_double_click_is_one_request_although_its_triggers_differ():
    assert request_id(press()) == request_id(press(trigger_id="t2"))


@pytest.mark.parametrize("change", [{"user": "UBEA"}, {"ts": "1.2"}, {"action": "unfollow"}, {"seq": 8}])
def test_another_person_place_control_or_state_is_another_request(change: dict[str, Any]):
    assert request_id(press(**change)) != request_id(press())


def test_a_press_says_who_where_when_which_and_at_what_state():
    assert request_id(press()).startswith("UANA:C1:1.1:follow:7:")


def test_the_chosen_option_of_a_menu_carries_the_seq():
    menu = {"type": "overflow", "action_id": "more", "selected_option": {"value": Value("01", 9).pack()}}
    assert request_id(press(actions=[menu])).startswith("UANA:C1:1.1:more:9:")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"value": Value("01", 7, {"effect": "a"}).pack()}, {"value": Value("01", 7, {"effect": "b"}).pack()}),
        (
            {"selected_option": {"value": Value("01", 7, {"do": "follow"}).pack()}},
            {"selected_option": {"value": Value("01", 7, {"do": "snooze"}).pack()}},
        ),
        ({"selected_user": "UANA"}, {"selected_user": "UBEA"}),
    ],
)
def test_two_choices_in_one_message_at_one_seq_are_two_requests(first: dict[str, Any], second: dict[str, Any]):
    def name(chosen: dict[str, Any]) -> str:
        return request_id(press(actions=[{"action_id": "more", **chosen}]))

    assert name(first) == name(dict(first)) != name(second)


def test_a_view_that_was_drawn_anew_takes_new_presses():
    def on_view(drawing: str) -> str:
        container = {"type": "view", "view_id": "V1"}
        return request_id(press(container=container, view={"id": "V1", "hash": drawing}))

    assert on_view("h1") == on_view("h1") != on_view("h2")


@pytest.mark.parametrize(
    "body",
    [{}, {"type": "block_actions"}, {"type": "block_actions", "actions": [{"value": 3}]}, {"type": "view_submission"}],
)
def test_a_payload_with_parts_missing_raises_nothing(body: dict[str, Any]):
    assert isinstance(request_id(body), str)
