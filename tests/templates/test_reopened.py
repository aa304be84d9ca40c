"""What was said before a reopening does not read as how things stand."""

from __future__ import annotations

from dataclasses import replace

from templates import answers
from templates import sample_data as data
from templates.cards import room_card
from tests.templates.reading import words


def test_after_a_reopening_the_last_update_is_not_the_latest() -> None:
    before = data.mitigating()
    assert before.latest_update is not None
    again = replace(before, reopened_at=data.at("03:10"), status_reason="Errors are back")
    headline = before.latest_update.headline
    for drawn in (
        room_card(again, data.POLICY, links=data.links(again), now=data.NOW),
        answers.status(again, data.POLICY, links=data.links(again), now=data.NOW),
    ):
        assert headline not in words(drawn)
        assert "no update since" in words(drawn)
        assert "Errors are back" in words(drawn)
