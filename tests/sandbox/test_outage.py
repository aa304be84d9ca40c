"""The replayed outage: sharp, contained, mended, and the same whenever it is asked."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sandbox.outage import MODELS, SERVICES, Measure, Scenario, value

# A weekday afternoon; the shape of a day matters to the figures, its date does not.
START = 1_795_264_200.0
FAULT = START - 480


def latency(scenario: Scenario, name: str, at: float) -> float:
    return value(scenario, f"{name}/latency", SERVICES[name].latency, at)


def bad(scenario: Scenario, name: str, at: float) -> float:
    return value(scenario, f"{name}/bad", {**SERVICES, **MODELS}[name].bad, at)


def test_checkout_breaks_at_the_fault_and_not_before() -> None:
    scenario = Scenario(FAULT)
    assert scenario.intensity(FAULT) == 0.0
    assert latency(scenario, "checkout", FAULT - 1) == pytest.approx(0.18, rel=0.25)
    assert bad(scenario, "checkout", FAULT - 1) < 0.002
    assert latency(scenario, "checkout", START) == pytest.approx(2.4, rel=0.25)
    assert bad(scenario, "checkout", START) == pytest.approx(0.34, rel=0.2)


def test_payments_is_dragged_along_and_search_is_not() -> None:
    scenario = Scenario(FAULT)
    assert latency(scenario, "payments", START) > 4 * latency(scenario, "payments", FAULT)
    assert latency(scenario, "search", START) == pytest.approx(latency(scenario, "search", FAULT), rel=0.2)
    assert bad(scenario, "search", START) < 0.001


def test_the_model_falls_back_a_little_more() -> None:
    scenario = Scenario(FAULT)
    assert 2 < bad(scenario, "recommender", START) / bad(scenario, "recommender", FAULT) < 6


def test_it_is_still_getting_worse_when_the_demo_opens() -> None:
    scenario = Scenario(FAULT)
    steps = [scenario.intensity(FAULT + minute * 60) for minute in range(11)]
    assert steps == sorted(steps)
    assert steps[8] < steps[10] == 1.0


def test_after_the_fix_it_is_well_again_within_four_minutes() -> None:
    scenario = Scenario(FAULT)
    scenario.fix(START)
    assert scenario.intensity(START) > 0.9
    assert 0 < scenario.intensity(START + 120) < 0.3
    assert scenario.intensity(START + 240) == 0.0
    assert latency(scenario, "checkout", START + 241) == pytest.approx(0.18, rel=0.25)


def test_what_was_mended_stays_mended_and_the_past_stays_as_it_was() -> None:
    scenario, broken = Scenario(FAULT), Scenario(FAULT)
    scenario.fix(START)
    scenario.fix(START + 1000)
    assert scenario.fixed_at == START
    assert latency(scenario, "checkout", START - 60) == latency(broken, "checkout", START - 60)


def test_a_fix_before_the_fault_means_no_outage() -> None:
    scenario = Scenario(FAULT)
    scenario.fix(FAULT - 100)
    assert scenario.intensity(START) == 0.0


def test_noise_depends_on_the_seed_alone() -> None:
    moments = [START + step * 7.3 for step in range(200)]
    first = [latency(Scenario(FAULT, seed=1), "search", at) for at in moments]
    assert first == [latency(Scenario(FAULT, seed=1), "search", at) for at in moments]
    assert first != [latency(Scenario(FAULT, seed=2), "search", at) for at in moments]


def test_noise_is_smooth_and_stays_within_its_share() -> None:
    measure = Measure(1.0, 1.0, noise=0.1)
    values = [value(Scenario(FAULT), "x", measure, START + second) for second in range(3600)]
    assert 0.9 <= min(values) < 0.97 < 1.03 < max(values) <= 1.1
    assert max(abs(later - earlier) for earlier, later in pairwise(values)) < 0.02


def test_more_is_asked_in_the_afternoon_than_before_dawn() -> None:
    midnight = START - START % 86_400
    scenario = Scenario(START + 86_400)
    night, day = (value(scenario, "checkout/rate", SERVICES["checkout"].rate, midnight + h * 3600) for h in (4, 16))
    assert day > 2 * night
