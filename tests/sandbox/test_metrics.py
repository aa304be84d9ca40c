"""The small Prometheus over HTTP: plain requests, and the client library that the bot uses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from prometheus_api_client import PrometheusConnect
from prometheus_api_client.exceptions import PrometheusApiClientException

from sandbox.metrics import Scenario, routes

NOW = 1_795_264_200.0
ERRORS = (
    'sum(rate(http_requests_total{service="checkout",code=~"5.."}[1m]))'
    ' / sum(rate(http_requests_total{service="checkout"}[1m]))'
)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes(routes(lambda: NOW, Scenario(NOW - 480)))
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/prometheus"))


async def ask(url: str, path: str, *, method: str = "GET", **params: str) -> tuple[int, Any]:
    query, form = (None, params) if method == "POST" else (params, None)
    async with ClientSession() as session, session.request(method, url + path, params=query, data=form) as answer:
        return answer.status, await answer.json()


async def test_a_range_has_prometheus_shape(url: str) -> None:
    status, answer = await ask(url, "/api/v1/query_range", query=ERRORS, start=str(NOW - 600), end=str(NOW), step="60s")
    assert status == 200
    assert answer["status"] == "success"
    assert answer["data"]["resultType"] == "matrix"
    (row,) = answer["data"]["result"]
    assert row["metric"] == {}
    assert [moment for moment, _ in row["values"]] == [int(NOW) - 600 + 60 * step for step in range(11)]
    values = [float(text) for _, text in row["values"]]
    assert values[0] < 0.002
    assert values[-1] > 0.25


async def test_get_and_form_answer_alike(url: str) -> None:
    params = {"query": "sum by (service) (rate(http_requests_total[5m]))", "time": str(NOW - 60)}
    assert await ask(url, "/api/v1/query", **params) == await ask(url, "/api/v1/query", method="POST", **params)


async def test_asking_twice_with_other_steps_agrees(url: str) -> None:
    span = {"query": "model_accuracy", "start": str(NOW - 600), "end": str(NOW)}
    fine = await ask(url, "/api/v1/query_range", step="30", **span)
    coarse = await ask(url, "/api/v1/query_range", step="2m", **span)
    fine_values, coarse_values = (dict(a[1]["data"]["result"][0]["values"]) for a in (fine, coarse))
    assert len(coarse_values) == 6
    assert coarse_values.items() <= fine_values.items()


async def test_an_instant_query_speaks_of_now(url: str) -> None:
    _, answer = await ask(url, "/api/v1/query", query='model_accuracy{model="recommender"}')
    (row,) = answer["data"]["result"]
    assert row["metric"] == {"__name__": "model_accuracy", "model": "recommender"}
    assert row["value"][0] == NOW
    assert 0.88 < float(row["value"][1]) < 0.94


async def test_a_number_is_a_scalar(url: str) -> None:
    _, answer = await ask(url, "/api/v1/query", query="0.1 + 0.2")
    assert answer["data"] == {"resultType": "scalar", "result": [NOW, "0.30000000000000004"]}
    _, answer = await ask(url, "/api/v1/query", query="1 / 0")
    assert answer["data"]["result"][1] == "+Inf"


async def test_there_is_no_future(url: str) -> None:
    _, answer = await ask(
        url, "/api/v1/query_range", query="model_accuracy", start=str(NOW - 60), end=str(NOW + 3600), step="60"
    )
    assert [moment for moment, _ in answer["data"]["result"][0]["values"]] == [NOW - 60, NOW]
    _, answer = await ask(url, "/api/v1/query", query="up", time=str(NOW + 1))
    assert answer["data"]["result"] == []


async def test_times_may_be_rfc3339(url: str) -> None:
    at = datetime.fromtimestamp(NOW - 60, UTC).isoformat()
    _, answer = await ask(url, "/api/v1/query", query="up", time=at)
    assert answer["data"]["result"][0]["value"][0] == NOW - 60


async def test_an_unknown_metric_is_empty_not_wrong(url: str) -> None:
    status, answer = await ask(
        url, "/api/v1/query_range", query="nothing_here", start=str(NOW - 60), end=str(NOW), step="60"
    )
    assert (status, answer["data"]) == (200, {"resultType": "matrix", "result": []})


RANGE = {"query": "up", "start": "0", "end": "60", "step": "15"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"query": "sum("}, 'invalid parameter "query"'),
        ({"query": ""}, "no expression found"),
        ({"query": "up[5m]"}, "range vector"),
        ({"start": "soon"}, 'invalid parameter "start"'),
        ({"start": "nan"}, 'invalid parameter "start"'),
        ({"end": "2026-11-21T09:00:00"}, 'invalid parameter "end"'),
        ({"end": "-1"}, "end timestamp must not be before start time"),
        ({"step": "0"}, "zero or negative"),
        ({"step": "inf"}, "zero or negative"),
        ({"step": "often"}, 'invalid parameter "step"'),
        ({"step": "0.001"}, "11,000 points"),
    ],
)
async def test_a_bad_query_is_told_why(url: str, changes: dict[str, str], words: str) -> None:
    status, answer = await ask(url, "/api/v1/query_range", **{**RANGE, **changes})
    assert (status, answer["status"], answer["errorType"]) == (400, "error", "bad_data")
    assert words in answer["error"]


async def test_it_says_that_it_is_ready_and_no_real_prometheus(url: str) -> None:
    async with ClientSession() as session:
        for path in ("/-/ready", "/-/healthy", "/"):
            async with session.get(url + path) as answer:
                assert answer.status == 200
    _, answer = await ask(url, "/api/v1/status/buildinfo")
    assert answer["data"]["version"].endswith("+sandbox")


async def test_labels_and_their_values_are_listed(url: str) -> None:
    _, labels = await ask(url, "/api/v1/labels")
    assert {"service", "le", "code"} <= set(labels["data"])
    _, services = await ask(url, "/api/v1/label/service/values")
    assert services["data"] == ["checkout", "payments", "search"]
    _, nothing = await ask(url, "/api/v1/label/colour/values")
    assert nothing["data"] == []


async def test_the_client_library_reads_it(url: str) -> None:
    client = PrometheusConnect(url=url)

    def work() -> tuple[bool, list[str], list[dict[str, Any]], list[dict[str, Any]]]:
        start, end = (datetime.fromtimestamp(at, UTC) for at in (NOW - 3600, NOW))
        return (
            client.check_prometheus_connection(),
            client.all_metrics(),
            client.custom_query(ERRORS),
            client.custom_query_range(ERRORS, start_time=start, end_time=end, step="60"),
        )

    reachable, metrics, instant, matrix = await asyncio.to_thread(work)
    assert reachable
    assert "http_requests_total" in metrics
    assert float(instant[0]["value"][1]) > 0.25
    assert len(matrix[0]["values"]) == 61
    assert matrix[0]["values"][-1] == instant[0]["value"]


async def test_the_client_library_hears_of_a_bad_query(url: str) -> None:
    client = PrometheusConnect(url=url)
    with pytest.raises(PrometheusApiClientException, match="400"):
        await asyncio.to_thread(client.custom_query, "sum(")
