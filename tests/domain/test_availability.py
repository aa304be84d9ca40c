"""Whether somebody can be asked, and for how long they have been up: their own word first, then what is known."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.availability import Whereabouts, Word, hours_awake, is_available, until_by_default
from bot.domain.policy import PersonPolicy, WorkingHours

MADRID = ZoneInfo("Europe/Madrid")
HOURS = WorkingHours(time(9), time(17), "Europe/Madrid")
LISTED, WITHOUT = PersonPolicy("UANA", hours=HOURS), PersonPolicy("UANA")


def at(day: int, clock: str) -> datetime:
    """A time in Madrid; 16 November 2026 is a Monday."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=MADRID).astimezone(UTC)


def word(where: Whereabouts, until: datetime) -> Word:
    return Word("UANA", where, until, until - timedelta(hours=8))


@pytest.mark.parametrize(
    ("now", "there"),
    [(at(16, "09:00"), True), (at(16, "16:59"), True), (at(16, "17:00"), False), (at(16, "08:59"), False)],
)
def test_working_hours_count_where_nobody_says_anything(now: datetime, there: bool) -> None:
    assert is_available(LISTED, now) is there
    assert is_available(WITHOUT, now), "who has no hours counts as there"


def test_nobody_is_asked_at_the_weekend_by_hours_alone() -> None:
    assert not is_available(LISTED, at(21, "11:00"))


@pytest.mark.parametrize(("at_work", "on_call"), [(True, False), (False, True)])
def test_whoever_is_at_work_or_on_call_can_be_asked_at_night(at_work: bool, on_call: bool) -> None:
    assert is_available(LISTED, at(16, "03:00"), at_work=at_work, on_call=on_call)


@pytest.mark.parametrize("where", [Whereabouts.OFF, Whereabouts.ASLEEP])
def test_a_person_s_own_word_counts_most_until_its_time_is_over(where: Whereabouts) -> None:
    said = word(where, at(16, "12:00"))
    assert not is_available(LISTED, at(16, "11:59"), word=said, at_work=True, on_call=True)
    assert is_available(LISTED, at(16, "12:00"), word=said)
    assert is_available(LISTED, at(16, "03:00"), word=word(Whereabouts.AVAILABLE, at(16, "04:00")))


def test_whoever_was_at_work_all_day_has_been_up_since_it_began() -> None:
    assert hours_awake(LISTED, at(16, "13:00")) == 4
    assert hours_awake(LISTED, at(17, "03:00"), on_since=at(16, "20:00")) == 18


def test_whoever_was_woken_counts_from_when_they_took_a_role() -> None:
    assert hours_awake(LISTED, at(17, "05:00"), on_since=at(17, "03:00")) == 2
    assert hours_awake(WITHOUT, at(17, "05:00"), on_since=at(17, "03:00")) == 2


def test_whoever_slept_counts_from_the_end_of_their_sleep() -> None:
    slept = word(Whereabouts.ASLEEP, at(17, "02:00"))
    assert hours_awake(LISTED, at(17, "05:00"), word=slept, on_since=at(16, "20:00")) == 3
    assert hours_awake(LISTED, at(17, "20:00"), word=slept) == 11, "a night ago it says nothing of today"


def test_nothing_is_made_up_where_nothing_tells() -> None:
    assert hours_awake(WITHOUT, at(16, "13:00")) is None
    assert hours_awake(LISTED, at(21, "13:00")) is None


def test_without_an_end_being_away_lasts_until_the_next_working_day_and_being_there_a_shift() -> None:
    friday = at(20, "18:00")
    assert until_by_default(Whereabouts.OFF, HOURS, friday) == at(23, "09:00")
    assert until_by_default(Whereabouts.ASLEEP, HOURS, at(17, "02:00")) == at(17, "09:00")
    assert until_by_default(Whereabouts.AVAILABLE, HOURS, friday) == friday + timedelta(hours=8)
    assert until_by_default(Whereabouts.OFF, None, friday) == friday + timedelta(hours=8)
