"""The outage as Prometheus metrics: counters, histograms and gauges with their labels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.outage import ACCURACY, MODELS, SERVICES, Scenario, Workload, value

Labels = Mapping[str, str]

# A 99th percentile lies this many standard deviations above the median; latencies are taken as log-normal.
_Z99 = 2.3263478740408408
_SIGMA = 0.55
# Narrow enough (a quarter each) that a quantile read from the buckets is close to the one put in.
BUCKETS = tuple(round(0.005 * 1.25**step, 6) for step in range(36))

COUNTERS = (
    "http_requests_total",
    "http_request_duration_seconds_bucket",
    "http_request_duration_seconds_count",
    "http_request_duration_seconds_sum",
    "predictions_total",
    "prediction_duration_seconds_bucket",
    "prediction_duration_seconds_count",
    "prediction_duration_seconds_sum",
)
GAUGES = ("model_accuracy", "up")
METRICS = tuple(sorted((*COUNTERS, *GAUGES)))
LABELS = ("__name__", "code", "job", "le", "model", "service", "source")


@dataclass(frozen=True, slots=True)
class Sample:
    """One series at one moment."""

    labels: Labels
    value: float


class Samples:
    """Reads a scenario as a Prometheus would have scraped it."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario

    def gauge(self, metric: str, at: float) -> Iterator[Sample]:
        """Yield a gauge's series; nothing for an unknown name or a counter, of which only the rate is served."""
        if metric == "model_accuracy":
            for model, measure in ACCURACY.items():
                accuracy = min(1.0, value(self._scenario, f"{model}/accuracy", measure, at))
                yield Sample({"__name__": metric, "model": model}, accuracy)
        elif metric == "up":
            for job in (*SERVICES, *MODELS):
                yield Sample({"__name__": metric, "job": job}, 1.0)

    def rate(self, metric: str, at: float, only: Labels) -> Iterator[Sample]:
        """Yield how fast each series of a counter grows, a second; nothing for an unknown name.

        ``only`` may spare work: workloads that differ from it in their own label are left out.
        """
        if metric.startswith("http_request"):
            workloads, label, prefix = SERVICES, "service", "http_request"
        else:
            workloads, label, prefix = MODELS, "model", "prediction"
        for name, workload in workloads.items():
            if only.get(label, name) == name:
                yield from self._rates(metric.removeprefix(prefix), at, label, name, workload)

    def _rates(self, part: str, at: float, label: str, name: str, workload: Workload) -> Iterator[Sample]:
        rate = value(self._scenario, f"{name}/rate", workload.rate, at)
        if part == "s_total":
            bad = min(1.0, value(self._scenario, f"{name}/bad", workload.bad, at))
            key, well, badly = ("code", "200", "500") if label == "service" else ("source", "model", "fallback")
            yield Sample({label: name, key: well}, rate * (1 - bad))
            yield Sample({label: name, key: badly}, rate * bad)
        else:
            latency = value(self._scenario, f"{name}/latency", workload.latency, at)
            for labels, share in _histogram(part.removeprefix("_duration_seconds_"), latency):
                yield Sample({label: name, **labels}, rate * share)


def _histogram(part: str, p99: float) -> Iterator[tuple[Labels, float]]:
    """Yield the buckets (cumulative shares), the count or the sum of a log-normal with this 99th percentile."""
    median = math.log(p99) - _Z99 * _SIGMA
    if part == "bucket":
        for bound in BUCKETS:
            share = 0.5 * (1 + math.erf((math.log(bound) - median) / (_SIGMA * math.sqrt(2))))
            yield {"le": f"{bound:g}"}, share
        yield {"le": "+Inf"}, 1.0
    elif part == "count":
        yield {}, 1.0
    elif part == "sum":
        yield {}, math.exp(median + _SIGMA**2 / 2)
