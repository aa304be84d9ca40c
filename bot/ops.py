"""What an operator's machines ask over HTTP: is it alive, is it ready, how is it doing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

SILENT_SECONDS: Final = 30.0
"""A loop that has not come round for so long counts as stuck."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """One condition of readiness: its name, and a sentence if it is not met ("" when it is)."""

    name: str
    trouble: str = ""


Probe = Callable[[], Awaitable[Readiness]]


def loop_probe(name: str, silent_for: Callable[[], float]) -> Probe:
    """Readiness of a background loop."""

    async def probe() -> Readiness:
        silent = silent_for()
        return Readiness(name, f"has not come round for {silent:.0f} s" if silent > SILENT_SECONDS else "")

    return probe


def routes(registry: CollectorRegistry, probes: Sequence[Probe]) -> list[web.RouteDef]:
    """Return `/healthz` (this process answers), `/readyz` (database, schema and loops are well) and `/metrics`.

    Readiness never means "the chat system is up": commands are taken and kept while it is away.
    """

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(_: web.Request) -> web.Response:
        found = [await probe() for probe in probes]
        body = {one.name: one.trouble or "well" for one in found}
        return web.json_response(body, status=503 if any(one.trouble for one in found) else 200)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]
