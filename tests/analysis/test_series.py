"""Panel data keeps its one stored form, and says what changed between before and now."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis.series import (
    Change,
    PanelData,
    PanelDocument,
    Series,
    change,
    decode,
    encode,
    most_changed,
    series_of,
    step_for,
)

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
LINES = st.builds(
    Series,
    st.dictionaries(TEXT, TEXT, max_size=3).map(lambda labels: tuple(sorted(labels.items()))),
    st.lists(st.tuples(NUMBERS, NUMBERS | st.none()), max_size=5).map(tuple),
)
PANELS = st.builds(
    PanelData, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, st.lists(LINES, max_size=3).map(tuple), st.integers(0, 9), TEXT
)
DOCUMENTS = st.builds(PanelDocument, NUMBERS, NUMBERS, NUMBERS, st.lists(PANELS, max_size=3).map(tuple))


def line(*values: float | None, **labels: str) -> Series:
    """One point a minute from 0 s on."""
    return Series(tuple(sorted(labels.items())), tuple((60.0 * index, value) for index, value in enumerate(values)))


def panel(*lines: Series) -> PanelData:
    return PanelData("checkout", "Checkout", "latency", "Latency", "seconds", "q", lines)


@given(DOCUMENTS)
def test_what_is_stored_comes_back(document: PanelDocument) -> None:
    data = encode(document)
    assert decode(data) == document
    assert data == json.dumps(json.loads(data), sort_keys=True, separators=(",", ":")).encode(), "one form only"


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b'{"panels":[{}]}', b'{"panels":[],"start":[]}', b"\xff"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(data)


def test_what_is_no_number_is_kept_as_a_gap() -> None:
    read = series_of({"__name__": "up", "job": "a"}, [[0, "1.5"], [60.5, "NaN"], [120, "+Inf"], [180, "2"]])
    assert read == Series((("job", "a"),), ((0.0, 1.5), (60.5, None), (120.0, None), (180.0, 2.0)))


def test_half_a_letter_does_not_reach_the_chart() -> None:
    assert series_of(json.loads('{"job": "\\ud83d"}'), []).labels == (("job", "?"),)


def test_a_line_is_cut_where_points_are_missing() -> None:
    broken = line(1, 2, None, None, 5, 6)
    assert [[value for _, value in run] for run in broken.runs(60.0)] == [[1, 2], [5, 6]]
    assert line(None).runs(60.0) == []


def test_before_is_the_usual_value_and_now_the_last_minutes() -> None:
    moved = change(line(10, 11, 500, 10, 11, 40, 90, 80, 21, 20, 20, 19, 20), since=300.0)
    assert moved == Change(before=11, worst=90, now=20)


def test_worst_may_be_below() -> None:
    assert change(line(100, 100, 40, 70), since=120.0).worst == 40


def test_a_line_that_ended_before_has_no_worst() -> None:
    assert change(line(5, 5), since=600.0) == Change(5, None, 5)
    assert change(line(None), since=0.0) == Change(None, None, None)


def test_a_line_that_is_new_has_no_before() -> None:
    assert change(line(None, None, 7), since=120.0) == Change(None, 7, 7)


def test_the_line_that_went_furthest_speaks_for_its_panel() -> None:
    calm, wild, new = line(1, 1, 1.2), line(5, 5, 9), line(None, None, 8)
    assert most_changed(panel(calm, wild), 120.0) == wild
    assert most_changed(panel(calm, wild, new), 120.0) == new
    assert most_changed(panel(), 0.0) is None


@given(st.integers(0, 10**7))
def test_a_step_gives_about_as_many_points_as_can_be_seen(seconds: int) -> None:
    step = step_for(0.0, float(seconds))
    assert step % 15 == 0
    assert seconds / step <= 240
    assert step == 15 or seconds / (step - 15) > 240
    assert math.isfinite(step)
