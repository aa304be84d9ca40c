"""The demo's workspace: everything it names exists, and Slack would take every message."""

from __future__ import annotations

import json
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sandbox.blockkit import validate_message
from sandbox.outage import SERVICES, Scenario, value
from sandbox.seed import demo_seed


@pytest.fixture
def seed() -> dict[str, Any]:
    return demo_seed()


def ids(rows: list[dict[str, Any]]) -> set[str]:
    return {row["id"] for row in rows}


def test_the_seed_is_json_and_the_same_each_time(seed: dict[str, Any]) -> None:
    assert json.loads(json.dumps(seed)) == demo_seed()


def test_people_live_in_many_time_zones_and_have_initials(seed: dict[str, Any]) -> None:
    people = seed["users"]
    assert len({ZoneInfo(person["tz"]).key for person in people}) >= 6
    assert {person["avatar"] for person in people} >= {"AR", "SO"}
    assert all(re.fullmatch(r"[0-9a-f]{6}", person["color"]) for person in people)
    assert [person["name"] for person in people if person["guest"]] == ["tomas"]


def test_ids_are_unique_and_look_like_slacks(seed: dict[str, Any]) -> None:
    for kind, letter in (("users", "U"), ("usergroups", "S"), ("channels", "C")):
        names = [row["id"] for row in seed[kind]]
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(letter + r"[A-Z0-9]{9}", name) for name in names)


def test_groups_and_channels_hold_known_people(seed: dict[str, Any]) -> None:
    people = ids(seed["users"])
    assert all(set(group["users"]) <= people for group in seed["usergroups"])
    assert all({*channel["members"], channel["creator"]} <= people for channel in seed["channels"])
    assert {"responders", "checkout-oncall", "ml-oncall", "support-leads"} <= {g["handle"] for g in seed["usergroups"]}


def test_every_message_lies_in_the_past_of_a_known_channel(seed: dict[str, Any]) -> None:
    members = {channel["id"]: set(channel["members"]) for channel in seed["channels"]}
    for message in seed["messages"]:
        assert message["at"] < 0
        assert ("user" in message) != ("bot_name" in message)
        assert message.get("user") is None or message["user"] in members[message["channel"]]


def test_a_reply_comes_after_the_message_that_it_answers(seed: dict[str, Any]) -> None:
    moments = [(message["channel"], message["at"]) for message in seed["messages"]]
    assert len(set(moments)) == len(moments)
    replies = [message for message in seed["messages"] if "thread_of" in message]
    assert replies
    assert all((reply["channel"], reply["thread_of"]) in moments for reply in replies)
    assert all(reply["thread_of"] < reply["at"] for reply in replies)


def test_slack_would_take_every_message(seed: dict[str, Any]) -> None:
    for message in seed["messages"]:
        blocks = json.loads(json.dumps(message.get("blocks")).replace('"/sandbox/', '"https://slack.example/sandbox/'))
        assert validate_message(message["text"], blocks) == []


def test_mentions_in_messages_lead_somewhere(seed: dict[str, Any]) -> None:
    known = ids(seed["users"]) | ids(seed["usergroups"]) | ids(seed["channels"])
    mentioned = re.findall(r"<(?:@|#|!subteam\^)([A-Z0-9]+)", json.dumps(seed["messages"]))
    assert mentioned
    assert set(mentioned) <= known


def test_the_story_opens_where_the_alert_is(seed: dict[str, Any]) -> None:
    by_name = {channel["name"]: channel["id"] for channel in seed["channels"]}
    assert seed["first_channel"] == seed["composer"]["channel"] == by_name["alerts"]
    assert seed["composer"]["text"] == "/incident declare sev1 checkout returns 500s"
    assert seed["acting_as"] == seed["users"][0]["id"]
    deploy = [m["at"] for m in seed["messages"] if m["channel"] == by_name["deploys"] and "v142" in m["text"]]
    alert = [m["at"] for m in seed["messages"] if m["channel"] == by_name["alerts"] and "Checkout" in m["text"]]
    complaint = [m["at"] for m in seed["messages"] if m["channel"] == by_name["support"]]
    assert min(deploy) < min(alert) < max(complaint) < 0


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_what_the_alerts_say_is_what_the_metrics_show(hour: int) -> None:
    start = 1_795_219_200.0 + hour * 3600
    scenario = Scenario(start - 9 * 60)
    alerts = {m["text"].split(",")[0]: start + m["at"] for m in demo_seed()["messages"] if "Firing" in m["text"]}

    def figure(service: str, name: str, alert: str) -> float:
        return value(scenario, f"{service}/{name}", getattr(SERVICES[service], name), alerts[f"Firing: {alert}"])

    assert figure("checkout", "latency", "CheckoutLatencyHigh") > 0.8
    assert figure("checkout", "bad", "CheckoutErrorRatio") > 0.2
    assert figure("payments", "latency", "PaymentsLatencyHigh") > 0.6
