"""The integration named `metrics`: the panels of the affected services, read from Prometheus and kept as data.

The kept document is JSON: {"start", "end", "step" (epoch seconds), "panels": [{"service", "key", "title", "unit",
"query", "error" ("" when it could be had), "series": [{"labels": {..}, "points": [[epoch seconds, value], ..]}]}]}.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

from bot.domain.effects import METRICS, CollectPanels, Effect, Facts, PanelFacts
from bot.domain.policy import Panel, Policy
from bot.errors import IntegrationError, Reason
from bot.ports import Check, Desk, Performer, View

LIMIT_SECONDS: Final = 10.0
"""For all panels of one effect."""

CALL_SECONDS: Final = 8
"""For one query, inside the library: below the outer limit, so that no thread is left behind."""

POINTS: Final = 180
"""Points a panel aims at; a chart in a message is not wider."""

STEPS: Final = (10, 15, 30, 60, 120, 300, 600, 1800, 3600)
SERIES_MOST: Final = 12
THREADS: Final = 2
MEDIA_TYPE: Final = "application/json"

Query = Callable[[str, datetime, datetime, int], list[Mapping[str, Any]]]
"""Runs one range query, blocking; returns Prometheus' matrix rows ({"metric": .., "values": [[t, "v"], ..]})."""


class MetricsIntegration:
    """Prometheus, through the library in threads of its own. Without an address every panel says that it is not set."""

    name = METRICS

    def __init__(self, url: str) -> None:
        self._url = url

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Performer]:
        """Start the threads; nothing is asked yet."""
        pool = ThreadPoolExecutor(THREADS, thread_name_prefix="prometheus")
        collector = Collector(_querier(self._url) if self._url else None, pool)
        try:
            yield Performer(
                name=self.name,
                handlers={CollectPanels.__name__: collector.collect},
                check=self._check(collector),
                call_timeout=LIMIT_SECONDS + 2,
            )
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _check(self, collector: Collector) -> Callable[[], Any]:
        async def check() -> Sequence[Check]:
            if not self._url:
                return (Check("Prometheus", True, "not set; charts are off", "Set PROMETHEUS_URL to draw charts."),)
            trouble = await collector.trouble()
            mend = "Check PROMETHEUS_URL and that this machine may reach it." if trouble else ""
            return (Check("Prometheus", not trouble, trouble or "answers", mend),)

        return check


class Collector:
    """The handler. A panel that cannot be had carries a sentence; the effect itself succeeds."""

    def __init__(self, query: Query | None, pool: ThreadPoolExecutor) -> None:
        self._query = query
        self._pool = pool

    async def collect(self, effect: Effect, view: View, desk: Desk) -> Facts:
        """Query every panel of the incident's services and keep the answers."""
        if not isinstance(effect, CollectPanels):
            raise IntegrationError(Reason.CLIENT, f"metrics does not know {type(effect).__name__}")
        step = step_for((effect.end - effect.start).total_seconds())
        panels = await self._panels(wanted(view.incident.services, view.policy), effect, step)
        document = {
            "start": effect.start.timestamp(),
            "end": effect.end.timestamp(),
            "step": step,
            "panels": panels,
        }
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        blob = await desk.store_blob(text.encode(), MEDIA_TYPE)
        errors = tuple(f"{panel['service']}, {panel['title']}: {panel['error']}" for panel in panels if panel["error"])
        return PanelFacts(blob, sum(not panel["error"] for panel in panels), errors)

    async def trouble(self) -> str:
        """Ask for something trivial; returns a sentence when that fails."""
        now = datetime.now(UTC)
        panel = await self._one("", Panel("up", "up", "vector(1)"), (now, now, 60))
        return str(panel["error"])

    async def _panels(
        self, rows: Sequence[tuple[str, Panel]], effect: CollectPanels, step: int
    ) -> list[dict[str, Any]]:
        window = (effect.start, effect.end, step)
        return list(await asyncio.gather(*(self._one(service, panel, window) for service, panel in rows)))

    async def _one(self, service: str, panel: Panel, window: tuple[datetime, datetime, int]) -> dict[str, Any]:
        found: list[Mapping[str, Any]] = []
        error = "Prometheus is not set up; an operator can set PROMETHEUS_URL." if self._query is None else ""
        if self._query is not None:
            running = asyncio.get_running_loop().run_in_executor(self._pool, self._query, panel.query, *window)
            try:
                async with asyncio.timeout(LIMIT_SECONDS):
                    found = await running
            except TimeoutError:
                error = "Prometheus did not answer within 10 s."
            except IntegrationError as failure:
                error = failure.detail
        series = [_series(row) for row in found[:SERIES_MOST]]
        if not error and not any(one["points"] for one in series):
            error = "the query returned no data for this window."
        return {
            "service": service,
            "key": panel.key,
            "title": panel.title,
            "unit": panel.unit,
            "query": panel.query,
            "error": error,
            "series": series,
        }


def wanted(services: Sequence[str], policy: Policy) -> list[tuple[str, Panel]]:
    """Return the panels of these services as (service key, panel)."""
    return [(key, panel) for key in services for panel in policy.service(key).panels]


def step_for(seconds: float) -> int:
    """Return the query step in seconds that yields about `POINTS` points."""
    return next((step for step in STEPS if seconds / step <= POINTS), STEPS[-1])


def _series(row: Mapping[str, Any]) -> dict[str, Any]:
    points = []
    for at, text in row.get("values", ()):
        value = float(text)
        if math.isfinite(value):
            points.append([float(at), value])
    return {"labels": {str(key): str(value) for key, value in row.get("metric", {}).items()}, "points": points}


def _querier(url: str) -> Query:
    """Return a blocking query function; the library is imported when it is first used."""

    def query(text: str, start: datetime, end: datetime, step: int) -> list[Mapping[str, Any]]:
        import requests
        from prometheus_api_client import PrometheusConnect
        from prometheus_api_client.exceptions import PrometheusApiClientException
        from urllib3.util.retry import Retry

        client = PrometheusConnect(url=url, retry=Retry(total=0), timeout=CALL_SECONDS)
        try:
            answer: list[Mapping[str, Any]] = client.custom_query_range(text, start, end, str(step))
        except (PrometheusApiClientException, KeyError, ValueError) as error:
            raise IntegrationError(Reason.CLIENT, f"Prometheus refused the query: {_short(error)}") from None
        except requests.Timeout:
            raise IntegrationError(Reason.TIMEOUT, "Prometheus did not answer in time.") from None
        except requests.RequestException:
            raise IntegrationError(Reason.UNREACHABLE, "Prometheus cannot be reached.") from None
        return answer

    return query


def _short(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 200 else text[:199] + "…"
