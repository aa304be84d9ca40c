"""How long mitigating takes: from earlier incidents with few samples shrunk, and from a commander within bounds."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain.mitigation import PRIOR_MEDIAN, PRIOR_SPREAD, Expected, History, Past, past_of, time_left
from bot.domain.model import Status
from bot.domain.refusal import Refused
from bot.domain.shifts import OwnFigure, Shifts
from tests.domain.world import ANA, BEA, START, World

NOTHING_KNOWN = PRIOR_MEDIAN * math.exp(PRIOR_SPREAD**2 / 2)


def some(count: int, hours: float, severity: str = "sev2", *services: str) -> list[Past]:
    return [Past(severity, frozenset(services or ("checkout",)), hours)] * count


def test_without_history_the_documented_figure_holds() -> None:
    expected = History([]).expected("sev2", ["checkout"])
    assert expected.hours == pytest.approx(NOTHING_KNOWN)
    assert expected.alike == 0


def test_one_odd_incident_moves_little_and_many_of_a_kind_decide() -> None:
    one, many = History(some(1, 24.0)), History(some(50, 4.0))
    assert one.expected("sev2", ["checkout"]).hours < 6
    assert many.expected("sev2", ["checkout"]).hours == pytest.approx(4.0, rel=0.15)
    assert many.expected("sev2", ["checkout"]).alike == 50


def test_what_is_more_alike_counts_more() -> None:
    history = History([*some(12, 8.0), *some(12, 0.5, "sev2", "search")])
    checkout, search, other = (history.expected("sev2", [key]).hours for key in ("checkout", "search", "other"))
    assert checkout > other > search
    assert history.expected("sev1", ["checkout"]).hours > history.expected("sev1", ["other"]).hours


@given(st.lists(st.floats(0.1, 100), max_size=30), st.floats(1.1, 10))
def test_slower_incidents_never_make_the_expected_time_shorter_by_their_mean(hours: list[float], factor: float) -> None:
    quick = History([Past("sev2", frozenset(("checkout",)), one) for one in hours])
    found = quick.expected("sev2", ["checkout"]).hours
    longer = History([Past("sev2", frozenset(("checkout",)), one) for one in [*hours, max([found, *hours]) * factor]])
    assert longer.expected("sev2", ["checkout"]).hours > found * 0.999


def test_work_done_is_taken_off_down_to_a_quarter() -> None:
    led = Shifts().taken("commander", "UANA", None, START)
    assert time_left(Expected(2.0, 0), led, START + timedelta(hours=1)).hours == 1.0
    assert time_left(Expected(2.0, 0), led, START + timedelta(hours=9)).hours == 0.5


def test_time_without_a_commander_is_no_work_and_a_second_commander_goes_on() -> None:
    gone = Shifts().taken("commander", "UANA", None, START).left("commander", "UANA", START + timedelta(hours=1))
    assert gone.worked(START + timedelta(hours=5)) == timedelta(hours=1)
    on = gone.taken("commander", "UBEA", None, START + timedelta(hours=5))
    assert on.worked(START + timedelta(hours=6)) == timedelta(hours=2)


@pytest.mark.parametrize(("minutes", "hours", "bounded"), [(40, 40 / 60, False), (5, 2 / 3, True), (900, 6.0, True)])
def test_an_own_figure_counts_within_a_factor_of_three_and_bears_its_name(
    minutes: int, hours: float, bounded: bool
) -> None:
    said = Shifts(figure=OwnFigure(minutes, "UANA", START))
    counts = time_left(Expected(2.0, 0), said, START)
    assert counts.hours == pytest.approx(hours)
    assert (counts.by, counts.bounded) == ("UANA", bounded)


def test_an_own_figure_runs_down_like_history() -> None:
    said = Shifts(figure=OwnFigure(120, "UANA", START))
    assert time_left(Expected(2.0, 0), said, START + timedelta(hours=1)).hours == 1.0


def test_only_command_may_give_the_figure_and_it_goes_with_command() -> None:
    world = World()
    world.declare(severity="sev2")
    with pytest.raises(Refused) as caught:
        world.do(c.EstimateMitigation(40), BEA)
    assert caught.value.code == "not_leading"
    world.do(c.EstimateMitigation(40), ANA)
    assert world.it.shifts.figure == OwnFigure(40, ANA.id, world.now)
    world.do(c.AssignRole("commander", BEA.id, replace=True), BEA)
    assert world.it.shifts.figure is None


@pytest.mark.parametrize("minutes", [0, -5, 7 * 24 * 60 + 1])
def test_a_figure_beyond_a_week_or_below_a_minute_is_none(minutes: int) -> None:
    world = World()
    world.declare(severity="sev2")
    with pytest.raises(Refused) as caught:
        world.do(c.EstimateMitigation(minutes))
    assert caught.value.code == "eta_out_of_range"


def test_an_incident_teaches_from_when_somebody_took_it_on_and_drills_teach_nothing() -> None:
    world = World()
    world.declare(severity="sev2", services=("checkout",))
    taken = world.now
    world.now += timedelta(hours=3)
    world.do(c.ChangeStatus(Status.MONITORING))
    assert past_of(world.it) == Past("sev2", frozenset(("checkout",)), 3.0)
    assert world.it.acknowledged_at == taken
    assert past_of(replace(world.it, drill=True)) is None
    assert past_of(replace(world.it, mitigated_at=None)) is None
