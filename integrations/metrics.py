"""Panels of the affected services, read from Prometheus and kept as data.

Nothing here can fail an incident: a query that Prometheus refuses, or a Prometheus that is away, becomes a sentence in
the place of that panel's data.
"""

from __future__ import annotations

import ast
import asyncio
import json
import math
import re
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from bot.analysis.series import PanelData, PanelDocument, change, encode, series_of, step_for
from bot.domain import effects as f
from bot.domain.model import PanelReading
from bot.domain.policy import Panel, Policy, ServicePolicy
from bot.ports import Check, Desk, Performer, View

JSON_TYPE: Final = "application/json"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_THREADS: Final = 2
_REFUSED: Final = re.compile(r"HTTP Status Code (\d+) \((b['\"].*)\)", re.DOTALL)
_SENTENCE_MAX: Final = 300


class MetricsSettings(BaseModel):
    """Where Prometheus is; without `url` there are no metrics, which is said where they would be.

    `query_seconds` limits one query (the client library's own timeout), `budget_seconds` all queries of one effect, so
    that an answer is stored before `attempt_seconds`, the outbox's limit, is over. `most_series` bounds one panel.
    """

    model_config = ConfigDict(frozen=True)

    url: str = ""
    token: SecretStr | None = None
    query_seconds: float = Field(default=4.0, gt=0)
    budget_seconds: float = Field(default=8.0, gt=0)
    attempt_seconds: float = Field(default=10.0, gt=0)
    most_series: int = Field(default=12, ge=1)

    @field_validator("url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("PROMETHEUS_URL must be an address like http://prometheus:9090")
        return value.rstrip("/")

    @property
    def is_local(self) -> bool:
        return urlsplit(self.url).hostname in _LOOPBACK

    @property
    def place(self) -> str:
        """Host and port, for people; never the user and password that an address may hold."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


@dataclass(frozen=True, slots=True)
class _Window:
    start: datetime
    end: datetime
    step: int


class MetricsIntegration:
    """Reads panels with `prometheus-api-client`, in two threads of its own."""

    name = f.METRICS

    def __init__(self, settings: MetricsSettings) -> None:
        self._settings = settings

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Performer]:
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="prometheus")
        reader = _Reader(self._settings, pool)
        try:
            yield Performer(
                name=self.name,
                handlers={f.CollectPanels.__name__: reader.collect},
                check=reader.check,
                call_timeout=self._settings.attempt_seconds,
            )
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


class _Reader:
    def __init__(self, settings: MetricsSettings, pool: ThreadPoolExecutor) -> None:
        self._settings = settings
        self._pool = pool

    async def collect(self, effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        """Query every panel of the affected services and store what they answered."""
        assert isinstance(effect, f.CollectPanels)
        start, end = effect.start.timestamp(), effect.end.timestamp()
        span = _Window(effect.start, effect.end, step_for(start, end))
        panels = await self._read_all(view.incident.services, view.policy, span)
        blob = await desk.store_blob(encode(PanelDocument(start, end, float(span.step), panels)), JSON_TYPE)
        errors = tuple(f"{one.service_name}, {one.title}: {one.error}" for one in panels if one.error)
        return f.PanelFacts(blob, sum(not one.error for one in panels), errors, _readings(panels))

    async def check(self) -> Sequence[Check]:
        """Ask Prometheus for the simplest thing there is."""
        if not self._settings.url:
            mend = "Set PROMETHEUS_URL to draw the panels of firebell.yaml."
            return (Check("Prometheus", True, "Not set up; charts are left out.", mend),)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._settings.attempt_seconds):
                trouble = await loop.run_in_executor(self._pool, self._probe)
        except TimeoutError:
            trouble = self._slow(self._settings.attempt_seconds)
        if trouble:
            return (Check("Prometheus", False, trouble, "Check PROMETHEUS_URL and that it can be reached from here."),)
        return (Check("Prometheus", True, f"{self._settings.place} answers."),)

    async def _read_all(self, services: Sequence[str], policy: Policy, span: _Window) -> tuple[PanelData, ...]:
        wanted = [(policy.service(key), panel) for key in services for panel in policy.service(key).panels]
        blank = [_blank(service, panel) for service, panel in wanted]
        if not self._settings.url:
            return tuple(replace(one, error="Metrics are not set up: PROMETHEUS_URL is not set.") for one in blank)
        loop = asyncio.get_running_loop()
        reads = [loop.run_in_executor(self._pool, self._read, one, span) for one in blank]
        if reads:
            await asyncio.wait(reads, timeout=self._settings.budget_seconds)
        late = self._slow(self._settings.budget_seconds)
        return tuple(
            read.result() if read.done() else _given_up(read, replace(one, error=late))
            for read, one in zip(reads, blank, strict=True)
        )

    def _read(self, blank: PanelData, span: _Window) -> PanelData:
        """Run one query, in a thread."""
        found, trouble = self._ask(
            lambda client: client.custom_query_range(blank.query, span.start, span.end, str(span.step))
        )
        if trouble:
            return replace(blank, error=trouble)
        try:
            lines = [series_of(row["metric"], row["values"]) for row in found]
        except (KeyError, TypeError, ValueError):
            return replace(blank, error=self._strange())
        lines = [line for line in lines if line.values()]
        if not lines:
            return replace(blank, error="The query returned no data.")
        kept = sorted(lines, key=lambda line: max(line.values()), reverse=True)[: self._settings.most_series]
        return replace(blank, series=tuple(kept), left_out=len(lines) - len(kept))

    def _probe(self) -> str:
        return self._ask(lambda client: client.custom_query("vector(1)"))[1]

    def _ask(self, question: Any) -> tuple[Any, str]:
        """Return (answer, ""), or (None, a sentence that says why there is none)."""
        from prometheus_api_client.exceptions import PrometheusApiClientException
        from requests import exceptions as wrong

        place, client = self._settings.place, self._client()
        with client:
            try:
                return question(client), ""
            except PrometheusApiClientException as error:
                return None, _refusal(str(error))
            except wrong.Timeout:
                return None, self._slow(self._settings.query_seconds)
            except wrong.SSLError:
                return None, f"The certificate of Prometheus at {place} could not be verified."
            except wrong.JSONDecodeError:
                return None, self._strange()
            except wrong.RequestException:
                return None, f"Prometheus at {place} could not be reached."
            except (KeyError, TypeError):
                return None, self._strange()

    def _client(self) -> Any:
        from prometheus_api_client import PrometheusConnect
        from requests import Session
        from urllib3.util.retry import Retry

        session = Session()
        # An address on this machine is not one that a proxy could know.
        session.trust_env = not self._settings.is_local
        token = self._settings.token
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else None
        # A second try would eat the other panels' time; what is missing now is read again at the next moment.
        retry = Retry(total=0, read=False)
        timeout = self._settings.query_seconds
        return PrometheusConnect(self._settings.url, headers=headers, retry=retry, session=session, timeout=timeout)

    def _slow(self, seconds: float) -> str:
        return f"Prometheus at {self._settings.place} did not answer within {seconds:g} s."

    def _strange(self) -> str:
        return f"What answers at {self._settings.place} does not speak like Prometheus."


def _readings(panels: Sequence[PanelData]) -> tuple[PanelReading, ...]:
    """Say where each panel stands now, by its highest line."""
    stand = [(one, [change(line, -math.inf).now for line in one.series]) for one in panels]
    highest = [(one, max((value for value in values if value is not None), default=None)) for one, values in stand]
    return tuple(PanelReading(one.service, one.key, value, one.unit) for one, value in highest if value is not None)


def _blank(service: ServicePolicy, panel: Panel) -> PanelData:
    return PanelData(service.key, service.name, panel.key, panel.title, panel.unit, panel.query)


def _given_up(read: asyncio.Future[PanelData], instead: PanelData) -> PanelData:
    read.cancel()
    return instead


def _refusal(text: str) -> str:
    """Find Prometheus' own words in the library's error, which holds the answer's body as a bytes literal."""
    match = _REFUSED.fullmatch(text)
    if match is None:
        return "Prometheus refused the query."
    status, literal = match.groups()
    try:
        reason = json.loads(ast.literal_eval(literal))["error"]
    except (ValueError, SyntaxError, KeyError, TypeError):
        return f"Prometheus answered with status {status}."
    words = " ".join(str(reason).split())
    short = words if len(words) <= _SENTENCE_MAX else words[: _SENTENCE_MAX - 1] + "…"
    return f"Prometheus refused the query: {short.rstrip('.')}."
