"""The same integration against a real Prometheus, with a night of data that was written before it started."""

from __future__ import annotations

import math
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.analysis.series import decode
from bot.domain import effects as f
from bot.domain.policy import Panel, Policy, ServicePolicy
from templates.charts import ChartContext, draw_charts
from tests.domain.world import POLICY as WORLD_POLICY
from tests.domain.world import START, World
from tests.integrations.prometheus_kit import collect, reading

pytestmark = [pytest.mark.prometheus, pytest.mark.slow]

BEGAN, ENDED = START - timedelta(minutes=7), START + timedelta(minutes=50)
FIRST, LAST = START - timedelta(minutes=80), START + timedelta(minutes=90)
BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
SCRAPE = 15
PANELS = (
    Panel(
        "latency",
        "Latency, 99th percentile",
        'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{service="checkout"}[2m])))',
        "seconds",
    ),
    Panel(
        "errors",
        "Requests answered 5xx",
        'sum(rate(http_requests_total{service="checkout",code=~"5.."}[2m]))'
        ' / sum(rate(http_requests_total{service="checkout"}[2m]))',
        "ratio",
    ),
    Panel("codes", "By answer", 'sum by (code) (rate(http_requests_total{service="checkout"}[2m]))', "per_second"),
)
POLICY: Policy = replace(WORLD_POLICY, services=(ServicePolicy("checkout", "Checkout", panels=PANELS),))
WINDOW = f.CollectPanels("after", START - timedelta(minutes=67), START + timedelta(minutes=80))


def openmetrics() -> str:
    """Counters of a shop that answers 100 requests a scrape: in the outage 40 fail, and most are slow."""
    counters: dict[str, float] = {}
    lines: dict[str, list[str]] = {}
    at = FIRST
    while at <= LAST:
        bad = BEGAN <= at < ENDED
        for name, more in _scrape(bad).items():
            counters[name] = counters.get(name, 0.0) + more
            lines.setdefault(name, []).append(f"{name} {counters[name]:g} {at.timestamp():.0f}")
        at += timedelta(seconds=SCRAPE)
    families = {"http_requests": "counter", "http_request_duration_seconds": "histogram"}
    text = []
    for family, kind in families.items():
        mine = [line for name, rows in lines.items() if name.startswith(f"{family}_") for line in rows]
        text += [f"# TYPE {family} {kind}", *mine]
    return "\n".join([*text, "# EOF", ""])


def _scrape(bad: bool) -> dict[str, float]:
    failed = 40.0 if bad else 0.2
    rows = {
        'http_requests_total{service="checkout",code="200"}': 100.0 - failed,
        'http_requests_total{service="checkout",code="500"}': failed,
    }
    for bound in (*BUCKETS, math.inf):
        share = min(1.0, bound / 5.0) if bad else min(1.0, bound / 0.25)
        label = "+Inf" if bound == math.inf else f"{bound:g}"
        name = f'http_request_duration_seconds_bucket{{service="checkout",le="{label}"}}'
        rows[name] = 100.0 * share
    return rows


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Prometheus that holds the night."""
    program, tool = shutil.which("prometheus"), shutil.which("promtool")
    if program is None or tool is None:
        pytest.skip("prometheus and promtool are absent; Debian has both in its package `prometheus`")
    place = tmp_path_factory.mktemp("prometheus")
    (place / "night.om").write_text(openmetrics(), encoding="utf-8")
    (place / "prometheus.yml").write_text("scrape_configs: []\n", encoding="utf-8")
    made = [tool, "tsdb", "create-blocks-from", "openmetrics", str(place / "night.om"), str(place / "data")]
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    arguments = (
        f"--config.file={place / 'prometheus.yml'}",
        f"--storage.tsdb.path={place / 'data'}",
        "--storage.tsdb.retention.time=100y",  # or the blocks are older than what is kept, and deleted
        f"--web.listen-address={address}",
        "--log.level=error",
    )
    with (place / "log").open("wb") as log:
        server = subprocess.Popen([program, *arguments], stdout=log, stderr=log)
    try:
        _wait_until_ready(server, f"http://{address}", place / "log")
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_until_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(f"{url}/-/ready", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))


def context() -> ChartContext:
    world = World(POLICY, START)
    world.declare(services=("checkout",))
    known = ChartContext.of(world.it, "after")
    return replace(known, began=BEGAN, ended=ENDED, resolved=ENDED)


async def test_the_night_is_read_kept_and_drawn(url: str) -> None:
    async with reading(url) as performer:
        kept = await collect(performer, POLICY, effect=WINDOW)
    assert (kept.facts.panels, kept.facts.errors) == (3, ())
    latency, errors, codes = decode(kept.document).panels
    before = START - timedelta(minutes=30)
    assert latency.series[0].values(before.timestamp(), BEGAN.timestamp())[0] == pytest.approx(0.2485, rel=0.02)
    assert max(latency.series[0].values()) == pytest.approx(4.95, rel=0.02)
    assert max(errors.series[0].values()) == pytest.approx(0.4, rel=0.02)
    assert [dict(line.labels) for line in codes.series] == [{"code": "200"}, {"code": "500"}]
    (chart,) = draw_charts(kept.document, context())
    assert chart.data.startswith(b"\x89PNG")
    assert "Latency, 99th percentile: 248 ms before, 5 s at worst, 248 ms at the end." in chart.alt
    assert "Requests answered 5xx: 0.2 % before, 40 % at worst, 0.2 % at the end." in chart.alt


async def test_reading_again_finds_the_same(url: str) -> None:
    async with reading(url) as performer:
        first, second = [await collect(performer, POLICY, effect=WINDOW) for _ in range(2)]
    assert first.facts.blob == second.facts.blob


async def test_a_query_with_an_error_is_told_in_prometheus_own_words(url: str) -> None:
    broken = replace(PANELS[0], query="sum(rate(")
    policy = replace(POLICY, services=(replace(POLICY.services[0], panels=(broken, PANELS[1])),))
    async with reading(url) as performer:
        kept = await collect(performer, policy, effect=WINDOW)
    (error,) = kept.facts.errors
    assert "parse error" in error
    assert kept.facts.panels == 1
    (chart,) = draw_charts(kept.document, context())
    assert "parse error" in chart.alt


async def test_a_window_before_all_data_says_that_there_is_none(url: str) -> None:
    week = timedelta(days=7)
    effect = replace(WINDOW, start=WINDOW.start - week, end=WINDOW.end - week)
    async with reading(url) as performer:
        kept = await collect(performer, POLICY, effect=effect)
    assert {error.split(": ")[1] for error in kept.facts.errors} == {"The query returned no data."}


async def test_the_check_finds_it_well(url: str) -> None:
    async with reading(url) as performer:
        assert [check.ok for check in await performer.check()] == [True]
