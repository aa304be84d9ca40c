"""Regulatory clocks: when they start, when they end, what people decide, and what is never dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.regulation import (
    Checked,
    Limit,
    Regulation,
    Said,
    Span,
    Standing,
    Start,
    State,
    Status,
    Step,
    Trigger,
    Unit,
    clocks,
    deadline,
    filed,
    judged,
    outstanding,
    possible,
    started,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def weekdays(day: date, country: str) -> bool:
    """A calendar whose only holiday is 4 March 2026, in the land XX."""
    return day.weekday() < 5 and not (country == "XX" and day == date(2026, 3, 4))


def row(*steps: Step, country: str = "XX", zone: str = "UTC", closes: time = time(23, 59)) -> Regulation:
    return Regulation(
        key="rule",
        name="A rule",
        who="everyone",
        source="Article 1",
        published=date(2020, 1, 1),
        applies_from=date(2021, 1, 1),
        status=Status.IN_FORCE,
        checked=Checked.NOTHING,
        steps=steps,
        country=country,
        zone=zone,
        closes=closes,
    )


def step(key: str, *limits: Limit) -> Step:
    return Step(key, key.capitalize(), "the authority", limits)


def begun(trigger: Trigger, at: datetime, standing: Standing | None = None) -> Standing:
    return started(standing or Standing("rule"), trigger, Start(at, Said("U1", at)))


WARNING = step("warning", Limit(Trigger.SIGNIFICANCE, Span(24, Unit.HOURS)))
NOTICE = step("notice", Limit(Trigger.SIGNIFICANCE, Span(72, Unit.HOURS)))
FINAL = step("final", Limit(Trigger.FILED, Span(1, Unit.MONTHS), "notice"))
CHAIN = row(WARNING, NOTICE, FINAL)
INITIAL = step(
    "initial",
    Limit(Trigger.CLASSIFICATION, Span(4, Unit.HOURS)),
    Limit(Trigger.AWARENESS, Span(24, Unit.HOURS), waived_by=Trigger.CLASSIFICATION),
)


@pytest.mark.parametrize(
    ("since", "span", "due"),
    [
        ("2026-03-02 09:30", Span(72, Unit.HOURS), "2026-03-05 09:30"),
        ("2026-03-02 09:30", Span(15, Unit.DAYS), "2026-03-17 23:59"),
        ("2026-01-31 09:30", Span(1, Unit.MONTHS), "2026-02-28 23:59"),
        ("2027-12-31 09:30", Span(2, Unit.MONTHS), "2028-02-29 23:59"),
        ("2026-12-05 09:30", Span(1, Unit.MONTHS), "2027-01-05 23:59"),
        ("2026-03-02 09:30", Span(1, Unit.BUSINESS_DAYS), "2026-03-03 23:59"),
        ("2026-03-03 09:30", Span(1, Unit.BUSINESS_DAYS), "2026-03-05 23:59"),
        ("2026-03-06 09:30", Span(4, Unit.BUSINESS_DAYS), "2026-03-12 23:59"),
        ("2026-03-07 09:30", Span(4, Unit.BUSINESS_DAYS), "2026-03-12 23:59"),
    ],
)
def test_a_span_ends_as_its_unit_says(since: str, span: Span, due: str) -> None:
    at = datetime.fromisoformat(since).replace(tzinfo=UTC)
    assert deadline(row(WARNING), span, at, weekdays) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_day_is_that_of_the_rules_zone_and_ends_when_its_office_closes() -> None:
    # Half past three in the night of the 3rd in UTC is still the 2nd in New York.
    rule = row(WARNING, zone="America/New_York", closes=time(17, 30))
    since = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)
    assert deadline(rule, Span(1, Unit.BUSINESS_DAYS), since, weekdays) == datetime(2026, 3, 3, 22, 30, tzinfo=UTC)


def test_a_day_more_or_less_in_spring_is_seen_in_the_due_time() -> None:
    rule = row(WARNING, zone="Europe/Brussels")
    since = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert deadline(rule, Span(1, Unit.DAYS), since, weekdays) == datetime(2026, 3, 29, 21, 59, tzinfo=UTC)
    assert deadline(rule, Span(24, Unit.HOURS), since, weekdays) == since + 24 * HOUR


def test_a_calendar_without_business_days_is_an_error_rather_than_an_endless_search() -> None:
    with pytest.raises(ValueError, match="no business day"):
        deadline(row(WARNING), Span(1, Unit.BUSINESS_DAYS), NOW, lambda *_: False)


@given(st.timedeltas(-3650 * 24 * HOUR, 3650 * 24 * HOUR), st.integers(1, 90), st.sampled_from(Unit))
def test_a_longer_span_never_ends_earlier_and_every_span_ends_after_it_began(
    shift: timedelta, count: int, unit: Unit
) -> None:
    at = NOW + shift
    due = deadline(row(WARNING), Span(count, unit), at, weekdays)
    assert at < due <= deadline(row(WARNING), Span(count + 1, unit), at, weekdays)


def test_an_unknown_trigger_is_a_clock_that_has_not_started_and_a_question() -> None:
    warning, notice, final = clocks(CHAIN, Standing("rule"), weekdays)
    assert (warning.due_at, warning.reminders()) == (None, ())
    assert warning.not_started() == notice.not_started() == "not started: who decides that it is significant?"
    assert final.not_started() == "not started: when was the report before it filed?"
    assert not warning.is_overdue(NOW + 1000 * HOUR)


def test_one_trigger_starts_every_clock_that_runs_from_it() -> None:
    warning, notice, final = clocks(CHAIN, begun(Trigger.SIGNIFICANCE, NOW), weekdays)
    assert (warning.due_at, notice.due_at, final.due_at) == (NOW + 24 * HOUR, NOW + 72 * HOUR, None)
    assert warning.not_started() == ""


def test_a_filing_ends_its_clock_and_starts_the_next_one() -> None:
    standing = filed(begun(Trigger.SIGNIFICANCE, NOW), "notice", Said("U2", NOW + 50 * HOUR, reference="CS-7"))
    warning, notice, final = clocks(CHAIN, standing, weekdays)
    assert (warning.state, notice.state) == (State.TO_ASSESS, State.FILED)
    assert notice.reminders() == ()
    assert not notice.is_overdue(NOW + 1000 * HOUR)
    assert final.due_at == datetime(2026, 4, 4, 23, 59, tzinfo=UTC)


def test_the_latest_of_several_filings_counts() -> None:
    once = filed(Standing("rule"), "notice", Said("U2", NOW, reference="A"))
    again = filed(once, "notice", Said("U2", NOW + 240 * HOUR, reference="B"))
    assert [clocks(CHAIN, one, weekdays)[2].due_at for one in (once, again)] == [
        datetime(2026, 4, 2, 23, 59, tzinfo=UTC),
        datetime(2026, 4, 12, 23, 59, tzinfo=UTC),
    ]


def test_the_earliest_of_two_limits_counts_and_what_could_move_it_is_still_asked() -> None:
    aware = begun(Trigger.AWARENESS, NOW)
    (before,) = clocks(row(INITIAL), aware, weekdays)
    (after,) = clocks(row(INITIAL), begun(Trigger.CLASSIFICATION, NOW + 2 * HOUR, aware), weekdays)
    assert (before.due_at, before.question) == (NOW + 24 * HOUR, "Who classifies it as major?")
    assert (after.due_at, after.started_at, after.question) == (NOW + 6 * HOUR, NOW + 2 * HOUR, "")


def test_a_limit_falls_away_where_the_other_trigger_came_after_it_had_run_out() -> None:
    late = begun(Trigger.CLASSIFICATION, NOW + 60 * HOUR, begun(Trigger.AWARENESS, NOW))
    (clock,) = clocks(row(INITIAL), late, weekdays)
    assert clock.due_at == NOW + 64 * HOUR


def test_reminders_climb_at_half_four_fifths_and_the_last_twentieth() -> None:
    warning = clocks(CHAIN, begun(Trigger.SIGNIFICANCE, NOW), weekdays)[0]
    assert warning.reminders() == (
        (50, NOW + 12 * HOUR),
        (80, NOW + 19.2 * HOUR),
        (95, NOW + 22.8 * HOUR),
    )
    assert warning.is_overdue(NOW + 24 * HOUR)


def test_what_does_not_apply_reminds_nobody_and_can_be_taken_up_again() -> None:
    standing = begun(Trigger.SIGNIFICANCE, NOW)
    off = judged(standing, State.DOES_NOT_APPLY, Said("U9", NOW, why="no service of ours was hit"))
    assert outstanding({"rule": CHAIN}, [off], weekdays) == ()
    assert (off.said and off.said.by, off.starts) == ("U9", standing.starts)
    on = judged(off, State.APPLIES, Said("U9", NOW))
    assert [clock.step for clock in outstanding({"rule": CHAIN}, [on], weekdays)] == ["warning", "notice", "final"]


def test_what_was_filed_stays_filed_whatever_is_decided_later() -> None:
    standing = filed(Standing("rule"), "notice", Said("U2", NOW, reference="CS-7"))
    off = judged(standing, State.DOES_NOT_APPLY, Said("U9", NOW, why="a false alarm"))
    assert [off.of_step(key) for key in ("warning", "notice")] == [State.DOES_NOT_APPLY, State.FILED]


def test_running_clocks_come_by_their_due_time_and_those_not_started_last() -> None:
    other = replace(row(step("only", Limit(Trigger.AWARENESS, Span(36, Unit.HOURS)))), key="other")
    standings = [
        begun(Trigger.SIGNIFICANCE, NOW),
        started(Standing("other"), Trigger.AWARENESS, Start(NOW, Said("U1", NOW))),
        Standing("removed from the file"),
    ]
    found = outstanding({"rule": CHAIN, "other": other}, standings, weekdays)
    assert [clock.step for clock in found] == ["warning", "only", "notice", "final"]


@pytest.mark.parametrize("why", ["", "  "])
def test_saying_that_a_duty_does_not_apply_needs_a_reason(why: str) -> None:
    with pytest.raises(ValueError, match="reason"):
        judged(Standing("rule"), State.DOES_NOT_APPLY, Said("U9", NOW, why=why))


def test_a_filing_needs_its_reference_and_belongs_to_a_step() -> None:
    with pytest.raises(ValueError, match="reference"):
        filed(Standing("rule"), "notice", Said("U9", NOW))
    with pytest.raises(ValueError, match="step"):
        judged(Standing("rule"), State.FILED, Said("U9", NOW, reference="CS-7"))
    with pytest.raises(ValueError, match="step"):
        begun(Trigger.FILED, NOW)


def test_a_clock_may_have_started_before_it_was_recorded_but_not_after() -> None:
    with pytest.raises(ValueError, match="future"):
        started(Standing("rule"), Trigger.AWARENESS, Start(NOW + HOUR, Said("U1", NOW)))
    assert started(Standing("rule"), Trigger.AWARENESS, Start(NOW - HOUR, Said("U1", NOW))).starts


@pytest.mark.parametrize(
    ("status", "on", "may"),
    [
        (Status.IN_FORCE, date(2021, 1, 1), True),
        (Status.IN_FORCE, date(2020, 12, 31), False),
        (Status.CHANGING, date(2021, 1, 1), True),
        (Status.REPEALED, date(2021, 1, 1), False),
    ],
)
def test_a_regulation_may_apply_from_its_day_on_until_it_is_repealed(status: Status, on: date, may: bool) -> None:
    assert replace(CHAIN, status=status).may_apply(on) is may


def test_what_the_services_name_comes_up_once_it_may_apply() -> None:
    later = replace(CHAIN, key="later", applies_from=date(2030, 1, 1))
    book = {"other": replace(CHAIN, key="other"), "rule": CHAIN, "later": later}
    assert [row.key for row in possible(book, ["later", "rule", "unknown"], NOW.date())] == ["rule"]
    assert [row.key for row in possible(book, ["later", "rule"], date(2030, 1, 1))] == ["rule", "later"]


def test_a_step_is_found_by_its_key_and_a_span_reads_as_people_write_it() -> None:
    assert CHAIN.step("notice") is NOTICE
    with pytest.raises(KeyError):
        CHAIN.step("nothing")
    assert [str(Span(1, Unit.MONTHS)), str(Span(4, Unit.BUSINESS_DAYS))] == ["1 month", "4 business days"]
