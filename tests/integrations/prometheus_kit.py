"""What tests of the metrics need: a server that answers as it is told, and the demo's replayed outage."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.config.file import policy_of, read_file
from bot.domain import effects as f
from bot.domain.policy import Panel, Policy
from bot.ports import Performer, View
from integrations.metrics import MetricsIntegration, MetricsSettings
from sandbox.metrics import Scenario, routes
from tests.domain.world import POLICY, World
from tests.integrations.paper import PaperDesk

NOW: Final = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
BEGAN: Final = NOW - timedelta(minutes=8)
ASKED: Final = f.CollectPanels("asked", NOW - timedelta(minutes=60), NOW)
EXAMPLE: Final = Path(__file__).parents[2] / "deploy" / "firebell.example.yaml"

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def matrix(*rows: Mapping[str, Any]) -> Answer:
    """Answer every query with these series."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "success", "data": {"resultType": "matrix", "result": list(rows)}})

    return answer


def row(*values: str, **labels: str) -> dict[str, Any]:
    """One series, a point a minute, ending now."""
    first = NOW.timestamp() - 60 * (len(values) - 1)
    return {"metric": labels, "values": [[first + 60 * place, value] for place, value in enumerate(values)]}


def refusal(status: int, body: str, content_type: str = "application/json") -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type=content_type)

    return answer


def page(body: str) -> Answer:
    return refusal(200, body, "text/html")


@dataclass
class Asked:
    """What a server was asked, in order."""

    queries: list[dict[str, str]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)


@asynccontextmanager
async def prometheus(answers: Mapping[str, Answer], asked: Asked | None = None) -> AsyncIterator[str]:
    """Run a server that answers each query in its own way; yields its address."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if asked is not None:
            asked.queries.append(dict(request.query))
            asked.headers.append(dict(request.headers))
        return await answers[request.query["query"]](request)

    app = web.Application()
    app.add_routes([web.get("/api/v1/query_range", answer), web.get("/api/v1/query", answer)])
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/")


@asynccontextmanager
async def replay() -> AsyncIterator[str]:
    """Run the demo's small Prometheus, eight minutes into its outage."""
    app = web.Application()
    app.add_routes(routes(NOW.timestamp, Scenario(BEGAN.timestamp())))
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/prometheus"))


@asynccontextmanager
async def silence() -> AsyncIterator[str]:
    """An address that takes connections and never says a word."""

    async def ignore(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.wait_for(over.wait(), 30)
        finally:
            writer.close()

    over = asyncio.Event()
    server = await asyncio.start_server(ignore, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        over.set()
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def nobody() -> AsyncIterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def demo_policy() -> Policy:
    """The settings that the demo runs on."""
    return policy_of(read_file(EXAMPLE))


def queries(*texts: str, service: str = "checkout") -> Policy:
    """A policy in which one service has these queries, and others have what they had."""
    panels = tuple(Panel(f"p{place}", f"Panel {place}", text, "ratio") for place, text in enumerate(texts))
    services = tuple(replace(one, panels=panels) if one.key == service else one for one in POLICY.services)
    return replace(POLICY, services=services)


@dataclass
class Collected:
    """One performed `CollectPanels` and what it stored."""

    facts: f.PanelFacts
    document: bytes


async def collect(performer: Performer, policy: Policy, *services: str, effect: f.CollectPanels = ASKED) -> Collected:
    """Perform `CollectPanels` for an incident of these services."""
    world, desk = World(policy, NOW), PaperDesk()
    world.declare(services=services or ("checkout",))
    facts = await performer.handlers["CollectPanels"](effect, View(world.it, policy, "key"), desk)
    assert isinstance(facts, f.PanelFacts)
    return Collected(facts, desk.blobs[facts.blob])


@asynccontextmanager
async def reading(url: str, **settings: Any) -> AsyncIterator[Performer]:
    async with MetricsIntegration(MetricsSettings(url=url, **settings)).open() as performer:
        yield performer
