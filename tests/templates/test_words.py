"""How spans of time are said: what is to come is never understated, what is past never overstated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.lengths import of_minutes, span
from templates.words import relative

NOW = datetime(2026, 11, 3, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "down", "up"),
    [
        (0, "0 s", "0 s"),
        (40, "40 s", "40 s"),
        (59.2, "59 s", "1 min"),
        (60, "1 min", "1 min"),
        (899.9, "14 min", "15 min"),
        (900, "15 min", "15 min"),
        (900.1, "15 min", "16 min"),
        (3_599, "59 min", "1 h"),
        (3_600, "1 h", "1 h"),
        (3_601, "1 h", "1 h 1 min"),
        (11_100, "3 h 5 min", "3 h 5 min"),
        (86_399, "23 h 59 min", "1 d"),
        (86_401, "1 d", "1 d 1 h"),
        (187_200, "2 d 4 h", "2 d 4 h"),
    ],
)
def test_a_span_leaves_out_what_is_begun_or_counts_it_in_full(seconds: float, down: str, up: str) -> None:
    length = timedelta(seconds=seconds)
    assert (span(length), span(length, up=True)) == (down, up)
    assert span(-length) == down


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (899.9, "in 15 min"),
        (-899.9, "14 min ago"),
        (86_399, "in 1 d"),
        (-59.9, "59 s ago"),
        (20, "now"),
        (-20, "now"),
    ],
)
def test_a_clock_that_has_just_started_has_all_its_time_and_an_age_is_what_has_passed(
    seconds: float, said: str
) -> None:
    assert relative(NOW + timedelta(seconds=seconds), NOW) == said


def test_a_long_wait_in_minutes_is_told_in_hours_and_days() -> None:
    told = {20: "20 min", 90: "1 h 30 min", 120: "2 h", 2_880: "2 d", 11_520: "8 d"}
    assert {minutes: of_minutes(minutes) for minutes in told} == told
    assert of_minutes(10**15) == of_minutes(10**14)
