"""Health, readiness and metrics over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from aiohttp import web

from bot.ops import Probe, Readiness, loop_probe, routes
from bot.telemetry import Metrics, redact


@asynccontextmanager
async def served(*probes: Probe) -> AsyncIterator[httpx.AsyncClient]:
    metrics = Metrics()
    metrics.commands.labels("Declare", "accepted").inc()
    application = web.Application()
    application.add_routes(routes(metrics.registry, probes))
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        async with httpx.AsyncClient(base_url=f"http://{host}:{port}") as client:
            yield client
    finally:
        await runner.cleanup()


async def test_a_process_that_answers_is_alive_even_when_it_is_not_ready() -> None:
    async def away() -> Readiness:
        return Readiness("database", "does not answer")

    async with served(away, loop_probe("outbox", lambda: 1.0)) as client:
        assert (await client.get("/healthz")).status_code == 200
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"database": "does not answer", "outbox": "well"}


async def test_a_stuck_loop_makes_it_unready() -> None:
    async with served(loop_probe("outbox", lambda: 120.0)) as client:
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert "120 s" in answer.json()["outbox"]


async def test_metrics_are_in_prometheus_format() -> None:
    async with served() as client:
        text = (await client.get("/metrics")).text
    assert 'firebell_commands_total{command="Declare",outcome="accepted"} 1.0' in text


def test_what_looks_like_a_credential_is_blanked() -> None:
    text = redact("token xoxb-1-abc and postgresql://bob:hunter2@db/x, Bearer abc.def, xapp-1-A-2")
    for secret in ("xoxb-1-abc", "hunter2", "abc.def", "xapp-1-A-2"):
        assert secret not in text
    assert "@db/x" in text
