"""What holds of every ranking, whatever the incidents."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import Range, Tool
from bot.domain.policy import Policy
from bot.domain.priority import Board, Case, Override, Safety, Score, Scored, Scorer, by_score, lay_out
from tests.domain.fires import NOW, amounts, cases, counts, dearer, in_other_money, policy_with, said, scored, several
from tests.domain.fires import scored_all as score_all
from tests.domain.plainly import in_order

pytestmark = pytest.mark.slow

POLICY = policy_with()
TOOLS = policy_with(*(replace(one, operates_with=(Tool("search"), Tool("db", 2.0))) for one in POLICY.services))
"""Where many are slowed by what one of them has lost."""


def no_lower(after: Score, before: Score) -> bool:
    slack = 1e-9 * max(1.0, before.per_hour.high)
    pairs = zip(_ends(after.per_hour), _ends(before.per_hour), strict=True)
    return all(now >= then - slack for now, then in pairs)


def _ends(one: Range) -> tuple[float, float, float]:
    return one.low, one.expected, one.high


@given(cases(), amounts, amounts)
def test_more_revenue_lost_never_lowers_a_score(case: Case, loss: float, more: float) -> None:
    low, high = (
        scored(replace(case, impact=replace(case.impact, revenue_per_hour=said(value))), POLICY).score
        for value in (loss, loss + more)
    )
    assert no_lower(high, low)


@given(cases(), st.integers(0, 3), amounts)
def test_more_revenue_in_the_catalog_never_lowers_a_score(case: Case, which: int, more: float) -> None:
    services = list(POLICY.services)
    base = services[which].revenue_per_hour or Range.exact(0)
    earning = [replace(services[which], revenue_per_hour=one) for one in (base, base + Range.exact(more))]
    low, high = (scored(case, policy_with(*services[:which], one, *services[which + 1 :])).score for one in earning)
    assert no_lower(high, low)


@given(cases(), counts, counts)
def test_more_customers_never_lower_a_score(case: Case, count: int, more: int) -> None:
    low, high = (
        scored(replace(case, impact=replace(case.impact, customers=said(value))), POLICY).score
        for value in (count, count + more)
    )
    assert no_lower(high, low)


@given(cases(), amounts, amounts)
def test_more_people_exposed_never_lower_a_score(case: Case, count: float, more: float) -> None:
    low, high = (
        scored(replace(case, impact=replace(case.impact, exposed_per_hour=said(value))), POLICY).score
        for value in (count, count + more)
    )
    assert no_lower(high, low)


@given(cases(), st.sampled_from(["gdpr", "hipaa", "pci"]))
def test_one_more_regulation_or_kind_of_data_never_lowers_a_score(case: Case, more: str) -> None:
    ruled = [replace(one, regulations=(*one.regulations, more)) for one in POLICY.services]
    assert no_lower(scored(case, policy_with(*ruled)).score, scored(case, POLICY).score)
    touched = case.impact.data_classes.value if case.impact.data_classes else ()
    before, after = (
        scored(replace(case, impact=replace(case.impact, data_classes=said(classes))), POLICY).score
        for classes in (touched, (*touched, more))
    )
    assert no_lower(after, before)


@given(cases())
def test_a_score_is_a_range_that_is_the_sum_of_its_factors(case: Case) -> None:
    score = scored(case, POLICY).score
    assert 0 <= score.per_hour.low <= score.per_hour.expected * (1 + 1e-9)
    assert score.per_hour.expected <= score.per_hour.high * (1 + 1e-9)
    assert score.per_hour.expected == pytest.approx(sum(one.per_hour.expected for one in score.factors))
    assert len({one.key for one in score.factors}) == len(score.factors)


@given(several, st.data())
def test_the_order_does_not_depend_on_the_order_of_the_input(drawn: list[Case], data: st.DataObject) -> None:
    ones = score_all(drawn, POLICY)
    mixed = data.draw(st.permutations(ones))
    shown = [one.case.id for one in mixed[::2]]
    assert by_score(ones) == by_score(mixed)
    assert tuple(lay_out(ones, NOW, POLICY.priority, shown)) == tuple(lay_out(mixed, NOW, POLICY.priority, shown))


@given(several, st.sampled_from([0.0078125, 0.5, 128.0]))
def test_another_currency_changes_no_place_and_no_band(drawn: list[Case], factor: float) -> None:
    other: Policy = dearer(POLICY, factor)
    here = lay_out(score_all(drawn, POLICY), NOW, POLICY.priority)
    there = lay_out(score_all([in_other_money(case, factor) for case in drawn], other), NOW, other.priority)
    assert [(one.scored.case.id, one.band) for one in here] == [(one.scored.case.id, one.band) for one in there]


@given(several, cases())
def test_an_unrelated_incident_does_not_reorder_the_others(drawn: list[Case], stranger: Case) -> None:
    ones = score_all(drawn, POLICY)
    more = [*ones, scored(replace(stranger, id="stranger", number=99), POLICY)]
    shown = [case.id for case in drawn]
    for before in ((), shown):
        alone = [one.scored.case.id for one in lay_out(ones, NOW, POLICY.priority, before)]
        among = [one.scored.case.id for one in lay_out(more, NOW, POLICY.priority, before)]
        assert [key for key in among if key != "stranger"] == alone


@given(several, st.booleans())
def test_safety_stands_above_any_amount(drawn: list[Case], was_shown: bool) -> None:
    shown = [case.id for case in drawn] if was_shown else ()
    classes = [one.scored.score.safety for one in lay_out(score_all(drawn, POLICY), NOW, POLICY.priority, shown)]
    assert classes == sorted(classes, reverse=True)


@st.composite
def maybe_by_hand(draw: st.DrawFn, case: Case) -> Case:
    place, until, since = draw(st.tuples(st.integers(1, 9), st.integers(-1, 1), st.integers(0, 3)))
    override = Override(place, "A deal.", "UBEA", NOW - timedelta(minutes=since), NOW + timedelta(hours=until))
    return replace(case, override=draw(st.sampled_from([None, override])))


def same(board: Board, ones: list[Scored], now: datetime, shown: list[str]) -> None:
    """Hold a board against the plainest way to rank the same incidents, asked in every way that one may ask it."""
    plain = in_order(ones, now, TOOLS.priority, shown, Scorer(TOOLS).services)
    assert list(board) == plain
    assert [board[place] for place in range(len(board))] == plain
    assert [board.place_of(one.scored.case.id) for one in plain] == [one.place for one in plain]
    assert len(board) == len(plain)


@given(several, st.data())
def test_a_board_laid_out_is_the_plain_order(drawn: list[Case], data: st.DataObject) -> None:
    ones = score_all([data.draw(maybe_by_hand(case)) for case in drawn], TOOLS)
    shown = data.draw(st.permutations([one.case.id for one in ones]))[: data.draw(st.integers(0, len(ones)))]
    same(lay_out(ones, NOW, TOOLS.priority, shown, Scorer(TOOLS).services), ones, NOW, shown)


@given(several, several, st.data())
def test_a_board_that_follows_each_change_is_the_board_made_from_scratch(
    drawn: list[Case], later: list[Case], data: st.DataObject
) -> None:
    known = {one.case.id: one for one in score_all([data.draw(maybe_by_hand(case)) for case in drawn], TOOLS)}
    now, shown = NOW, list[str]()
    board = lay_out(known.values(), now, TOOLS.priority, shown, Scorer(TOOLS).services)
    for case in later:
        [one] = score_all([data.draw(maybe_by_hand(case))], TOOLS)
        gone = data.draw(st.lists(st.sampled_from([*known, "nobody"]), max_size=2))
        if data.draw(st.booleans()):
            shown = data.draw(st.permutations([*known, "nobody"]))[: data.draw(st.integers(0, 6))]
        now += timedelta(minutes=data.draw(st.sampled_from([0, 40])))
        before, was = list(board), board
        board = board.after(now, changed=[one], gone=gone, shown=shown)
        known = {key: each for key, each in known.items() if key not in gone} | {one.case.id: one}
        same(board, list(known.values()), now, shown)
        assert list(was) == before, "whoever still holds the board of before sees it as it was"


def test_many_changes_at_once_come_to_what_they_do_one_by_one() -> None:
    cases_of_all = [
        Case(f"i{number}", number, ("sev1", "sev2", "sev3")[number % 3], NOW, (TOOLS.services[number % 4].key,))
        for number in range(120)
    ]
    first, *more = score_all(cases_of_all, TOOLS)
    board = lay_out([first, *more[:9]], NOW, TOOLS.priority, [more[3].case.id], Scorer(TOOLS).services)
    gone = [one.case.id for one in more[:5]]
    at_once, by_one = board.after(NOW, changed=more[5:], gone=gone), board.after(NOW, gone=gone)
    for one in more[5:]:
        by_one = by_one.after(NOW, changed=[one])
    assert list(at_once) == list(by_one)
    same(at_once, [first, *more[5:]], NOW, [more[3].case.id])


@given(several, several)
def test_a_settled_order_stays_as_it_is(drawn: list[Case], earlier: list[Case]) -> None:
    shown = [one.case.id for one in by_score(score_all(earlier, POLICY))]
    once = [one.scored.case.id for one in lay_out(score_all(drawn, POLICY), NOW, POLICY.priority, shown)]
    again = [one.scored.case.id for one in lay_out(score_all(drawn, POLICY), NOW, POLICY.priority, once)]
    assert again == once


@given(cases())
def test_silence_is_never_paid_for(case: Case) -> None:
    overdue = replace(case, update_overdue=True)
    assert scored(overdue, POLICY).score == scored(case, POLICY).score


@given(cases())
def test_a_safety_class_adds_no_amount(case: Case) -> None:
    safe = replace(case, safety=Safety("Dosing pumps may stop", "UANA", NOW))
    assert scored(safe, POLICY).score.per_hour == scored(replace(case, safety=None), POLICY).score.per_hour


@given(cases(), st.integers(0, 3_600), st.integers(0, 3_600))
def test_what_does_not_grow_scores_alike_within_the_hour(case: Case, one: int, other: int) -> None:
    scorer = Scorer(POLICY)
    then, now = sorted(NOW + timedelta(seconds=seconds) for seconds in (one, other))
    alike = scorer.same_hour(then, now) and not scorer.grows(case, then)
    assert not alike or scorer.score(case, now) == scorer.score(case, then)
