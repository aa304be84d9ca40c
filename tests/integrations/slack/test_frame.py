"""A payload whose frame is broken is refused as a whole; what Slack itself sends passes."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.slack.frame import is_sound

COMMAND = {"command": "/incident", "text": "", "user_id": "U1", "channel_id": "C1", "trigger_id": "1.1"}
PRESS: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U1", "team_id": "T1"},
    "container": {"type": "message", "channel_id": "C1", "message_ts": "1.1"},
    "channel": {"id": "C1"},
    "message": {"ts": "1.1", "text": "x", "blocks": [{"type": "section"}]},
    "actions": [{"type": "button", "action_id": "follow", "block_id": "b", "value": "{}"}],
    "enterprise": None,
}
SENT: dict[str, Any] = {
    "type": "view_submission",
    "user": {"id": "U1"},
    "view": {"id": "V1", "type": "modal", "callback_id": "note", "blocks": [], "state": {"values": {}}},
}
SHORTCUT = {"type": "shortcut", "callback_id": "declare_incident", "trigger_id": "1.1", "user": {"id": "U1"}}
EVENT: dict[str, Any] = {
    "type": "event_callback",
    "event_id": "Ev1",
    "event": {"type": "reaction_added", "user": "U1", "item": {"type": "message", "channel": "C1", "ts": "1.1"}},
    "authorizations": [{"team_id": "T1", "is_bot": True}],
}


@pytest.mark.parametrize(
    "payload", [COMMAND, PRESS, SENT, SHORTCUT, EVENT, {"type": "url_verification"}, {"ssl_check": "1"}]
)
def test_what_slack_sends_is_sound(payload: dict[str, Any]) -> None:
    assert is_sound(payload)


@pytest.mark.parametrize(
    ("payload", "change"),
    [
        (COMMAND, {"user_id": ""}),
        (COMMAND, {"command": None}),
        (SENT, {"type": None}),
        (PRESS, {"user": "U1"}),
        (PRESS, {"user": {"name": "ana"}}),
        (PRESS, {"team": 7.0}),
        (PRESS, {"actions": []}),
        (PRESS, {"actions": [None]}),
        (PRESS, {"actions": [{"type": "button"}]}),
        (PRESS, {"actions": [PRESS["actions"][0], {"type": "button"}]}),
        (PRESS, {"message": {"blocks": [7]}}),
        (PRESS, {"view": {"type": "home"}}),
        (SENT, {"view": []}),
        (SENT, {"view": {"id": "V1"}}),
        (SENT, {"view": {"id": "V1", "callback_id": "note"}}),
        (EVENT, {"event": {"type": {}}}),
        (EVENT, {"event": {"type": "reaction_added", "item": "C1"}}),
        (EVENT, {"authorizations": [None]}),
        (PRESS, {"event": None}),
        (EVENT, {"event_id": None}),
    ],
)
def test_a_part_that_is_missing_or_of_another_kind_breaks_the_frame(
    payload: dict[str, Any], change: dict[str, Any]
) -> None:
    assert not is_sound({**payload, **change})


@pytest.mark.parametrize("odd", ["half \ud800", float("nan"), float("inf")])
def test_what_no_database_can_write_down_breaks_the_frame(odd: object) -> None:
    assert not is_sound({**SENT, "view": {**SENT["view"], "state": {"values": {"text": {"x": {"value": odd}}}}}})


@pytest.mark.parametrize("state", [None, {}, {"values": None}, {"values": {"title": 7}}])
def test_what_people_filled_in_is_no_part_of_the_frame(state: object) -> None:
    assert is_sound({**SENT, "view": {**SENT["view"], "state": state}})
