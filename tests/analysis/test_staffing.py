"""Who goes where: safety first, then cost over time to mitigate, with few moves, and what the alternative costs."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.analysis.staffing import HORIZON, propose
from bot.domain.catalog import Range
from bot.domain.staffing import Estimate, Fire, Part, Person, Situation, StaffingRules, estimate

NOW = datetime(2026, 3, 2, 2, 47, tzinfo=UTC)
DATABASE = frozenset(("database",))


def burning(
    incident: str,
    per_hour: float,
    hours: float,
    *,
    skills: frozenset[str] = frozenset(),
    safety: bool = False,
    speeds: tuple[tuple[str, float], ...] = (),
) -> Fire:
    return Fire(incident, Range.exact(per_hour), hours, skills, safety, speeds=speeds)


def situation(fires: list[Fire], people: list[Person], rules: StaffingRules | None = None) -> Situation:
    return Situation(NOW, tuple(fires), tuple(people), rules or StaffingRules())


def led(fire: Fire, by: str, minutes: int) -> Fire:
    return replace(fire, commander=by, commander_since=NOW - timedelta(minutes=minutes))


def test_the_cost_per_hour_of_work_decides_and_not_the_cost_alone() -> None:
    quick, dear = burning("quick", 600, 0.5), burning("dear", 1000, 4)
    plan = propose(situation([dear, quick], [Person("ana")])).plan
    assert plan.leader("quick") == "ana"
    assert [(one.incident, one.hours, one.price.expected) for one in plan.waiting] == [("dear", 0.5, 500)]
    assert plan.price.expected == 600 * 0.5 + 1000 * 4.5


def test_possible_harm_to_people_comes_before_any_money() -> None:
    dear, risky = burning("dear", 1_000_000, 0.5), burning("risky", 0, 8, safety=True)
    plan = propose(situation([dear, risky], [Person("ana")])).plan
    assert plan.leader("risky") == "ana"
    assert [one.incident for one in plan.waiting] == ["dear"]


def test_a_commander_is_moved_where_waiting_costs_far_more_and_the_handover_is_paid() -> None:
    cheap, dear = led(burning("cheap", 10, 2), "ana", 45), burning("dear", 10_000, 1)
    proposal = propose(situation([cheap, dear], [Person("ana", incident="cheap")]))
    (move,) = proposal.plan.moves
    assert (move.user, move.left, move.incident, move.part) == ("ana", "cheap", "dear", Part.LEADS)
    assert proposal.plan.done["dear"] == 1.25
    assert proposal.keep.leader("cheap") == "ana"
    assert proposal.keep.price.expected == 10 * 2 + 10_000 * 3
    assert proposal.saving == pytest.approx(proposal.keep.price.expected - proposal.plan.price.expected)
    assert proposal.saving > 0


@pytest.mark.parametrize(("minutes", "moved"), [(29, False), (30, True)])
def test_a_commander_who_took_over_lately_is_left_alone(minutes: int, moved: bool) -> None:
    cheap, dear = led(burning("cheap", 10, 2), "ana", minutes), burning("dear", 10_000, 1)
    plan = propose(situation([cheap, dear], [Person("ana", incident="cheap")])).plan
    assert bool(plan.moves) is moved
    assert plan.leader("cheap") == (None if moved else "ana")


def test_a_settling_commander_is_left_alone_even_for_safety() -> None:
    cheap, risky = led(burning("cheap", 10, 2), "ana", 5), burning("risky", 0, 1, safety=True)
    assert propose(situation([cheap, risky], [Person("ana", incident="cheap")])).plan.leader("cheap") == "ana"


def test_nobody_is_moved_for_a_gain_that_the_handover_eats() -> None:
    one, two = led(burning("one", 100, 0.5), "ana", 60), burning("two", 110, 0.5)
    proposal = propose(situation([one, two], [Person("ana", incident="one")]))
    assert proposal.plan.moves == ()
    assert proposal.plan is proposal.keep


def test_a_free_person_goes_before_a_busy_one_is_moved() -> None:
    one, two = led(burning("one", 100, 1), "ana", 60), burning("two", 5000, 1)
    plan = propose(situation([one, two], [Person("ana", incident="one"), Person("ben")])).plan
    assert (plan.leader("one"), plan.leader("two"), plan.moves) == ("ana", "ben", ())


def test_an_incident_gets_the_skills_it_needs_from_whoever_has_them() -> None:
    fire = burning("slow queries", 1000, 1, skills=DATABASE)
    helper = Person("dora", skills=DATABASE, may_command=False)
    plan = propose(situation([fire], [Person("ana"), helper, Person("carl")])).plan
    parts = {place.user: place.part for place in plan.places}
    assert parts.pop("dora") is Part.HELPS
    assert list(parts.values()) == [Part.LEADS]
    assert (plan.done["slow queries"], plan.lacking) == (1, {})


def test_whoever_has_the_skill_leads_where_one_person_is_enough() -> None:
    fires = [burning("slow queries", 1000, 1, skills=DATABASE), burning("other", 1000, 1)]
    plan = propose(situation(fires, [Person("ana"), Person("dora", skills=DATABASE)])).plan
    assert (plan.leader("slow queries"), plan.leader("other")) == ("dora", "ana")


def test_a_skill_that_nobody_has_is_named_and_slows_the_work() -> None:
    plan = propose(situation([burning("slow queries", 1000, 1, skills=DATABASE)], [Person("ana")])).plan
    assert plan.lacking == {"slow queries": DATABASE}
    assert plan.done["slow queries"] == 2


def test_a_lost_tool_is_fixed_first_for_what_it_saves_the_others() -> None:
    tool = burning("observability", 10, 1, speeds=(("shop", 3.0), ("search", 3.0)))
    fires = [tool, burning("shop", 900, 1), burning("search", 800, 1)]
    assert propose(situation(fires, [Person("ana")])).plan.leader("observability") == "ana"
    alone = [replace(tool, speeds=()), *fires[1:]]
    assert propose(situation(alone, [Person("ana")])).plan.leader("shop") == "ana"


def test_whoever_is_awake_for_too_long_keeps_what_they_have_and_gets_nothing_new() -> None:
    fires = [led(burning("one", 10, 1), "ana", 60), burning("two", 9000, 1)]
    people = [Person("ana", incident="one", hours_awake=19), Person("ben", hours_awake=20)]
    proposal = propose(situation(fires, people))
    assert (proposal.plan.leader("one"), proposal.plan.leader("two")) == ("ana", None)
    assert proposal.resting == ("ana", "ben")
    (waiting,) = proposal.plan.waiting
    assert (waiting.hours, waiting.price.expected) == (None, 9000 * HORIZON)


def test_who_is_not_available_is_not_counted_on() -> None:
    fires = [led(burning("one", 10, 1), "ben", 60), burning("two", 10, 1)]
    plan = propose(situation(fires, [Person("ana", available=False), Person("ben", incident="one")])).plan
    assert {place.user for place in plan.places} == {"ben"}


@pytest.mark.parametrize("minutes", [5, 600])
def test_whoever_commands_is_left_in_command_and_given_nothing_else_whatever_is_said_of_them(minutes: int) -> None:
    fires = [led(burning("mild", 10, 1), "ana", minutes), burning("dear", 100_000, 1)]
    people = [Person("ana", incident="mild", available=False), Person("ben"), Person("cleo")]
    found = propose(situation(fires, people))
    for plan in (found.plan, found.keep):
        assert plan.leader("mild") == "ana"
        assert plan.leader("dear") in {"ben", "cleo"}
    assert found.resting == ()


def test_what_endangers_people_has_no_price() -> None:
    dear, risky = burning("dear", 1000, 1), burning("risky", 500, 1, safety=True)
    plan = propose(situation([dear, risky], [Person("ana"), Person("ben")])).plan
    assert plan.price_of([risky]).expected == 0
    assert plan.price_of([dear, risky]) == plan.price_of([dear]) == Range.exact(1000)


def test_a_helper_who_is_not_needed_elsewhere_stays() -> None:
    fires = [led(burning("one", 10, 1), "ana", 60), burning("two", 20, 1)]
    people = [Person("ana", incident="one"), Person("bo", may_command=False, incident="one")]
    places = {place.user: (place.incident, place.part) for place in propose(situation(fires, people)).keep.places}
    assert places == {"ana": ("one", Part.LEADS), "bo": ("one", Part.HELPS)}


def test_a_fire_of_unknown_cost_still_gets_whoever_is_free() -> None:
    fires = [burning("known", 500, 1), burning("unknown", 0, 1)]
    plan = propose(situation(fires, [Person("ana"), Person("ben")])).plan
    assert {plan.leader("known"), plan.leader("unknown")} == {"ana", "ben"}


@pytest.mark.parametrize(("fires", "people"), [([], [Person("ana")]), ([burning("one", 10, 1)], []), ([], [])])
def test_without_fires_or_without_people_nobody_is_placed(fires: list[Fire], people: list[Person]) -> None:
    proposal = propose(situation(fires, people))
    assert proposal.plan.places == ()
    assert proposal.plan.price.expected == sum(fire.per_hour.expected * HORIZON for fire in fires)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (None, Estimate(2)),
        (3.0, Estimate(3, "ana")),
        (9.0, Estimate(6, "ana", bounded=True)),
        (0.1, Estimate(2 / 3, "ana", bounded=True)),
    ],
)
def test_a_commanders_own_figure_counts_within_a_factor_of_three(own: float | None, expected: Estimate) -> None:
    assert estimate(2, own, "ana" if own else "") == expected


PEOPLE = st.lists(st.integers(0, 3), min_size=1, max_size=3)
FIRES = st.lists(st.tuples(st.integers(1, 9999), st.integers(1, 12), st.booleans()), min_size=1, max_size=5)


def some(fires: list[tuple[int, int, bool]], people: list[int]) -> Situation:
    """Return a situation with some people on some fires, for 45 minutes each."""
    found = [burning(f"inc-{n}", float(cost), hours / 3, safety=safe) for n, (cost, hours, safe) in enumerate(fires)]
    team = []
    for number, place in enumerate(people):
        at = place if place < len(found) and found[place].commander is None else None
        if at is not None:
            found[at] = led(found[at], f"p{number}", 45)
        team.append(Person(f"p{number}", incident=None if at is None else f"inc-{at}"))
    return situation(found, team)


@settings(max_examples=40, deadline=None)
@given(FIRES, PEOPLE)
def test_a_proposal_is_sound_and_never_dearer_than_keeping_everyone(
    fires: list[tuple[int, int, bool]], people: list[int]
) -> None:
    given_ = some(fires, people)
    proposal = propose(given_)
    for plan in (proposal.plan, proposal.keep):
        users = [place.user for place in plan.places]
        leading = [place.incident for place in plan.places if place.part is Part.LEADS]
        assert len(users) == len(set(users))
        assert len(leading) == len(set(leading)) == min(len(fires), len(people))
        assert set(leading).isdisjoint(one.incident for one in plan.waiting)
    assert proposal.keep.moves == ()
    unled = [
        sum(f.safety and plan.leader(f.incident) is None for f in given_.fires)
        for plan in (proposal.plan, proposal.keep)
    ]
    assert (unled[0], proposal.plan.price.expected) <= (unled[1], proposal.keep.price.expected)


@settings(max_examples=20, deadline=None)
@given(FIRES, PEOPLE, st.integers(1, 6))
def test_another_currency_changes_nobodys_place(
    fires: list[tuple[int, int, bool]], people: list[int], power: int
) -> None:
    before = some(fires, people)
    dearer = tuple(replace(fire, per_hour=fire.per_hour.times(2**power)) for fire in before.fires)
    one, other = propose(before), propose(replace(before, fires=dearer))
    assert other.plan.price.expected == pytest.approx(one.plan.price.expected * 2**power)


def cheapest(costs: list[float], hours: list[float], people: int) -> float:
    """Return the least possible cost by trying every way to share the fires out; each person works by Smith's rule."""
    order = sorted(range(len(costs)), key=lambda n: costs[n] / hours[n], reverse=True)
    prices = []
    for shares in product(range(people), repeat=len(order)):
        ends = [0.0] * people
        price = 0.0
        for fire, person in zip(order, shares, strict=True):
            ends[person] += hours[fire]
            price += costs[fire] * ends[person]
        prices.append(price)
    return min(prices)


def test_a_plan_is_within_a_few_per_cent_of_the_cheapest_on_small_instances() -> None:
    dice = random.Random(4)
    ratios = []
    for _ in range(40):
        costs = [dice.lognormvariate(7, 1.2) for _ in range(6)]
        hours = [dice.lognormvariate(0, 0.8) for _ in range(6)]
        fires = [burning(f"inc-{n}", cost, time) for n, (cost, time) in enumerate(zip(costs, hours, strict=True))]
        price = propose(situation(fires, [Person("ana"), Person("ben")])).plan.price.expected
        ratios.append(price / cheapest(costs, hours, 2))
    assert min(ratios) >= 1 - 1e-9
    assert sum(ratios) / len(ratios) < 1.05


def test_what_is_uncertain_about_the_cost_is_uncertain_about_the_price() -> None:
    fires = [Fire("one", Range(100, 200, 900), 2), Fire("two", Range.exact(10), 1)]
    plan = propose(situation(fires, [Person("ana")])).plan
    assert plan.price == Range(230, 430, 1830)
    assert [one.price for one in plan.waiting] == [Range.exact(20)]
