"""The card says what an incident is at a glance, on a phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from types import MappingProxyType

import pytest

from bot.domain.model import Clock, Incident, SetupStep, Status, StepState
from bot.domain.policy import Policy, QuietHours
from templates import sample_data as data
from templates.actions import Action, Value
from templates.cards import room_card, summary_card, topic
from templates.message import Message
from tests.templates.reading import blocks_of, control, controls, labels, menu, phone, words


def card(incident: Incident, at: str = "03:05", policy: Policy = data.POLICY) -> Message:
    return room_card(incident, policy, links=data.links(incident), now=data.at(at))


def header(message: Message) -> str:
    return str(message.blocks[0]["text"]["text"])


def test_the_header_names_severity_number_and_title() -> None:
    assert header(card(data.set_up())) == "SEV1 · INC-42 Checkout returns 500s"


def test_the_second_line_says_where_it_stands_and_since_when() -> None:
    assert "Investigating · started 02:47" in words(card(data.set_up()))


def test_an_unknown_start_is_never_told_as_the_declare_time() -> None:
    said = words(card(replace(data.set_up(), started_at=None)))
    assert "started" not in said
    assert "declared 03:00" in said


def test_a_phone_shows_severity_number_ask_and_title() -> None:
    assert phone(card(data.set_up())) == "SEV1 INC-42: update due 03:15 · Checkout returns 500s"


@pytest.mark.parametrize(
    ("incident", "at", "ask"),
    [
        (data.overdue(), "03:20", "update overdue since 03:15"),
        (data.assumed(), "03:05", "no commander"),
        (data.resolved(), "04:11", "resolved"),
        (data.cancelled(), "03:05", "cancelled"),
    ],
)
def test_the_phone_says_what_is_asked(incident: Incident, at: str, ask: str) -> None:
    assert phone(card(incident, at)).split(": ", 1)[1] == f"{ask} · Checkout returns 500s"


@pytest.mark.parametrize("severity", [severity.key for severity in data.POLICY.severities])
def test_severity_is_a_word_beside_its_colour(severity: str) -> None:
    incident = replace(data.set_up(), severity=severity)
    assert header(card(incident)).startswith(severity.upper())
    assert any(square in words(card(incident)) for square in "🟥🟧🟨🟦")


def test_the_card_fits_a_phone() -> None:
    assert len(card(data.mitigating()).blocks) <= 5


@pytest.mark.parametrize(
    "incident", [data.declared(), data.assumed(), data.overdue(), data.mitigating(), data.resolved(), data.cancelled()]
)
def test_a_card_has_at_most_four_buttons_and_one_menu(incident: Incident) -> None:
    row = card(incident, "03:20").blocks[-1]["elements"]
    assert [one["type"] for one in row].count("button") <= 4
    assert [one["type"] for one in row].count("overflow") <= 1


def test_without_a_commander_taking_command_comes_first() -> None:
    message = card(data.assumed())
    assert "No commander" in words(message)
    assert labels(message)[0] == "Take command"


def test_an_assumed_severity_says_so_and_changes_with_one_tap() -> None:
    message = card(data.assumed())
    assert header(message).startswith("SEV2 (assumed)")
    tap = next(one for one in controls(message) if one["action_id"] == Action.PICK_SEVERITY)
    assert Value.unpack(tap["options"][0]["value"]).extra == {"severity": "sev1"}


def test_an_overdue_card_says_since_when_and_offers_no_change() -> None:
    message = card(data.overdue(), "03:20")
    assert "update overdue since 03:15" in words(message)
    assert "No change" in labels(message)


def test_no_change_is_not_offered_where_it_would_be_refused() -> None:
    moved = replace(data.overdue(), clock=replace(data.overdue().clock, changed=True))
    assert "No change" not in labels(card(moved, "03:20"))


def test_after_no_change_the_card_says_that_it_still_stands() -> None:
    said = words(card(data.unchanged(), "03:16"))
    assert "Still mitigating, impact unchanged since 02:50, next update 03:30" in said


def test_set_up_shows_ticks_until_it_is_finished() -> None:
    assert "✓ Channel" in words(card(data.declared()))
    assert "Setting up" not in words(card(data.set_up()))


def test_a_failed_step_says_why_and_offers_retry() -> None:
    message = card(data.troubled())
    assert "✗ *Bookmarks* failed: The app lacks the scope bookmarks:write." in words(message)
    assert Value.unpack(control(message, "Retry")["value"]).extra == {"effect": "e5"}


def test_what_failed_can_be_tried_again_after_the_end_because_messages_may_wait_behind_it() -> None:
    over = replace(data.troubled(), status=Status.RESOLVED)
    assert Value.unpack(control(card(over), "Retry")["value"]).extra == {"effect": "e5"}
    assert "Setting up" not in words(card(replace(data.declared(), status=Status.RESOLVED)))


def test_many_failed_steps_do_not_flood_the_card() -> None:
    broken = tuple(SetupStep(f"step{n}", StepState.FAILED, "no", f"e{n}") for n in range(40))
    assert labels(card(replace(data.declared(), setup=broken))).count("Retry") == 3


def test_a_resolved_card_says_what_fixed_it_and_leads_to_the_postmortem() -> None:
    message = card(data.resolved(), "04:11")
    assert "Resolved 04:10 · started 02:47 · impact ended 04:05" in words(message)
    assert "Rolling payments back" in words(message)
    assert control(message, "Postmortem")["url"] == "https://example.slack.com/files/F2"
    assert "Close" in menu(message)


def test_a_closed_card_no_longer_offers_to_close() -> None:
    assert "Close" not in menu(card(data.closed(), "10:21"))


def test_a_cancelled_card_says_why_and_asks_for_nothing() -> None:
    message = card(data.cancelled())
    assert "The load test was announced" in words(message)
    assert labels(message) == ["Timeline"]


def test_private_and_drill_are_marked() -> None:
    message = card(data.private_drill())
    assert header(message).startswith("DRILL · SEV1")
    assert "🔒 private" in words(message)
    assert phone(message).startswith("DRILL SEV1 INC-42")


def test_a_snoozed_reminder_is_told() -> None:
    clock = replace(data.overdue().clock, snoozed_until=data.at("03:27"))
    assert "snoozed until 03:27" in words(card(replace(data.overdue(), clock=clock), "03:20"))


def test_quiet_hours_are_told_when_they_hold_a_reminder_back() -> None:
    quiet = tuple(replace(one, quiet_hours=True) for one in data.POLICY.severities)
    policy = replace(data.POLICY, severities=quiet, quiet_hours=QuietHours(time(22), time(7), weekends=False))
    asleep = replace(data.set_up(), human_at=data.at("01:00"))
    assert "quiet hours: reminders wait until 07:00" in words(card(asleep, "03:05", policy))


def test_a_due_time_far_away_shows_its_day() -> None:
    clock = Clock(restarted_at=data.at("03:00"), due_at=data.at("03:00") + timedelta(days=1))
    assert "Nov 04 03:00" in words(card(replace(data.set_up(), clock=clock)))


def test_the_summary_card_links_the_channel_and_can_be_followed() -> None:
    incident = data.mitigating()
    message = summary_card(incident, data.POLICY, links=data.links(incident), now=data.NOW)
    assert "<#C0INC42>" in words(message)
    assert labels(message) == ["Follow", "Open channel", "Status"]


def test_while_there_is_no_channel_the_summary_card_carries_retry() -> None:
    broken = (SetupStep("channel", StepState.FAILED, "Channels may not be created here.", "e1"),)
    incident = replace(data.declared(), room=None, setup=broken)
    message = summary_card(incident, data.POLICY, links=data.links(incident), now=data.NOW)
    assert "Channels may not be created here." in words(message)
    assert "Retry" in labels(message)


def test_removed_severities_roles_and_services_still_draw() -> None:
    incident = replace(
        data.set_up(), severity="blocker", services=("gone",), roles=MappingProxyType({"herald": ("U0SAM",)})
    )
    assert header(card(incident)).startswith("BLOCKER")
    assert "gone" in words(card(incident))


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_a_card(status: Status) -> None:
    assert blocks_of(card(replace(data.set_up(), status=status)))


def test_the_topic_names_no_times_and_fits() -> None:
    said = topic(replace(data.mitigating(), title="x" * 300), data.POLICY)
    assert said.startswith("SEV1 · Mitigating · INC-42 xxx")
    assert "<@U0ANA>" in said
    assert "date^" not in said
    assert len(said) <= 250
