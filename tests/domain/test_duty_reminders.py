"""The clocks of possible duties: when people are reminded, and that nothing but people ends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain import duties, reaction
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import FIREBELL
from bot.domain.refusal import Refused
from bot.domain.regulation import State, Trigger
from tests.domain.regulated import BOOK, HOUR, LAWYER, POLICY, at_work, incident, told
from tests.domain.world import ANA, START


def test_reminders_climb_at_50_80_and_95_per_cent_and_when_the_time_has_passed() -> None:
    world = at_work()
    seen = []
    for _ in range(4):
        world.fire(reaction.REGULATORY)
        one = told(world)[0]
        assert isinstance(one.notice, n.DutiesDue)
        seen.append((one.notice.reminders[0].percent, world.now - START, "commander" in one.roles))
    assert seen == [
        (50, 36 * HOUR, False),
        (80, 57.6 * HOUR, True),
        (95, 68.4 * HOUR, True),
        (100, 72 * HOUR, True),
    ]


def test_what_has_passed_is_asked_about_every_day_until_somebody_ends_it() -> None:
    world = at_work()
    for _ in range(4):
        world.fire(reaction.REGULATORY)
    for day in range(1, 4):
        assert world.fire(reaction.REGULATORY) == [e.DutiesChased()]
        assert world.now == START + 72 * HOUR + timedelta(days=day)
    world.do(c.FileDuty("gdpr", "notice", world.now, "ULAW", "REF-1"), LAWYER)
    assert reaction.REGULATORY not in world.timers


def test_a_clock_nobody_started_is_asked_about_after_a_day() -> None:
    world = incident("grid")
    assert world.timers[reaction.REGULATORY].due_at == START + timedelta(days=1)
    assert world.fire(reaction.REGULATORY) == [e.DutiesChased()]
    assert [one.notice for one in told(world)] == [n.DutiesOutstanding("waiting")]


def test_a_report_that_follows_another_is_not_asked_about_before_that_one_is_filed() -> None:
    world = incident("grid")
    world.do(c.StartDutyClock("nis2", Trigger.SIGNIFICANCE, START, "UANA"), ANA)
    assert not duties.needs_a_person(world.it, POLICY)
    world.do(c.FileDuty("nis2", "warning", START, "UANA", "R1"), ANA)
    assert [clock.due_at for clock in duties.open_clocks(world.it, POLICY)] == [START + 72 * HOUR]


def test_the_reminder_is_looked_at_again_when_it_fires() -> None:
    world = at_work()
    timer = world.timers[reaction.REGULATORY]
    world.now = START + 30 * HOUR
    world.do(c.StartDutyClock("gdpr", Trigger.AWARENESS, START + 20 * HOUR, "UANA"), ANA)
    world.now = timer.due_at
    late = c.FireTimer(reaction.REGULATORY, timer.due_at)
    assert world.do(late, FIREBELL) == [e.DutiesRescheduled(START + 56 * HOUR)]
    world.do(c.AssessDuty("gdpr", False, "Nobody's data"), LAWYER)
    assert world.do(late, FIREBELL) == []
    assert reaction.REGULATORY not in world.timers


def test_after_downtime_one_reminder_stands_for_those_that_were_missed() -> None:
    world = at_work()
    world.now = START + 70 * HOUR
    reminded = world.do(c.FireTimer(reaction.REGULATORY, START + 36 * HOUR), FIREBELL)
    assert isinstance(reminded[0], e.DutiesReminded)
    assert [one.percent for one in reminded[0].reminders] == [95]
    assert world.timers[reaction.REGULATORY].due_at == START + 72 * HOUR


def test_a_moment_that_is_corrected_reminds_for_the_new_time() -> None:
    world = at_work()
    world.fire(reaction.REGULATORY)
    world.do(c.StartDutyClock("gdpr", Trigger.AWARENESS, START - 8 * HOUR, "UANA"), ANA)
    assert duties.due_reminders(world.it, POLICY, world.now)[0].due_at == START + 64 * HOUR


@pytest.mark.parametrize("ending", [c.Resolve("Rotated"), c.Cancel("False alarm")], ids=["resolve", "cancel"])
def test_an_ending_drops_no_clock_and_says_what_is_left(ending: c.Command) -> None:
    world = at_work()
    timer = world.timers[reaction.REGULATORY]
    world.do(ending, ANA)
    assert world.timers[reaction.REGULATORY] == timer
    assert isinstance(told(world)[0].notice, n.DutiesOutstanding)
    assert world.fire(reaction.REGULATORY)


ACTS = st.one_of(
    st.builds(c.AssessDuty, st.sampled_from(["gdpr", "nis2"]), st.booleans(), st.just("because")),
    st.builds(
        c.StartDutyClock,
        st.just("gdpr"),
        st.just(Trigger.AWARENESS),
        st.integers(-200, 0).map(lambda back: START + back * HOUR),
        st.just("UANA"),
    ),
    st.builds(
        c.StartDutyClock,
        st.just("nis2"),
        st.just(Trigger.SIGNIFICANCE),
        st.integers(-200, 0).map(lambda back: START + back * HOUR),
        st.just("UANA"),
    ),
    st.builds(
        c.FileDuty,
        st.just("nis2"),
        st.sampled_from(["warning", "final"]),
        st.just(START),
        st.just("ULAW"),
        st.just("REF"),
    ),
    st.builds(c.FileDuty, st.just("gdpr"), st.just("notice"), st.just(START), st.just("ULAW"), st.just("REF")),
    st.sampled_from([c.Resolve("Done"), c.Cancel("No"), c.Reopen("Again"), c.Close("Filed away"), "fire"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTS, max_size=12))
def test_whatever_happens_a_duty_reminds_until_it_is_filed_or_does_not_apply(acts: list[object]) -> None:
    world = incident("shop", "grid")
    for act in acts:
        try:
            if act == "fire":
                if reaction.REGULATORY in world.timers:
                    world.fire(reaction.REGULATORY)
            else:
                world.do(act, replace(ANA, legal=True))  # type: ignore[arg-type]
        except Refused:
            continue
        for one in told(world):
            if isinstance(one.notice, n.DutiesDue):
                for reminder in one.notice.reminders:
                    standing = world.it.duties[reminder.regulation]
                    assert standing.of_step(reminder.step) in (State.TO_ASSESS, State.APPLIES)
    left = duties.open_clocks(world.it, POLICY)
    assert (reaction.REGULATORY in world.timers) == bool(left)
    assert {clock.regulation for clock in left} == {
        key
        for key, standing in world.it.duties.items()
        if any(standing.of_step(step.key) in (State.TO_ASSESS, State.APPLIES) for step in BOOK[key].steps)
    }


def test_a_row_that_left_the_book_goes_on_asking_for_somebodys_word() -> None:
    world = at_work()
    world.policy = replace(POLICY, regulations={})
    world.do(c.FireTimer(reaction.REGULATORY, START), FIREBELL)
    assert reaction.REGULATORY in world.timers
    world.do(c.AssessDuty("gdpr", False, "The row was wrong"), LAWYER)
    assert reaction.REGULATORY not in world.timers
