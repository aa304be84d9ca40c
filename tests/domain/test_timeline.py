"""The timeline tells everything that happened, in the order in which it happened, and blames nobody."""

from __future__ import annotations

import re
import typing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.model import FIREBELL, Absence, Actor, MessageRef
from bot.domain.timeline import Entry, entries
from tests.builders import ANA, BEA, CARLA, POLICY, night, night_log
from tests.domain.world import START, World

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))

NEEDS_NO_LINE = (e.MessageUnpinned,)
"""Taking a message back takes its lines off the timeline, its own included; the log keeps all of it."""


def log_of(*events: e.Event, actor: Actor = ANA, start: datetime = START) -> list[e.Recorded]:
    """Record events a minute apart, behind a declaration."""
    declared = e.IncidentDeclared("01", "W", 42, "Checkout returns 500s", "sev2")
    rows = (declared, *events)
    return [e.Recorded(n, event, actor, start + timedelta(minutes=n - 1)) for n, event in enumerate(rows, 1)]


def texts(log: typing.Sequence[e.Recorded], kind: str = "") -> list[str]:
    return [entry.text for entry in entries(log, POLICY) if kind in ("", entry.kind)]


@pytest.mark.parametrize("cls", typing.get_args(e.Event), ids=lambda cls: cls.__name__)
def test_every_event_has_a_line(cls: type) -> None:
    @settings(max_examples=10, deadline=None)
    @given(st.from_type(cls))
    def check(event: Any) -> None:
        lines = [
            line
            for line in entries([e.Recorded(1, event, ANA, START)], POLICY, restricted=True)
            if line.kind != "impact"
        ]
        assert len(lines) == (cls not in NEEDS_NO_LINE)
        assert all(line.text.strip() and line.recorded_at == START and line.actor == ANA.id for line in lines)

    check()


def test_lines_stand_in_the_order_in_which_things_happened() -> None:
    world = World()
    world.declare()
    world.wait(minutes=10)
    world.do(c.AddNote("Traffic doubled", START + timedelta(minutes=2)))
    world.do(c.AddNote("Added workers"))
    lines = entries(world.log, POLICY)
    notes = [line for line in lines if line.kind == "note"]
    assert [line.text for line in notes] == ["@{UANA}: Traffic doubled", "@{UANA}: Added workers"]
    assert notes[0].at == START + timedelta(minutes=2)
    assert notes[0].recorded_at == START + timedelta(minutes=10)
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_an_update_reads_as_corrected_and_says_when() -> None:
    log = log_of(
        e.UpdatePosted(1, "Payments fial", impact="All of them"),
        e.UpdateCorrected(1, "Payments fail", impact="Some of them"),
        e.UpdateCorrected(1, "Some payments fail", impact="Half of them"),
    )
    posted, *corrections = texts(log, "update")
    assert posted == "Update 1 by @{UANA}: Some payments fail Impact: Half of them (corrected 02:50 UTC)"
    assert corrections == ["@{UANA} corrected update 1"] * 2


def test_a_message_that_was_taken_back_is_gone_and_one_put_back_stays() -> None:
    pin = e.MessagePinned("C1", "1.0", "UBEA", "lunch?", "https://chat.example/1", START, ANA.id)
    other = e.MessagePinned("C1", "2.0", "UBEA", "errors fall", "https://chat.example/2", START, ANA.id)
    asked, back = e.PinRequested("C1", "1.0"), e.MessageUnpinned("C1", "1.0")
    assert texts(log_of(asked, pin, other, back), "message") == ["@{UBEA}: errors fall"]
    assert texts(log_of(asked, pin, back, pin), "message") == ["@{UBEA}: lunch?"]


def test_a_pinned_message_keeps_its_link_and_the_time_it_was_said() -> None:
    said = START - timedelta(minutes=5)
    pinned = e.MessagePinned("C1", "1.0", "UBEA", "Disk is full", "https://chat.example/1", said, ANA.id)
    line = next(line for line in entries(log_of(pinned, actor=FIREBELL), POLICY) if line.kind == "message")
    assert (line.text, line.link, line.at) == ("@{UBEA}: Disk is full", "https://chat.example/1", said)


def test_an_update_links_to_where_it_was_posted() -> None:
    lines = [line for line in entries(night_log(), POLICY) if line.text.startswith("Update 1")]
    assert [line.link for line in lines] == ["https://larkspur.example/archives/CROOM/p31"]


def test_the_declaration_links_to_the_message_it_came_from() -> None:
    event = e.IncidentDeclared(
        "01", "W", 1, "x", "sev1", origin=MessageRef("C", "1", permalink="https://chat.example/o")
    )
    (line,) = entries([e.Recorded(1, event, ANA, START)], POLICY)
    assert line.link == "https://chat.example/o"


def test_when_impact_began_and_ended_are_lines_of_their_own() -> None:
    log = night_log()
    impact = [line for line in entries(log, POLICY) if line.kind == "impact"]
    assert [(line.text, f"{line.at:%H:%M}") for line in impact] == [
        ("Impact began", "02:40"),
        ("Impact ended", "03:41"),
    ]


def test_the_latest_word_on_the_beginning_counts() -> None:
    early, earlier = START - timedelta(minutes=5), START - timedelta(minutes=9)
    log = log_of(e.DetailsEdited(started_at=early), e.DetailsEdited(started_at=earlier))
    assert [line.at for line in entries(log, POLICY) if line.kind == "impact"] == [earlier]


def test_details_can_be_left_out() -> None:
    every, key = entries(night_log(), POLICY), entries(night_log(), POLICY, level="key")
    assert set(key) == {line for line in every if line.level == "key"}
    assert {line.kind for line in every} - {line.kind for line in key} == {
        "setup",
        "metrics",
        "postmortem",
        "action item",
    }


def test_a_late_reminder_after_downtime_names_firebell_and_no_person() -> None:
    absence = Absence(START, START + timedelta(minutes=12))
    away = e.ReminderSent(1, START, "owner", late_minutes=12, missed=1, away=absence)
    (line,) = texts(log_of(away, actor=FIREBELL), "reminder")
    assert "Update overdue by 12 min; Firebell was away between 02:47 and 02:59 UTC" in line
    assert "@{" not in line


def test_people_are_tokens_and_firebell_is_a_word() -> None:
    lines = entries(night_log(), POLICY)
    assert {person for line in lines for person in re.findall(r"@\{(\w+)\}", line.text)} == {"UANA", "UBEA", "UCARLA"}
    assert not [line for line in lines if FIREBELL.id in line.text.split()]


def test_what_left_the_catalog_still_reads() -> None:
    log = log_of(e.SeverityChanged("sev9", "sev1"), e.RoleAssigned("cook", "UBEA"), actor=BEA)
    assert texts(log)[1:] == ["Severity SEV9 → SEV1, by @{UBEA}", "@{UBEA} is Cook"]


def test_no_line_shouts_or_blames() -> None:
    shipped = [line.text for line in entries(night_log(), POLICY)]
    assert not [
        text for text in shipped if re.search(r"!|\b(fault|blame|failed to|forgot|mistake)\b", text, re.IGNORECASE)
    ]


def test_the_night_reads_as_a_story() -> None:
    log = night("mitigated").log
    told = [f"{line.at:%H:%M} {line.kind}" for line in entries(log, POLICY, level="key")]
    assert told == [
        "02:40 impact",
        "02:47 declared",
        "02:47 role",
        "02:48 role",
        "02:48 edited",
        "02:50 message",
        "02:53 severity",
        "02:55 status",
        "02:55 update",
        "03:22 reminder",
        "03:23 status",
        "03:23 update",
        "03:23 note",
        "03:35 update",
        "03:35 role",
    ]
    assert isinstance(entries(log, POLICY)[0], Entry)
    assert CARLA.id in entries(log, POLICY, level="key")[-1].text
