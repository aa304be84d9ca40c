"""The simulated days: what the players pay, what the cheapest plan is, and that the proposals are worth following."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.days import BURST, BUSY, Incident, Weather, World, day
from benchmarks.priority_days import measure, table
from benchmarks.responders import HANDOVER, POLICIES, Shift, optimum, staffed

pytestmark = pytest.mark.slow


def incident(number: int, at: float, cost: float, hours: float, severity: int = 3) -> Incident:
    return Incident(number, at, cost, hours, cost, hours, severity)


@pytest.mark.parametrize("policy", POLICIES)
def test_one_incident_costs_what_it_costs_until_it_is_mitigated(policy: str) -> None:
    shift = Shift([incident(0, 1.0, 100, 2)], 2, POLICIES[policy]).play()
    assert shift.cost == pytest.approx(200)
    assert shift.moves == 0


def test_who_comes_first_is_served_first_and_the_other_waits() -> None:
    fires = [incident(0, 0.0, 10, 2), incident(1, 0.1, 1000, 1)]
    assert Shift(fires, 1, POLICIES["first_come"]).play().cost == pytest.approx(10 * 2 + 1000 * 2.9)


def test_severity_then_age_pulls_people_off_only_once_they_have_settled() -> None:
    fires = [incident(0, 0.0, 10, 2, severity=4), incident(1, 0.1, 1000, 1, severity=1)]
    shift = Shift(fires, 1, POLICIES["severity_pulling"]).play()
    done = 0.5 + 1 + HANDOVER
    assert shift.moves == 1
    assert shift.cost == pytest.approx(1000 * (done - 0.1) + 10 * (done + 1.5), rel=1e-4)


def test_following_the_proposals_keeps_the_half_hour_and_then_pays_the_handover() -> None:
    fires = [incident(0, 0.0, 10, 2), incident(1, 0.1, 1000, 1)]
    shift = Shift(fires, 1, staffed).play()
    assert shift.moves == 1
    assert shift.cost == pytest.approx(1000 * (0.5 + 1 + HANDOVER - 0.1) + 10 * (1.75 + 1.5), rel=1e-3)


def test_the_optimum_waits_for_nobody_and_is_the_least_of_all_orders() -> None:
    fires = [incident(0, 0.0, 10, 2), incident(1, 0.0, 1000, 1), incident(2, 0.0, 100, 1)]
    assert optimum(fires, 1) == 1000 * 1 + 100 * 2 + 10 * 4
    assert optimum(fires, 3) == 1000 * 1 + 100 * 1 + 10 * 2


def test_a_day_is_the_same_for_the_same_seed_and_its_severities_follow_the_seen_cost() -> None:
    one, two = (day(BUSY, np.random.default_rng(7), World()) for _ in range(2))
    assert one == two
    ordered = sorted(one, key=lambda fire: fire.seen_cost)
    assert [fire.severity for fire in ordered] == sorted((fire.severity for fire in one), reverse=True)
    assert all(math.isclose(fire.cost, fire.seen_cost) for fire in day(BUSY, np.random.default_rng(7), World(error=0)))


def test_in_a_burst_the_proposals_cost_less_than_severity_order_and_close_to_nothing_more_than_the_optimum() -> None:
    dice = np.random.default_rng(11)
    small = replace(Weather("small", 5, 0, 2), fixed=True)
    ratios = []
    for _ in range(15):
        fires = day(small, dice, World(error=0))
        ratios.append(Shift(fires, 2, staffed).play().cost / optimum(fires, 2))
    assert sum(ratios) / len(ratios) < 1.05
    bursts = [day(BURST, dice, World()) for _ in range(10)]
    ours, theirs = (sum(Shift(one, 2, POLICIES[name]).play().cost for one in bursts) for name in ("staff", "severity"))
    assert ours < theirs


@pytest.mark.slow
def test_the_report_has_every_weather_every_policy_and_intervals_around_the_figures() -> None:
    results = measure(6, 3)
    saved = [one for weather in results["weathers"].values() for one in weather["saved"].values()]
    assert all(one["low"] <= one["share"] <= one["high"] for one in saved)
    lines = list(table(results))
    assert len([line for line in lines if line.startswith("| ---")]) == 3
    assert "first come, first served" in lines[6]
