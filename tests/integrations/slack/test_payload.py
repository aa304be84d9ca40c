"""A body is read as an encoded form or JSON, once, and is a payload or nothing."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.slack.payload import FIELDS_MOST, payload_of

FORM = "application/x-www-form-urlencoded"
COMMAND = {"command": "/incident", "user_id": "U1", "trigger_id": "1.1"}
PRESS = {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "a"}], "container": {"type": "view"}}


@given(st.text(st.characters(codec="utf-8")))
def test_what_somebody_typed_arrives_as_any_form_reader_reads_it(text: str) -> None:
    body = urlencode({**COMMAND, "text": text})
    assert payload_of(body, FORM) == {name: values[-1] for name, values in parse_qs(body, True).items()}


def test_what_was_not_escaped_arrives_as_it_is() -> None:
    body = "command=/incident&user_id=U1&trigger_id=1.1&text=a=b  c=3D_=\n é"
    assert payload_of(body, FORM) == {**COMMAND, "text": "a=b  c=3D_=\n é"}


def test_a_form_carries_its_payload_as_json() -> None:
    assert payload_of(urlencode({"payload": json.dumps(PRESS)}), FORM) == PRESS


@pytest.mark.parametrize(
    "body",
    [
        "",
        "payload",
        urlencode(COMMAND) + "&",
        urlencode(COMMAND) + "&text=%zz",
        urlencode(COMMAND) + "&text=%2",
        urlencode(COMMAND) + "&text=%ff",
        urlencode(COMMAND) + "&x=1" * FIELDS_MOST,
        "payload=" + "[" * 100_000,
        "payload=%22text%22",
    ],
)
def test_what_slack_never_sends_is_no_payload(body: str) -> None:
    assert payload_of(body, FORM) is None


def test_other_kinds_of_content_are_no_payload() -> None:
    assert payload_of(json.dumps(PRESS), "text/plain") is None
    assert payload_of(json.dumps(PRESS), "application/json") == PRESS


@pytest.mark.parametrize("odd", ["NaN", "-Infinity", "1e999", '"\\ud83d"', '"\\uD83D and on"'])
def test_what_no_database_can_keep_is_no_payload(odd: str) -> None:
    assert payload_of(json.dumps({**PRESS, "state": "@"}).replace('"@"', odd), "application/json") is None


@pytest.mark.parametrize("well", ["1.5", "-2e3", '"\\ud83d\\ude00"', '"1e999 NaN"'])
def test_what_any_database_can_keep_is_kept(well: str) -> None:
    body = json.dumps({**PRESS, "state": "@"}).replace('"@"', well)
    assert payload_of(body, "application/json") == {**PRESS, "state": json.loads(well)}
