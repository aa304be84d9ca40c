"""The PromQL that the replay understands, and how it refuses the rest."""

from __future__ import annotations

import math

import pytest

from sandbox.outage import SERVICES, Scenario, value
from sandbox.promql import Evaluator
from sandbox.promql_parser import Matcher, PromqlError, Selector, parse, parse_duration
from sandbox.samples import Sample, Samples

NOW = 1_795_264_200.0
WELL = Scenario(NOW + 86_400)


def worth(query: str, at: float = NOW, scenario: Scenario = WELL) -> float:
    """Return the only value that a query has."""
    result = Evaluator(Samples(scenario)).evaluate(parse(query), at)
    if isinstance(result, float):
        return result
    (sample,) = result
    return sample.value


def series(query: str, at: float = NOW) -> list[Sample]:
    result = Evaluator(Samples(WELL)).evaluate(parse(query), at)
    assert isinstance(result, list)
    return result


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("-2 + 5", 3.0),
        ("7 % 4 - 1e1", -7.0),
        (".5 / 2", 0.25),
        ("vector(3)", 3.0),
        ("clamp_max(vector(3), 2)", 2.0),
        ("clamp_min(vector(3), 4)", 4.0),
        ("abs(vector(0) - 2)", 2.0),
        ("sum(up)", 4.0),
        ("count(up == 1)", 4.0),
        ("sum(nothing_here) or vector(0)", 0.0),
        ("max(up) - min(up)", 0.0),
        ('up{job="search"} * 10', 10.0),
        ('{__name__="up", job="search"}', 1.0),
    ],
)
def test_arithmetic_is_what_one_expects(query: str, expected: float) -> None:
    assert worth(query) == pytest.approx(expected)


def test_division_by_zero_is_infinite_and_zero_by_zero_is_nothing() -> None:
    assert worth("1 / 0") == math.inf
    assert worth("-1 / 0") == -math.inf
    assert math.isnan(worth("0 / 0"))


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_quantile_read_from_buckets_is_the_latency_put_in(name: str) -> None:
    query = (
        f'histogram_quantile(0.99, sum by (le) (irate(http_request_duration_seconds_bucket{{service="{name}"}}[1m])))'
    )
    assert worth(query) == pytest.approx(value(WELL, f"{name}/latency", SERVICES[name].latency, NOW), rel=0.06)


def test_lower_quantiles_are_lower() -> None:
    buckets = 'sum by (le) (rate(http_request_duration_seconds_bucket{service="checkout"}[5m]))'
    p50, p95, p99 = (worth(f"histogram_quantile({q}, {buckets})") for q in (0.5, 0.95, 0.99))
    assert p50 < p95 < p99


def test_the_error_ratio_is_the_share_that_fails() -> None:
    query = (
        'sum(irate(http_requests_total{service="checkout",code=~"5.."}[1m]))'
        ' / sum(irate(http_requests_total{service="checkout"}[1m]))'
    )
    broken = Scenario(NOW - 480)
    assert worth(query, scenario=broken) == pytest.approx(value(broken, "checkout/bad", SERVICES["checkout"].bad, NOW))


def test_codes_add_up_to_all_requests() -> None:
    parts = sum(sample.value for sample in series('rate(http_requests_total{service="search"}[5m])'))
    assert parts == pytest.approx(worth('sum(rate(http_requests_total{service="search"}[5m]))'))
    assert worth('sum(increase(http_requests_total{service="search"}[5m]))') == pytest.approx(300 * parts)


def test_a_mean_lies_below_the_quantile() -> None:
    both = [f'sum(rate(http_request_duration_seconds_{part}{{service="checkout"}}[5m]))' for part in ("sum", "count")]
    assert 0.02 < worth(" / ".join(both)) < 0.1


def test_grouping_keeps_or_drops_labels() -> None:
    assert {tuple(s.labels) for s in series("sum by (service) (rate(http_requests_total[5m]))")} == {("service",)}
    assert {s.labels["service"] for s in series("sum(rate(http_requests_total[5m])) by (service)")} == set(SERVICES)
    assert {tuple(s.labels) for s in series("sum without (code) (rate(http_requests_total[5m]))")} == {("service",)}


def test_an_offset_looks_back() -> None:
    assert worth("model_accuracy offset 1h") == worth("model_accuracy", at=NOW - 3600)
    assert worth("sum(irate(predictions_total[1m] offset 30m))") == pytest.approx(
        worth("sum(irate(predictions_total[1m]))", at=NOW - 1800)
    )


def test_a_window_of_a_gauge_has_a_mean_between_its_bounds() -> None:
    low, mean, high = (worth(f"{f}_over_time(model_accuracy[10m])") for f in ("min", "avg", "max"))
    assert low < mean < high


def test_negative_and_regular_matchers_narrow() -> None:
    assert {s.labels["job"] for s in series('up{job!="search"}')} == {"checkout", "payments", "recommender"}
    assert {s.labels["job"] for s in series('up{job=~"s.*|pay.*"}')} == {"search", "payments"}
    assert {s.labels["job"] for s in series('up{job!~"s.*|pay.*"}')} == {"checkout", "recommender"}


@pytest.mark.parametrize("query", ["no_such_metric", "http_requests_total", 'up{job="mars"}', "rate(up[5m])"])
def test_what_is_not_measured_is_an_empty_result(query: str) -> None:
    assert series(query) == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "sum(",
        "sum(up))",
        "up{",
        'up{job="a"',
        "up{job=}",
        "{}",
        "up[5m]",
        "rate(up)",
        "rate(up[x])",
        "rate(up[5m:1m])",
        "frobnicate(up)",
        "histogram_quantile(up, up)",
        "histogram_quantile(0.9)",
        "sum(up, up)",
        "sum(1)",
        "1 > 2",
        "1 or 2",
        "up @ 3",
        'up{job=~"("}',
        "up up",
        "§",
        "(" * 500 + "1" + ")" * 500,
        "-" * 500 + "1",
    ],
)
def test_what_cannot_be_read_or_computed_is_refused(query: str) -> None:
    with pytest.raises(PromqlError):
        worth(query)


def test_a_selector_is_read_with_all_its_parts() -> None:
    assert parse('x{a=\'1\', b!~"2\\""}[1h30m] offset 5m') == Selector(
        "x", (Matcher("a", "=", "1"), Matcher("b", "!~", '2"')), window=5400.0, offset=300.0
    )


@pytest.mark.parametrize(("text", "seconds"), [("15s", 15), ("1h30m", 5400), ("250ms", 0.25), ("1w", 604_800)])
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)
