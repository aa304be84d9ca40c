"""Panels are read and kept; what cannot be read becomes a sentence, and never an error of the incident."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import timedelta

import pytest
from aiohttp import web

from bot.analysis.series import decode
from bot.domain import effects as f
from integrations.metrics import MetricsSettings
from templates.charts import ChartContext, draw_charts
from tests.domain.world import World
from tests.integrations.prometheus_kit import (
    ASKED,
    NOW,
    Asked,
    collect,
    demo_policy,
    matrix,
    nobody,
    page,
    prometheus,
    queries,
    reading,
    refusal,
    replay,
    row,
    silence,
)

GOOD = matrix(row("0.1", "0.2", "0.4"))
UNHURRIED = {"query_seconds": 60.0, "budget_seconds": 120.0}
"""Where the time is not what is tested: the replay answers by computing, which takes a busy machine long."""


async def test_the_panels_of_every_affected_service_are_kept_and_drawn() -> None:
    policy = demo_policy()
    async with replay() as url, reading(url, **UNHURRIED) as performer:
        kept = await collect(performer, policy, "checkout", "payments")
    document = decode(kept.document)
    assert (kept.facts.panels, kept.facts.errors) == (6, ())
    assert document.services() == ("checkout", "payments")
    assert (document.start, document.end) == (ASKED.start.timestamp(), ASKED.end.timestamp())
    assert [panel.service_name for panel in document.panels] == ["Checkout"] * 3 + ["Payments"] * 3
    world = World(policy, NOW - timedelta(minutes=8))
    world.declare(services=("checkout",))
    latency = draw_charts(kept.document, ChartContext.of(world.it, "asked"))[0].alt.split(". ")[1]
    assert latency.startswith("Latency, 99th percentile: ")
    assert " ms before" in latency
    assert " s now" in latency, "the replayed outage slows checkout down"


async def test_the_demos_panels_all_have_data() -> None:
    policy = demo_policy()
    async with replay() as url, reading(url, **UNHURRIED) as performer:
        kept = await collect(performer, policy, *(service.key for service in policy.services))
    assert kept.facts.errors == ()
    assert kept.facts.panels == sum(len(service.panels) for service in policy.services)


async def test_the_same_answer_is_stored_under_the_same_digest() -> None:
    async with prometheus({"a": GOOD}) as url, reading(url) as performer:
        first, second = [await collect(performer, queries("a")) for _ in range(2)]
    assert first == second
    assert json.loads(first.document)["panels"][0]["query"] == "a"


async def test_a_query_covers_the_window_in_steps_that_can_be_seen() -> None:
    asked = Asked()
    day = f.CollectPanels("after", NOW - timedelta(days=1), NOW)
    async with prometheus({"a": GOOD}, asked) as url, reading(url) as performer:
        await collect(performer, queries("a"))
        await collect(performer, queries("a"), effect=day)
    short, long = asked.queries
    assert (int(short["end"]) - int(short["start"]), short["step"]) == (3_600, "15")
    assert (int(long["end"]) - int(long["start"]), long["step"]) == (86_400, "360")


async def test_a_bad_query_says_what_prometheus_said_and_the_others_are_kept() -> None:
    async with replay() as url, reading(url, **UNHURRIED) as performer:
        kept = await collect(performer, queries("sum(", "model_accuracy"))
    (error,) = kept.facts.errors
    assert error.startswith("Checkout, Panel 0: Prometheus refused the query: ")
    assert kept.facts.panels == 1
    bad, good = decode(kept.document).panels
    assert bad.error in error
    assert (bad.series, good.error) == ((), "")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refusal(400, '{"error":"1:5: parse error: unexpected end of input"}'), "unexpected end of input."),
        (refusal(422, '{"error":"' + "x" * 900 + '"}'), "x…."),
        (refusal(503, "upstream is away", "text/plain"), "Prometheus answered with status 503."),
        (refusal(401, '<html>it\'s "you"</html>', "text/html"), "Prometheus answered with status 401."),
        (page("<html>Sign in</html>"), "does not speak like Prometheus."),
        (page('{"status": "success"}'), "does not speak like Prometheus."),
        (page('{"data": {"result": [1, 2]}}'), "does not speak like Prometheus."),
        (page('{"data": {"result": [{"metric": {}, "values": [["x", "y"]]}]}}'), "does not speak like Prometheus."),
        (page('{"data": null}'), "does not speak like Prometheus."),
        (matrix(), "The query returned no data."),
        (matrix(row("NaN", "+Inf")), "The query returned no data."),
    ],
)
async def test_an_unfit_answer_becomes_a_sentence(answer, said: str) -> None:
    async with prometheus({"a": answer, "b": GOOD}) as url, reading(url) as performer:
        kept = await collect(performer, queries("a", "b"))
    (error,) = kept.facts.errors
    assert error.endswith(said)
    assert len(error) < 400
    assert kept.facts.panels == 1


async def test_prometheus_away_fails_no_incident() -> None:
    async with nobody() as url, reading(url) as performer:
        kept = await collect(performer, queries("a", "b"))
    place = url.removeprefix("http://")
    assert kept.facts.panels == 0
    assert kept.facts.errors == tuple(
        f"Checkout, Panel {number}: Prometheus at {place} could not be reached." for number in (0, 1)
    )
    assert [panel.error for panel in decode(kept.document).panels] == [
        f"Prometheus at {place} could not be reached."
    ] * 2


async def test_a_silent_prometheus_costs_the_librarys_timeout_and_no_more() -> None:
    began = time.monotonic()
    async with silence() as url, reading(url, query_seconds=0.2) as performer:
        kept = await collect(performer, queries("a", "b"))
        assert time.monotonic() - began < 20
    assert all(error.endswith("did not answer within 0.2 s.") for error in kept.facts.errors)


async def test_many_slow_queries_end_with_the_budget_and_what_was_read_is_kept() -> None:
    slow = dict.fromkeys("abcd", late)
    limits = {"query_seconds": 0.5, "budget_seconds": 0.8}
    began = time.monotonic()
    async with prometheus({"quick": GOOD, **slow}) as url, reading(url, **limits) as performer:
        kept = await collect(performer, queries("quick", *slow))
        assert time.monotonic() - began < 20
    assert kept.facts.panels == 1
    assert kept.facts.errors[0].endswith("did not answer within 0.5 s.")
    assert kept.facts.errors[-1].endswith("did not answer within 0.8 s.")


async def late(_request: web.Request) -> web.StreamResponse:
    """Answer when nobody listens any more."""
    await asyncio.sleep(1.5)
    return web.Response()


async def test_while_prometheus_is_silent_the_loop_goes_on() -> None:
    turns = 0
    async with silence() as url, reading(url, query_seconds=0.3) as performer:
        work = asyncio.create_task(collect(performer, queries("a")))
        while not work.done():
            turns += 1
            await asyncio.sleep(0.01)
        await work
    assert turns > 5


async def test_without_an_address_it_says_so() -> None:
    async with reading("") as performer:
        kept = await collect(performer, queries("a"))
        (check,) = await performer.check()
    assert kept.facts.errors == ("Checkout, Panel 0: Metrics are not set up: PROMETHEUS_URL is not set.",)
    assert check.ok
    assert "PROMETHEUS_URL" in check.mend


async def test_services_without_panels_ask_nothing() -> None:
    async with nobody() as url, reading(url) as performer:
        kept = await collect(performer, queries("a"), "search")
    assert (kept.facts.panels, kept.facts.errors) == (0, ())


async def test_too_many_lines_are_counted_and_the_highest_are_kept() -> None:
    rows = [row("1", str(number), job=f"j{number}") for number in range(30)]
    async with prometheus({"a": matrix(*rows)}) as url, reading(url, most_series=4) as performer:
        kept = await collect(performer, queries("a"))
    (panel,) = decode(kept.document).panels
    assert [line.labels for line in panel.series] == [(("job", f"j{number}"),) for number in (29, 28, 27, 26)]
    assert panel.left_out == 26
    (read,) = kept.facts.readings
    assert read.value == 15.0, "the median of 1 and 29, the newest of the highest line"


async def test_a_token_is_sent_and_told_to_nobody() -> None:
    asked = Asked()
    answers = {"a": refusal(403, "no"), "vector(1)": GOOD}
    async with prometheus(answers, asked) as url, reading(url, token="t0ken") as performer:
        kept = await collect(performer, queries("a"))
        (check,) = await performer.check()
    assert {headers["Authorization"] for headers in asked.headers} == {"Bearer t0ken"}
    assert "t0ken" not in repr((kept, check, performer))
    assert check.ok


async def test_the_check_says_whether_prometheus_answers() -> None:
    async with replay() as url, reading(url, **UNHURRIED) as performer:
        (well,) = await performer.check()
    async with prometheus({"vector(1)": page("hello")}) as url, reading(url) as performer:
        (strange,) = await performer.check()
    assert (well.ok, strange.ok) == (True, False)
    assert "does not speak like Prometheus" in strange.detail
    assert "PROMETHEUS_URL" in strange.mend


@pytest.mark.parametrize("url", ["prometheus:9090", "ftp://prometheus", "http://", "/prometheus"])
def test_an_address_that_is_none_is_refused_with_its_key(url: str) -> None:
    with pytest.raises(ValueError, match="PROMETHEUS_URL must be an address like"):
        MetricsSettings(url=url)


def test_an_address_is_told_without_its_password() -> None:
    assert MetricsSettings(url="https://ana:5ecret@prometheus.example:9090/").place == "prometheus.example:9090"
    assert MetricsSettings(url="https://ana:5ecret@prometheus.example").place == "prometheus.example"
