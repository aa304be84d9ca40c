"""Computes parsed PromQL over the replayed outage, at one moment at a time."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean

from sandbox.promql_parser import Aggregation, Binary, Call, Matcher, Node, Number, PromqlError, Selector
from sandbox.samples import COUNTERS, METRICS, Sample, Samples

Vector = list[Sample]
Value = float | Vector

# Enough to smooth a rate over its window as Prometheus would; more would only cost time.
_POINTS = 5

_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_AGGREGATE: Mapping[str, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum,
    "avg": fmean,
    "min": min,
    "max": max,
    "count": lambda values: float(len(values)),
}
_OVER_TIME: Mapping[str, Callable[[Sequence[float]], float]] = {
    "avg_over_time": fmean,
    "min_over_time": min,
    "max_over_time": max,
}
_PER_SAMPLE: Mapping[str, Callable[[float, float], float]] = {"clamp_min": max, "clamp_max": min}


class Evaluator:
    """Answers what an expression is worth at ``at`` (epoch seconds); raises PromqlError where it makes no sense."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def evaluate(self, node: Node, at: float) -> Value:
        """Return a number, or the series with their values."""
        match node:
            case Number(value):
                return value
            case Selector():
                return self._instant(node, at)
            case Aggregation():
                return _aggregate(node, self._vector(node.body, at))
            case Call():
                return self._call(node, at)
            case Binary():
                return _binary(node.operator, self.evaluate(node.left, at), self.evaluate(node.right, at))

    def _vector(self, node: Node, at: float) -> Vector:
        value = self.evaluate(node, at)
        if isinstance(value, float):
            raise PromqlError("parse error: expected type instant vector, got scalar")
        return value

    def _instant(self, node: Selector, at: float) -> Vector:
        if node.window:
            raise PromqlError("parse error: expected type instant vector, got range vector")
        return [
            sample
            for metric in _metrics(node)
            for sample in self._samples.gauge(metric, at - node.offset)
            if _matches(node.matchers, sample.labels)
        ]

    def _call(self, call: Call, at: float) -> Value:
        name, args = call.function, call.args
        if name in ("rate", "irate", "increase"):
            return self._rate(name, _range_of(call), at)
        if name in _OVER_TIME:
            return self._over_time(_OVER_TIME[name], _range_of(call), at)
        if name == "histogram_quantile":
            _expect_arguments(call, 2)
            return _histogram_quantile(_scalar(self.evaluate(args[0], at)), self._vector(args[1], at))
        if name in _PER_SAMPLE:
            _expect_arguments(call, 2)
            bound, function = _scalar(self.evaluate(args[1], at)), _PER_SAMPLE[name]
            return [_unnamed(sample, function(sample.value, bound)) for sample in self._vector(args[0], at)]
        if name == "abs":
            _expect_arguments(call, 1)
            return [_unnamed(sample, abs(sample.value)) for sample in self._vector(args[0], at)]
        if name == "vector":
            _expect_arguments(call, 1)
            return [Sample({}, _scalar(self.evaluate(args[0], at)))]
        raise PromqlError(f"parse error: unknown function with name {name!r}")

    def _rate(self, function: str, node: Selector, at: float) -> Vector:
        exact = {matcher.label: matcher.value for matcher in node.matchers if matcher.operator == "="}
        scale = node.window if function == "increase" else 1.0
        moments = [at] if function == "irate" else _moments(node.window, at)
        columns: dict[tuple[tuple[str, str], ...], list[Sample]] = {}
        for metric in _metrics(node):
            if metric not in COUNTERS:
                continue
            for moment in moments:
                for sample in self._samples.rate(metric, moment - node.offset, exact):
                    if _matches(node.matchers, {"__name__": metric, **sample.labels}):
                        columns.setdefault(_key(sample.labels), []).append(sample)
        return [Sample(rows[0].labels, scale * fmean(row.value for row in rows)) for rows in columns.values()]

    def _over_time(self, function: Callable[[Sequence[float]], float], node: Selector, at: float) -> Vector:
        columns: dict[tuple[tuple[str, str], ...], list[Sample]] = {}
        for moment in _moments(node.window, at):
            for sample in self._instant(replace(node, window=0.0), moment):
                columns.setdefault(_key(sample.labels), []).append(sample)
        return [_unnamed(rows[0], function([row.value for row in rows])) for rows in columns.values()]


def _metrics(node: Selector) -> tuple[str, ...]:
    return (node.metric,) if node.metric in METRICS else () if node.metric else METRICS


def _moments(window: float, at: float) -> list[float]:
    return [at - window * step / (_POINTS - 1) for step in range(_POINTS)]


def _matches(matchers: Sequence[Matcher], labels: Mapping[str, str]) -> bool:
    return all(_match(matcher, labels.get(matcher.label, "")) for matcher in matchers)


def _match(matcher: Matcher, value: str) -> bool:
    if matcher.operator in ("=", "!="):
        return (value == matcher.value) == (matcher.operator == "=")
    try:
        found = re.fullmatch(matcher.value, value) is not None
    except re.error as error:
        raise PromqlError(f"parse error: error parsing regexp: {error}") from error
    return found == (matcher.operator == "=~")


def _range_of(call: Call) -> Selector:
    _expect_arguments(call, 1)
    node = call.args[0]
    if not isinstance(node, Selector) or not node.window:
        raise PromqlError(f"parse error: expected type range vector in call to function {call.function!r}")
    return node


def _expect_arguments(call: Call, count: int) -> None:
    if len(call.args) != count:
        raise PromqlError(
            f"parse error: expected {count} argument(s) in call to {call.function!r}, got {len(call.args)}"
        )


def _scalar(value: Value) -> float:
    if not isinstance(value, float):
        raise PromqlError("parse error: expected type scalar, got instant vector")
    return value


def _aggregate(node: Aggregation, vector: Vector) -> Vector:
    groups: dict[tuple[tuple[str, str], ...], list[float]] = {}
    for sample in vector:
        kept = {
            label: value
            for label, value in sample.labels.items()
            if (label in node.labels) == (node.mode == "by") and label != "__name__"
        }
        groups.setdefault(_key(kept), []).append(sample.value)
    return [Sample(dict(key), _AGGREGATE[node.operator](values)) for key, values in groups.items()]


def _binary(symbol: str, left: Value, right: Value) -> Value:
    if symbol == "or":
        return _union(left, right)
    if isinstance(left, float) and isinstance(right, float):
        if symbol in _COMPARE:
            raise PromqlError("parse error: comparisons between scalars must use BOOL modifier")
        return _compute(symbol, left, right)
    if isinstance(left, float):
        pairs = [(sample, left, sample.value) for sample in right] if isinstance(right, list) else []
    elif isinstance(right, float):
        pairs = [(sample, sample.value, right) for sample in left]
    else:
        others = {_key(sample.labels): sample.value for sample in right}
        pairs = [(s, s.value, others[_key(s.labels)]) for s in left if _key(s.labels) in others]
    if symbol in _COMPARE:
        return [sample for sample, one, other in pairs if _COMPARE[symbol](one, other)]
    return [_unnamed(sample, _compute(symbol, one, other)) for sample, one, other in pairs]


def _union(left: Value, right: Value) -> Vector:
    if isinstance(left, float) or isinstance(right, float):
        raise PromqlError("parse error: set operator 'or' not allowed in binary scalar expression")
    have = {_key(sample.labels) for sample in left}
    return [*left, *(sample for sample in right if _key(sample.labels) not in have)]


def _compute(symbol: str, left: float, right: float) -> float:
    match symbol:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "%":
            return math.fmod(left, right) if right else math.nan
        case _:
            return left / right if right else math.nan if not left else math.copysign(math.inf, left)


def _histogram_quantile(quantile: float, vector: Vector) -> Vector:
    groups: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
    for sample in vector:
        if "le" in sample.labels:
            rest = {label: value for label, value in sample.labels.items() if label not in ("le", "__name__")}
            groups.setdefault(_key(rest), []).append((float(sample.labels["le"]), sample.value))
    return [Sample(dict(key), _quantile(quantile, sorted(buckets))) for key, buckets in groups.items()]


def _quantile(quantile: float, buckets: Sequence[tuple[float, float]]) -> float:
    """Interpolate within the bucket that holds the rank, as Prometheus does for classic histograms."""
    total = buckets[-1][1]
    if math.isnan(quantile) or not total or not math.isinf(buckets[-1][0]) or len(buckets) < 2:
        return math.nan
    if not 0 <= quantile <= 1:
        return math.copysign(math.inf, quantile - 0.5)
    rank = quantile * total
    low, below = 0.0, 0.0
    for bound, amount in buckets[:-1]:
        if amount >= rank:
            inside = amount - below
            return low + (bound - low) * ((rank - below) / inside if inside else 1.0)
        low, below = bound, amount
    return low


def _key(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((label, value) for label, value in labels.items() if label != "__name__"))


def _unnamed(sample: Sample, value: float) -> Sample:
    return Sample({label: text for label, text in sample.labels.items() if label != "__name__"}, value)
