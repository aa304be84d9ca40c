"""What was said before a reopening does not read as how things stand."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.model import Status
from templates import answers
from templates import sample_data as data
from templates.cards import room_card
from tests.templates.reading import words


def test_after_a_reopening_the_last_update_is_not_the_latest() -> None:
    before = data.mitigating()
    assert before.latest_update is not None
    again = replace(before, status=Status.INVESTIGATING, reopened_at=data.at("03:10"), status_reason="Errors are back")
    headline = before.latest_update.headline
    for drawn in (
        room_card(again, data.POLICY, links=data.links(again), now=data.NOW),
        answers.status(again, data.POLICY, links=data.links(again), now=data.NOW),
    ):
        assert headline not in words(drawn)
        assert "no update since" in words(drawn)
        assert "Errors are back" in words(drawn)


def test_why_it_was_reopened_is_not_what_ended_it_since() -> None:
    resolved = replace(data.mitigating(), fixed_by="Rolled back", reopened_at=data.at("03:10"))
    for status in (Status.CANCELLED, Status.MERGED):
        over = replace(resolved, status=status, status_reason="Declared by mistake", closed_at=data.NOW)
        card = words(room_card(over, data.POLICY, links=data.links(over), now=data.NOW))
        assert card.count("Declared by mistake") == 1
        assert "Rolled back" not in card


def test_why_it_was_reopened_goes_once_it_moves_on() -> None:
    moved = replace(data.mitigating(), reopened_at=data.at("03:10"), status_reason="The rollback is out")
    assert moved.status is Status.MITIGATING
    for drawn in (
        room_card(moved, data.POLICY, links=data.links(moved), now=data.NOW),
        answers.status(moved, data.POLICY, links=data.links(moved), now=data.NOW),
    ):
        assert "no update since" in words(drawn)
        assert "The rollback is out" not in words(drawn)
