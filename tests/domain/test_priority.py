"""One team, three fires at once: which first, why, and what would change that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.catalog import Edge, Range, Tool
from bot.domain.policy import ServicePolicy
from bot.domain.priority import (
    Band,
    Case,
    Cause,
    Held,
    Impact,
    Key,
    Override,
    Ranked,
    Safety,
    Scored,
    Scorer,
    Source,
    explain,
    lay_out,
)
from tests.domain.fires import NOW, policy_with, said, scored

MODEL = ServicePolicy(
    "forecast",
    "Forecast model",
    tier=2,
    kind="model",
    revenue_per_hour=Range.exact(3_000),
    operates_with=(Tool("boards"),),
)
BOARDS = ServicePolicy("boards", "Internal dashboards", tier=3, revenue_per_hour=Range.exact(0))
TRAINING = ServicePolicy(
    "training", "Training jobs", tier=3, revenue_per_hour=Range.exact(0), operates_with=(Tool("boards", 2.0),)
)
REPORTS = ServicePolicy(
    "reports",
    "Reports",
    tier=2,
    revenue_per_hour=Range.exact(500),
    depends_on=(Edge("boards", Range.exact(0.4), timedelta(hours=2)),),
)
POLICY = policy_with(MODEL, BOARDS, TRAINING, REPORTS)
BEGAN = NOW - timedelta(hours=1)

QUALITY = Case(
    "a",
    1,
    "sev2",
    BEGAN,
    ("forecast",),
    Impact(degraded=said(0.3), customers=said(4), vips=said(("Acme", "Birch", "Cedar"))),
)
DASHBOARDS = Case("b", 2, "sev1", BEGAN, ("boards",), Impact(degraded=said(1.0), customers=said(60)))
BACKLOG = Case("c", 3, "sev3", BEGAN, ("training",), Impact(customers=said(0), backlog_per_hour=said(40, hours_ago=1)))


def ranked(*cases: Case, shown: tuple[str, ...] = ()) -> tuple[Ranked, ...]:
    scorer = Scorer(POLICY)
    ones = [Scored(case, scorer.score(case, NOW)) for case in cases]
    return tuple(lay_out(ones, NOW, POLICY.priority, shown, scorer.services))


def order(*cases: Case, shown: tuple[str, ...] = ()) -> str:
    return "".join(one.scored.case.id for one in ranked(*cases, shown=shown))


def with_impact(case: Case, **figures: Any) -> Case:
    return replace(case, impact=replace(case.impact, **figures))


def test_a_few_important_customers_come_before_an_outage_that_only_we_see() -> None:
    found = ranked(BACKLOG, DASHBOARDS, QUALITY)
    assert [(one.scored.case.severity, one.place) for one in found] == [("sev2", 1), ("sev1", 2), ("sev3", 3)]
    assert [one.band for one in found] == [Band.HIGH, Band.MODERATE, Band.LOW]
    costs = [one.scored.score.per_hour.expected for one in found]
    assert costs == pytest.approx([900 + 4 + 150, 60 + 0.4 * 500 / 2, 40])


def test_each_place_is_explained_in_a_sentence_without_amounts() -> None:
    found = ranked(QUALITY, DASHBOARDS, BACKLOG)
    assert [explain(found, place, 0.0).sentence for place in (1, 2, 3)] == [
        "Rank 1: mostly revenue lost.",
        "Rank 2: what depends on it, then customers affected. Fix first: speeds 2 others.",
        "Rank 3: mostly its growing backlog.",
    ]
    assert found[1].speeds == {"a": 1.5, "c": 2.0}


def test_the_number_that_would_flip_a_place_does_flip_it() -> None:
    found = ranked(QUALITY, DASHBOARDS, BACKLOG)
    first, last = explain(found, 1, 0.0).flip, explain(found, 3, 0.0).flip
    assert first is not None
    assert last is not None
    assert (first.incident, first.factor, first.other) == (1, Key.REVENUE, 2)
    assert (last.incident, last.factor, last.other) == (3, Key.BACKLOG, 2)
    assert last.to == pytest.approx(160)
    for nudge, expected in ((-1, "abc"), (1, "acb")):
        grown = with_impact(BACKLOG, backlog_per_hour=said(last.to + nudge, hours_ago=1))
        assert order(QUALITY, DASHBOARDS, grown) == expected
    for nudge, expected in ((1, "abc"), (-1, "bac")):
        smaller = with_impact(QUALITY, revenue_per_hour=said(first.to + nudge))
        assert order(smaller, DASHBOARDS, BACKLOG) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (with_impact(QUALITY, vips=said(())), "abc"),
        (with_impact(QUALITY, degraded=said(0.0), vips=said(())), "bca"),
        (with_impact(DASHBOARDS, customers=said(5_000)), "bac"),
        (with_impact(DASHBOARDS, degraded=said(0.1)), "abc"),
        (with_impact(BACKLOG, backlog_per_hour=said(2_000, hours_ago=1)), "cab"),
        (with_impact(BACKLOG, data_classes=said(("health",)), exposed_per_hour=said(30)), "acb"),
        (replace(BACKLOG, severity="sev1"), "abc"),
        (replace(BACKLOG, update_overdue=True), "abc"),
        (replace(BACKLOG, safety=Safety("Dosing uses it", "UANA", NOW)), "cab"),
    ],
)
def test_one_number_at_a_time_changes_the_order_where_it_should(changed: Case, expected: str) -> None:
    others = [case for case in (QUALITY, DASHBOARDS, BACKLOG) if case.id != changed.id]
    assert order(changed, *others) == expected


def test_a_backlog_grows_and_dependents_come_nearer_but_age_alone_costs_nothing() -> None:
    older = replace(DASHBOARDS, since=NOW - timedelta(hours=9))
    cascade = [scored(case, POLICY).score.factor(Key.CASCADE) for case in (DASHBOARDS, older)]
    assert [one.per_hour.expected for one in cascade if one] == pytest.approx([100, 200])
    waiting = with_impact(BACKLOG, backlog_per_hour=said(40, hours_ago=3))
    assert scored(waiting, POLICY).score.per_hour.expected == pytest.approx(120)
    aged = replace(QUALITY, since=NOW - timedelta(days=3))
    assert scored(aged, POLICY).score == scored(QUALITY, POLICY).score


def test_the_displayed_order_holds_until_costs_differ_by_more_than_the_margin() -> None:
    near = with_impact(DASHBOARDS, customers=said(1_000))
    assert order(QUALITY, near) == "ba"
    assert order(QUALITY, near, shown=("a", "b")) == "ab"
    held = ranked(QUALITY, near, shown=("a", "b"))
    assert explain(held, 1, 0.15).sentence == "Rank 1: mostly revenue lost (by score alone it would be rank 2)."
    assert order(QUALITY, with_impact(near, customers=said(1_200)), shown=("a", "b")) == "ba"


def test_an_override_holds_until_its_time_is_over_and_never_passes_safety() -> None:
    def pinned(hours: int) -> Case:
        override = Override(1, "The board meets at noon.", "UBEA", BEGAN, NOW + timedelta(hours=hours))
        return replace(BACKLOG, override=override)

    held = ranked(QUALITY, DASHBOARDS, pinned(1))
    assert [one.scored.case.id for one in held] == ["c", "a", "b"]
    assert explain(held, 1, 0.15).sentence == "Rank 1, set by hand: The board meets at noon."
    assert explain(held, 1, 0.15).flip is None
    assert order(QUALITY, DASHBOARDS, pinned(0)) == "abc"
    danger = replace(DASHBOARDS, safety=Safety("Operators are blind", "UANA", NOW))
    assert order(QUALITY, danger, pinned(1)) == "bca"


def test_safety_is_said_and_never_weighed_in_money() -> None:
    danger = replace(BACKLOG, safety=Safety("Dosing uses it", "UANA", NOW))
    found = ranked(QUALITY, DASHBOARDS, danger)
    assert explain(found, 1, 0.15).sentence == "Rank 1, safety first: Dosing uses it."
    assert found[0].band is Band.EXTREME
    assert explain(found, 1, 0.15).flip is None
    assert explain(found, 2, 0.15).flip is None


def test_a_place_by_hand_never_hides_that_people_may_come_to_harm() -> None:
    override = Override(2, "The board meets at noon.", "UBEA", BEGAN, NOW + timedelta(hours=1))
    danger = replace(BACKLOG, safety=Safety("Dosing uses it.", "UANA", NOW), override=override)
    found = ranked(QUALITY, DASHBOARDS, danger)
    said = "Rank 1, safety first: Dosing uses it. Also set by hand: The board meets at noon."
    assert explain(found, 1, 0.15).sentence == said
    standing = lay_out([one.scored for one in found], NOW, POLICY.priority).standing("c")
    assert standing is not None
    assert standing.why.startswith("Safety first: Dosing uses it.")


def test_what_nobody_said_is_wide_and_says_where_it_comes_from() -> None:
    unknown = scored(Case("d", 4, "sev2", NOW), POLICY).score
    assert {one.source for one in unknown.factors} == {Source.ASSUMED}
    assert unknown.per_hour.low < unknown.per_hour.expected < unknown.per_hour.high
    told = scored(QUALITY, POLICY).score.factor(Key.REVENUE)
    assert told is not None
    assert (told.source, told.by) == (Source.PERSON, "UANA")
    catalog = scored(replace(QUALITY, impact=Impact()), POLICY).score.factor(Key.REVENUE)
    assert catalog is not None
    assert (catalog.source, catalog.by) == (Source.CATALOG, "")


def test_an_error_budget_counts_only_where_there_is_no_revenue_figure() -> None:
    burning = ServicePolicy("api", "API", error_budget=0.001)
    case = Case("d", 4, "sev1", NOW, ("api",), Impact(degraded=said(0.5)))
    without = scored(case, policy_with(burning)).score
    with_figure = scored(case, policy_with(replace(burning, revenue_per_hour=Range.exact(100)))).score
    assert without.factor(Key.REVENUE) is None
    burnt = without.factor(Key.BUDGET)
    assert burnt is not None
    assert burnt.per_hour.expected == pytest.approx(0.5 / 0.001 / 730 * 10_000)
    assert with_figure.factor(Key.BUDGET) is None


def test_revenue_goes_by_the_hour_of_the_week() -> None:
    hours = tuple(3.0 if hour == 3 * 24 + 14 else 1.0 for hour in range(168))
    shop = ServicePolicy("shop", "Shop", revenue_per_hour=Range.exact(100), revenue_by_hour=hours)
    scorer, case = Scorer(policy_with(shop)), Case("d", 4, "sev1", NOW, ("shop",), Impact(degraded=said(1.0)))
    found = [scorer.score(case, NOW + timedelta(hours=later)).factor(Key.REVENUE) for later in (0, 1)]
    assert [one.per_hour.expected for one in found if one] == [300, 100]


def test_a_page_of_the_board_is_the_same_whether_or_not_the_rest_is_asked_for() -> None:
    whole = ranked(QUALITY, DASHBOARDS, BACKLOG)
    scorer = Scorer(POLICY)
    ones = [scored(case, POLICY) for case in (BACKLOG, DASHBOARDS, QUALITY)]
    board = lay_out(ones, NOW, POLICY.priority, services=scorer.services)
    assert (board[:2], board[-1], board[2:9]) == (whole[:2], whole[2], whole[2:])
    with pytest.raises(IndexError, match="no place 4 among 3"):
        board[3]


def test_rank_is_over_what_is_given_and_a_lost_tool_speeds_only_what_needs_it() -> None:
    assert order(QUALITY, BACKLOG, shown=("c", "b", "a")) == "ac"
    alone = ranked(QUALITY, BACKLOG)
    assert not any(one.speeds for one in alone)
    with pytest.raises(IndexError, match="no place 3 among 2"):
        explain(alone, 3, 0.15)


def test_what_keeps_an_incident_from_the_place_set_by_hand_is_known() -> None:
    def held(letter: str, *cases: Case) -> Held | None:
        scorer = Scorer(POLICY)
        board = lay_out([Scored(case, scorer.score(case, NOW)) for case in cases], NOW, POLICY.priority)
        standing = board.standing(letter)
        assert standing is not None
        return standing.held

    def by_hand(case: Case, place: int, minutes_ago: int = 1) -> Case:
        since = NOW - timedelta(minutes=minutes_ago)
        return replace(case, override=Override(place, "A deal.", "UBEA", since, NOW + timedelta(hours=1)))

    danger = replace(QUALITY, safety=Safety("Dosing uses it.", "UANA", NOW))
    assert held("c", QUALITY, DASHBOARDS, by_hand(BACKLOG, 1)) is None
    assert held("c", danger, DASHBOARDS, by_hand(BACKLOG, 1)) == Held(Cause.SAFETY, (1,))
    assert held("a", by_hand(danger, 2), DASHBOARDS, BACKLOG) == Held(Cause.ITSELF)
    assert held("a", by_hand(QUALITY, 9), DASHBOARDS, BACKLOG) == Held(Cause.FEW)
    assert held("c", QUALITY, by_hand(DASHBOARDS, 1), by_hand(BACKLOG, 1, minutes_ago=9)) == Held(Cause.BY_HAND, (2,))
    assert held("a", danger, DASHBOARDS, BACKLOG) is None
