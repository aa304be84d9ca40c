"""A small Statuspage on this machine: one page, its components and incidents, and lost answers.

It works as far as Firebell uses it, and refuses what the public documents do not name: unknown fields, states, statuses
and components, a metadata value that is no object, a wrong key.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

KEY: Final = "k3y-of-statuspage"
PAGE: Final = "kctbh9vrtdwd"
STATES: Final = {"operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage"}
STATUSES: Final = {"investigating", "identified", "monitoring", "resolved"}
FIELDS: Final = {"name", "status", "body", "components", "component_ids", "deliver_notifications", "metadata"}
COMPONENTS: Final = {"c0checkout": "Shop checkout", "c0payments": "Card payments"}

JSON = dict[str, Any]
Work = Callable[[web.Request, JSON], Awaitable[web.Response]]


@dataclass
class Statuspage:
    """The state. `trouble` maps "METHOD /path below the page" to what happens to the next such calls: an HTTP status
    that is answered without carrying it out, or "lost", which carries it out and then drops the connection.
    """

    url: str = ""
    components: dict[str, JSON] = field(default_factory=dict)
    incidents: list[JSON] = field(default_factory=list)
    trouble: dict[str, list[int | str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    retry_after: str = "1"

    def updates(self) -> list[tuple[str, str, str]]:
        """Every text on the page, oldest first: its incident's name, status, body."""
        return [
            (one["name"], update["status"], update["body"])
            for one in self.incidents
            for update in one["incident_updates"]
        ]

    def states(self) -> dict[str, str]:
        return {key: one["status"] for key, one in self.components.items()}

    def routes(self) -> list[web.RouteDef]:
        rows: tuple[tuple[str, str, Work], ...] = (
            ("GET", "", self._page),
            ("GET", "/components", self._components),
            ("GET", "/incidents", self._list),
            ("POST", "/incidents", self._create),
            ("GET", "/incidents/{id}", self._get),
            ("PATCH", "/incidents/{id}", self._update),
        )
        return [web.route(method, f"/v1/pages/{{page}}{path}", self._served(work)) for method, path, work in rows]

    def _served(self, work: Work) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def serve(request: web.Request) -> web.Response:
            path = request.path.removeprefix(f"/v1/pages/{request.match_info['page']}")
            name = f"{request.method} {path}"
            self.calls.append(name)
            waiting = self.trouble.get(f"{request.method} {path.partition('/i0')[0]}") or []
            what = waiting.pop(0) if waiting else None
            if isinstance(what, int):
                return web.json_response({"error": "As told"}, status=what, headers={"Retry-After": self.retry_after})
            if request.headers.get("Authorization") != f"OAuth {KEY}":
                return web.json_response({"error": "Could not authenticate"}, status=401)
            if request.match_info["page"] != PAGE:
                return _no("Record not found", 404)
            response = await work(request, await request.json() if request.can_read_body else {})
            if what == "lost" and request.transport is not None:
                request.transport.abort()
                await asyncio.sleep(0)
            return response

        return serve

    async def _page(self, request: web.Request, body: JSON) -> web.Response:
        return web.json_response({"id": PAGE, "name": "Larkspur", "url": "https://status.larkspur.example"})

    async def _components(self, request: web.Request, body: JSON) -> web.Response:
        return web.json_response(list(self.components.values()))

    async def _list(self, request: web.Request, body: JSON) -> web.Response:
        limit, page = int(request.query.get("limit", "100")), int(request.query.get("page", "1"))
        newest = self.incidents[::-1]
        return web.json_response(newest[(page - 1) * limit : page * limit])

    async def _get(self, request: web.Request, body: JSON) -> web.Response:
        found = self._find(request)
        return _no("Record not found", 404) if found is None else web.json_response(found)

    async def _create(self, request: web.Request, body: JSON) -> web.Response:
        wrong = self._wrong(body) or ("name is missing" if not body["incident"].get("name") else "")
        if wrong:
            return _no(wrong)
        key = f"i0{len(self.incidents) + 1:04}"
        self.incidents.append({"id": key, "shortlink": f"https://stspg.example/{key}", "incident_updates": []})
        return self._put(self.incidents[-1], body["incident"], 201)

    async def _update(self, request: web.Request, body: JSON) -> web.Response:
        found = self._find(request)
        if found is None:
            return _no("Record not found", 404)
        wrong = self._wrong(body)
        return _no(wrong) if wrong else self._put(found, body["incident"], 200)

    def _find(self, request: web.Request) -> JSON | None:
        return next((one for one in self.incidents if one["id"] == request.match_info["id"]), None)

    def _wrong(self, body: JSON) -> str:
        wanted = body.get("incident")
        if not isinstance(wanted, dict) or set(wanted) - FIELDS:
            return "incident has fields that there are not"
        if wanted.get("status") not in STATUSES:
            return "status is not included in the list"
        if set(wanted["components"]) - set(self.components) or set(wanted["component_ids"]) - set(self.components):
            return "Component does not exist"
        if set(wanted["components"].values()) - STATES:
            return "components has an unknown state"
        if not all(isinstance(one, dict) for one in wanted["metadata"].values()):
            return "metadata's top-level values must be objects"
        return "" if isinstance(wanted["deliver_notifications"], bool) else "deliver_notifications is no boolean"

    def _put(self, incident: JSON, wanted: JSON, status: int) -> web.Response:
        incident |= {name: wanted[name] for name in ("name", "status", "metadata")}
        incident["incident_updates"].append({"status": wanted["status"], "body": wanted["body"]})
        for key, state in wanted["components"].items():
            self.components[key]["status"] = state
        return web.json_response(incident, status=status)


def _no(why: str, status: int = 422) -> web.Response:
    return web.json_response({"error": [why] if status == 422 else why}, status=status)


@asynccontextmanager
async def statuspage() -> AsyncIterator[Statuspage]:
    """Serve one on this machine."""
    double = Statuspage()
    for key, name in COMPONENTS.items():
        double.components[key] = {"id": key, "name": name, "status": "operational", "group": False}
    application = web.Application()
    application.add_routes(double.routes())
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        double.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield double
    finally:
        await runner.cleanup()
