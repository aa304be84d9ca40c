"""Charts say what they show, in pictures and in words, whatever the data is."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.analysis.series import PanelData, PanelDocument, Series, decode, encode
from templates.canvas import DARK, DPI, LIGHT, WIDTH, Palette
from templates.charts import ALT_MAX, Chart, draw_charts
from templates.quantities import quantity
from templates.readings import ChartContext, describe, name_of, reading, shaded, unrecovered
from tests.builders import night, panel_document
from tests.domain.world import START

NIGHT = ChartContext.of(night("resolved").it, "after")
OPEN = ChartContext.of(night("declared").it, "asked")
EARLY = START - timedelta(minutes=67)


def picture(chart: Chart) -> Image.Image:
    return Image.open(io.BytesIO(chart.data)).convert("RGB")


def share(chart: Chart, colour: str) -> float:
    """Return how much of a picture has about this colour."""
    wanted = tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))
    image = picture(chart)
    near = sum(
        count
        for count, found in image.getcolors(1 << 20) or ()
        if max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= 6
    )
    return near / (image.width * image.height)


def document(*lines: Series, unit: str = "", error: str = "", title: str = "Depth") -> bytes:
    panel = PanelData("queue", "Queue", "depth", title, unit, "q", lines, 0, error)
    return encode(PanelDocument(EARLY.timestamp(), START.timestamp() + 900, 60.0, (panel,)))


def line(*values: float | None, **labels: str) -> Series:
    """Points a minute apart, ending when the window does."""
    first = START.timestamp() + 900 - 60 * (len(values) - 1)
    return Series(tuple(sorted(labels.items())), tuple((first + 60 * at, value) for at, value in enumerate(values)))


def test_each_service_has_one_picture() -> None:
    data = panel_document(EARLY, START + timedelta(minutes=95), services=("checkout", "payments"))
    charts = draw_charts(data, NIGHT)
    assert [chart.name for chart in charts] == ["inc-42-checkout-after.png", "inc-42-payments-after.png"]
    assert {picture(chart).width for chart in charts} == {round(WIDTH * DPI)}


def test_the_words_say_what_the_picture_shows() -> None:
    (chart,) = draw_charts(panel_document(EARLY, START + timedelta(minutes=95)), NIGHT)
    assert chart.alt == (
        "Checkout, 01:40 to 04:22 UTC. "
        "Latency, 99th percentile: 181 ms before, 2.4 s at worst, 187 ms at the end. "
        "Requests answered 5xx: 0.2 % before, 47.2 % at worst, 0.22 % at the end. "
        "Requests: 42.1/s before, 23/s at worst, 42.9/s at the end."
    )


def test_while_it_goes_on_the_last_value_is_now() -> None:
    (chart,) = draw_charts(panel_document(EARLY, START + timedelta(minutes=6)), OPEN)
    assert "Latency, 99th percentile: 181 ms before, 2.3 s now." in chart.alt


def test_what_is_still_far_from_its_usual_value_is_named_and_what_came_back_is_not() -> None:
    during = decode(panel_document(EARLY, START + timedelta(minutes=6)))
    assert unrecovered(during, OPEN) == (
        "Checkout, Latency, 99th percentile at 2.3 s (181 ms before)",
        "Checkout, Requests answered 5xx at 45.4 % (0.2 % before)",
    )
    assert unrecovered(decode(panel_document(EARLY, START + timedelta(minutes=95))), NIGHT) == ()


@pytest.mark.parametrize(
    "values", [(5.0,) * 30, (None,) * 30, (10.0,) * 16 + (None,) * 14, (10.0,) * 20 + (13.0,) * 10]
)
def test_what_hardly_moved_or_has_no_data_raises_no_doubt(values: tuple[float | None, ...]) -> None:
    assert unrecovered(decode(document(line(*values))), OPEN) == ()
    assert unrecovered(decode(document()), OPEN) == ()


def test_the_shade_is_called_impact_only_where_somebody_said_when_that_began() -> None:
    context = ChartContext("INC-42", began=START, declared=START)
    assert shaded(context, START) == "Shaded: declared 02:47 and going on."
    assert shaded(replace(context, ended=START + timedelta(minutes=9)), START) == "Shaded: declared 02:47 to 02:56."
    known = replace(context, began=START - timedelta(minutes=7))
    assert shaded(known, START) == "Shaded: impact, 02:40 and going on."


@pytest.mark.parametrize(("dark", "palette"), [(False, LIGHT), (True, DARK)], ids=["light", "dark"])
def test_the_card_brings_its_own_paper_and_shades_the_impact(dark: bool, palette: Palette) -> None:
    (chart,) = draw_charts(panel_document(EARLY, START + timedelta(minutes=95)), replace(NIGHT, dark=dark))
    assert share(chart, palette.paper) > 0.5
    assert 0.05 < share(chart, palette.shade) < 0.4
    assert share(chart, palette.lines[0]) > 0.0005
    assert share(chart, palette.before) > 0.0005


def test_the_shade_is_as_wide_as_the_impact_was_long() -> None:
    data = panel_document(EARLY, START + timedelta(minutes=95))
    long, short = (
        share(draw_charts(data, replace(NIGHT, ended=NIGHT.began + timedelta(minutes=length)))[0], LIGHT.shade)
        for length in (60, 20)
    )
    assert long == pytest.approx(3 * short, rel=0.15)


def test_the_same_data_draws_the_same_picture() -> None:
    data = panel_document(EARLY, START)
    assert draw_charts(data, OPEN) == draw_charts(data, OPEN)


def test_what_could_not_be_read_says_so() -> None:
    (chart,) = draw_charts(document(error="Prometheus at db:9090 could not be reached."), OPEN)
    assert chart.alt.endswith("Depth: Prometheus at db:9090 could not be reached.")
    assert share(chart, LIGHT.shade) == 0
    assert share(chart, LIGHT.paper) > 0.8


def test_several_lines_are_told_apart_by_colour_and_by_name() -> None:
    lines = [line(*([1.0] * 70), *([scale] * 20), code=str(500 + scale), job="a") for scale in range(2, 6)]
    (chart,) = draw_charts(document(*lines), OPEN)
    assert all(share(chart, colour) > 0.0005 for colour in LIGHT.lines[:4])
    assert chart.alt.endswith("Depth: 1 before, 5 now (505).")


def test_lines_are_named_by_what_differs() -> None:
    one, two = line(1, job="a", code="500"), line(1, job="a", code="502")
    panel = PanelData("q", "Q", "d", "D", "", "q", (one, two))
    assert name_of(one, panel) == "500"
    third = line(1, job="b", code="500")
    assert name_of(third, replace(panel, series=(one, two, third))) == "code=500 job=b"


def test_a_flat_a_negative_and_a_single_value_are_drawn() -> None:
    for values in ((3.0, 3.0), (-2.0, -2.0), (0.0,), (-5.0, 4.0), (None, 1.0, None)):
        (chart,) = draw_charts(document(line(*values)), OPEN)
        assert picture(chart).height > 300


def test_a_window_without_length_is_drawn() -> None:
    at = START.timestamp()
    panel = PanelData("q", "Q", "d", "D", "", "q", (Series((), ((at, 1.0),)),))
    (chart,) = draw_charts(encode(PanelDocument(at, at, 15.0, (panel,))), OPEN)
    assert "D: 1 before, 1 now" in chart.alt or "no data before" in chart.alt


def test_a_window_of_days_is_drawn_with_its_dates() -> None:
    week = json.loads(panel_document(START, START + timedelta(minutes=5)))
    week["end"] = (START + timedelta(days=9)).timestamp()
    (chart,) = draw_charts(json.dumps(week).encode(), OPEN)
    assert "28 Nov 02:47 UTC" in chart.alt


def test_a_window_over_the_turn_of_the_year_names_the_year() -> None:
    turn = json.loads(panel_document(START, START + timedelta(minutes=5)))
    turn["end"] = (START + timedelta(days=49)).timestamp()
    (chart,) = draw_charts(json.dumps(turn).encode(), OPEN)
    assert "7 Jan 2027 02:47 UTC" in chart.alt


@settings(max_examples=12, deadline=None)
@given(
    st.text(max_size=90),
    st.lists(st.floats(-1e12, 1e12, allow_nan=False) | st.none(), max_size=6),
    st.sampled_from(["", "seconds", "ratio", "per_second", "count"]),
)
def test_any_title_and_any_numbers_are_drawn(title: str, values: list[float | None], unit: str) -> None:
    (chart,) = draw_charts(document(line(*values, **{"$x_{": title[:9]}), unit=unit, title=title or "x"), OPEN)
    assert picture(chart).size == (1120, 606)
    assert 0 < len(chart.alt) <= ALT_MAX


def test_marks_close_together_share_their_words() -> None:
    quick = replace(NIGHT, resolved=NIGHT.declared + timedelta(minutes=4), ended=NIGHT.declared + timedelta(minutes=3))
    (chart,) = draw_charts(panel_document(EARLY, START + timedelta(minutes=8)), quick)
    assert share(chart, LIGHT.muted) > 0.001


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.1804, "seconds", "180 ms"),
        (2.43, "seconds", "2.4 s"),
        (0.000_25, "seconds", "250 µs"),
        (0.0, "seconds", "0 s"),
        (0.9996, "seconds", "1 s"),
        (95.0, "seconds", "95 s"),
        (600.0, "seconds", "10 min"),
        (90_000.0, "seconds", "25 h"),
        (0.472, "ratio", "47.2 %"),
        (1.0, "ratio", "100 %"),
        (0.000_68, "ratio", "0.068 %"),
        (-0.5, "ratio", "-50 %"),
        (34.0, "per_second", "34/s"),
        (12_345.0, "per_second", "12.3k/s"),
        (9_876.0, "count", "9,876"),
        (3_400_000.0, "count", "3.4M"),
        (2e10, "count", "20G"),
        (0.1234, "", "0.12"),
        (1e-9, "", "0"),
        (None, "seconds", "no data"),
    ],
)
def test_numbers_are_short_and_have_their_unit(value: float | None, unit: str, said: str) -> None:
    assert quantity(value, unit) == said


def test_a_panel_without_numbers_reads_as_no_data() -> None:
    empty = PanelData("q", "Q", "d", "Depth", "", "q", (line(None),))
    assert reading(empty, OPEN) is None
    assert describe(empty, OPEN) == "Depth: no data."


def test_an_incident_without_a_known_beginning_counts_from_its_declaration() -> None:
    incident = replace(night("declared").it, started_at=None)
    context = ChartContext.of(incident, "asked")
    assert (context.began, context.ended, context.resolved) == (START, None, None)
    assert context.began == datetime(2026, 11, 19, 2, 47, tzinfo=UTC)
