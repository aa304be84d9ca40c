"""A small Prometheus: the HTTP API that clients use, answering from the replayed outage.

Shapes and errors follow prometheus.io/docs/prometheus/latest/querying/api. It keeps nothing: the past is computed, and
there is no future.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from sandbox.outage import MODELS, SERVICES, Scenario
from sandbox.promql import Evaluator, Vector
from sandbox.promql_parser import Node, PromqlError, Selector, parse, parse_duration
from sandbox.samples import LABELS, METRICS, Samples

__all__ = ["Scenario", "routes"]

PREFIX = "/prometheus"
# Prometheus refuses to draw more points than this for one series.
MAX_POINTS = 11_000

Clock = Callable[[], float]
Handler = Callable[[web.Request], Any]
Params = Mapping[str, str]
JSON = dict[str, Any]


def routes(clock: Clock, scenario: Scenario) -> list[web.RouteDef]:
    """Return the routes under ``/prometheus``; ``clock`` gives the present in epoch seconds."""
    api = _Api(clock, scenario)
    both = {
        "query": _answering(api.query),
        "query_range": _answering(api.query_range),
        "labels": _answering(api.labels),
    }
    return [
        web.get(f"{PREFIX}/", _ready),
        web.get(f"{PREFIX}/-/ready", _ready),
        web.get(f"{PREFIX}/-/healthy", _healthy),
        web.get(f"{PREFIX}/api/v1/status/buildinfo", _answering(api.buildinfo)),
        web.get(f"{PREFIX}/api/v1/label/{{name}}/values", api.label_values),
        *(web.get(f"{PREFIX}/api/v1/{name}", handler) for name, handler in both.items()),
        *(web.post(f"{PREFIX}/api/v1/{name}", handler) for name, handler in both.items()),
    ]


async def _ready(_request: web.Request) -> web.Response:
    return web.Response(text="Prometheus Server is Ready.\n")


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response(text="Prometheus Server is Healthy.\n")


def _answering(answer: Callable[[Params], Any]) -> Handler:
    """Wrap a function of the parameters, from the query or a form, into a handler with Prometheus' envelope.

    A long range takes a fraction of a second to compute, which the local Slack's event loop must not spend.
    """

    async def handler(request: web.Request) -> web.Response:
        form = await request.post() if request.method == "POST" else {}
        params = {**request.query, **{key: str(value) for key, value in form.items()}}
        try:
            return web.json_response({"status": "success", "data": await asyncio.to_thread(answer, params)})
        except PromqlError as error:
            return web.json_response({"status": "error", "errorType": "bad_data", "error": str(error)}, status=400)

    return handler


class _Api:
    """The endpoints as functions from parameters to data; PromqlError becomes ``bad_data``."""

    def __init__(self, clock: Clock, scenario: Scenario) -> None:
        self._clock = clock
        self._evaluator = Evaluator(Samples(scenario))

    def query(self, params: Params) -> JSON:
        """Evaluate at one moment (``time``, by default now)."""
        node = _expression(params)
        at = _moment("time", params["time"]) if params.get("time") else self._clock()
        value = self._evaluator.evaluate(node, at)
        if isinstance(value, float):
            return {"resultType": "scalar", "result": [_time(at), _number(value)]}
        known = value if at <= self._clock() else []
        return {
            "resultType": "vector",
            "result": [{"metric": dict(s.labels), "value": [_time(at), _number(s.value)]} for s in known],
        }

    def query_range(self, params: Params) -> JSON:
        """Evaluate at every ``step`` from ``start`` to ``end``, both included."""
        start, end = _moment("start", params.get("start", "")), _moment("end", params.get("end", ""))
        if end < start:
            raise PromqlError('invalid parameter "end": end timestamp must not be before start time')
        step = _step(params.get("step", ""))
        if (end - start) / step > MAX_POINTS:
            raise PromqlError(
                "exceeded maximum resolution of 11,000 points per timeseries. "
                "Try decreasing the query resolution (?step=XX)"
            )
        node = _expression(params)
        if isinstance(node, Selector) and node.window:
            raise PromqlError(
                'invalid parameter "query": invalid expression type "range vector" for range query, '
                "must be Scalar or instant Vector"
            )
        moments = (start + step * index for index in range(int((end - start) / step) + 1))
        return {"resultType": "matrix", "result": self._matrix(node, moments)}

    def _matrix(self, node: Node, moments: Iterable[float]) -> list[JSON]:
        now = self._clock()
        series: dict[tuple[tuple[str, str], ...], JSON] = {}
        for at in moments:
            value = self._evaluator.evaluate(node, at)
            for labels, number in _rows(value if at <= now or isinstance(value, float) else []):
                row = series.setdefault(tuple(sorted(labels.items())), {"metric": dict(labels), "values": []})
                row["values"].append([_time(at), _number(number)])
        return [series[key] for key in sorted(series)]

    def labels(self, _params: Params) -> list[str]:
        """Name every label there is."""
        return list(LABELS)

    async def label_values(self, request: web.Request) -> web.Response:
        """List what one label may say; nothing for a label that does not exist."""
        values = {
            "__name__": list(METRICS),
            "service": sorted(SERVICES),
            "model": sorted(MODELS),
            "job": sorted((*SERVICES, *MODELS)),
            "code": ["200", "500"],
            "source": ["fallback", "model"],
        }
        return web.json_response({"status": "success", "data": values.get(request.match_info["name"], [])})

    def buildinfo(self, _params: Params) -> JSON:
        """Say plainly that this is no real Prometheus."""
        return {
            "version": "2.53.0+sandbox",
            "revision": "",
            "branch": "sandbox",
            "buildUser": "",
            "buildDate": "",
            "goVersion": "",
        }


def _rows(value: float | Vector) -> list[tuple[Mapping[str, str], float]]:
    if isinstance(value, float):
        return [({}, value)]
    return [(sample.labels, sample.value) for sample in value]


def _expression(params: Params) -> Node:
    try:
        return parse(params.get("query", ""))
    except PromqlError as error:
        raise PromqlError(f'invalid parameter "query": {error}') from error


def _moment(name: str, text: str) -> float:
    """Read epoch seconds or RFC 3339."""
    try:
        at = float(text)
    except ValueError:
        at = _rfc3339(text)
    if not math.isfinite(at):
        raise PromqlError(f'invalid parameter "{name}": cannot parse "{text}" to a valid timestamp')
    return at


def _rfc3339(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return math.nan
    return moment.timestamp() if moment.tzinfo is not None else math.nan


def _step(text: str) -> float:
    try:
        step = float(text)
    except ValueError:
        step = math.nan
    if math.isnan(step):
        try:
            step = parse_duration(text)
        except PromqlError as error:
            raise PromqlError(f'invalid parameter "step": cannot parse "{text}" to a valid duration') from error
    if step <= 0 or math.isinf(step):
        raise PromqlError(
            'invalid parameter "step": zero or negative query resolution step widths are not accepted. '
            "Try a positive integer"
        )
    return step


def _time(at: float) -> float | int:
    """Return whole seconds as an integer and the rest to the millisecond, as Prometheus writes time."""
    rounded = round(at, 3)
    return int(rounded) if rounded.is_integer() else rounded


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return f"{value:.17g}" if float(f"{value:.15g}") != value else f"{value:.15g}"
