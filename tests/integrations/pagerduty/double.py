"""A small PagerDuty on this machine: services, policies, people on call, incidents, events, and lost answers.

It works as far as Firebell uses it. Where PagerDuty's documents are at hand, it holds every request and every answer of
its own against them.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import trustme
from aiohttp import web

from tests.integrations.pagerduty import judge

TOKEN: Final = "t0ken-of-pagerduty"
ROUTING_KEY: Final = "r0uting-key-of-payments-000000"
SENDER: Final = "firebell@test.example"
NOW: Final = "2026-11-19T02:47:00Z"

Work = Callable[[web.Request, dict[str, Any]], Awaitable[web.Response]]

_ADDRESS: Final = "https://test.pagerduty.com"
_HERE: Final = "https://127.0.0.1"
"""The library that judges leaves the port out of addresses."""


def _reference(kind: str, one: dict[str, Any]) -> dict[str, Any]:
    return {"id": one["id"], "type": f"{kind}_reference", "summary": one["name"]}


@dataclass
class PagerDuty:
    """The state. `trouble` maps "METHOD /path" to what happens to the next such call: an HTTP status that is answered
    without carrying it out, or "lost", which carries it out and then drops the connection.
    """

    url: str = ""
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    policies: dict[str, list[str]] = field(default_factory=dict)
    incidents: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    trouble: dict[str, list[int | str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    judges: tuple[judge.Judge, ...] = ()

    def add_user(self, user_id: str, name: str, email: str) -> None:
        self.users[user_id] = {"id": user_id, "type": "user", "summary": name, "name": name, "email": email}

    def add_service(self, service_id: str, name: str, policy: str, on_call: list[str]) -> None:
        self.policies[policy] = on_call
        reference = {"id": policy, "type": "escalation_policy_reference", "summary": f"{name} policy"}
        self.services[service_id] = {
            "id": service_id,
            "type": "service",
            "summary": name,
            "name": name,
            "status": "active",
            "escalation_policy": reference,
        }

    @property
    def violations(self) -> list[str]:
        return [one for judge in self.judges for one in judge.violations]

    def by_key(self, key: str) -> list[dict[str, Any]]:
        return [one for one in self.incidents.values() if one["incident_key"] == key]

    def move(self, incident_id: str, status: str) -> None:
        self.incidents[incident_id]["status"] = status

    def open_incident(self, title: str, key: str, service: str, on_call: list[str]) -> dict[str, Any]:
        incident_id = f"Q{len(self.incidents) + 1:05}"
        self.incidents[incident_id] = incident = {
            "id": incident_id,
            "type": "incident",
            "summary": title,
            "title": title,
            "html_url": f"{_ADDRESS}/incidents/{incident_id}",
            "incident_number": len(self.incidents) + 1,
            "created_at": NOW,
            "status": "triggered",
            "incident_key": key,
            "service": _reference("service", self.services[service]),
            "assignments": [{"at": NOW, "assignee": _reference("user", self.users[one])} for one in on_call],
            "responder_requests": [],
        }
        return incident

    def routes(self) -> list[web.RouteDef]:
        rest: tuple[tuple[str, str, Work], ...] = (
            ("POST", "/incidents", self._create),
            ("GET", "/incidents", self._list),
            ("GET", "/incidents/{id}", self._get),
            ("PUT", "/incidents/{id}", self._update),
            ("POST", "/incidents/{id}/responder_requests", self._request),
            ("GET", "/oncalls", self._oncalls),
            ("GET", "/users", self._users),
            ("GET", "/users/{id}", self._user),
            ("GET", "/services/{id}", self._service),
        )
        made = [web.route(method, path, self._served(work, 0)) for method, path, work in rest]
        return [*made, web.post("/v2/enqueue", self._served(self._enqueue, 1))]

    def _served(self, work: Work, judged_by: int) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            name, text = f"{request.method} {request.path}", await request.text()
            self.calls.append(name)
            self.senders.append(request.headers.get("From", ""))
            judge = self.judges[judged_by] if self.judges else None
            if judge is not None:
                judge.ask(request, text)
            waiting = self.trouble.get(name) or []
            what = waiting.pop(0) if waiting else None
            if isinstance(what, int):
                headers = {"ratelimit-reset": "7"} if what == 429 else {}
                return web.json_response({"error": {"message": "As told", "code": 1}}, status=what, headers=headers)
            if judged_by == 0 and request.headers.get("Authorization") != f"Token token={TOKEN}":
                response = web.json_response({"error": {"message": "Unauthorized", "code": 2006}}, status=401)
            else:
                response = await work(request, json.loads(text) if text else {})
            if judge is not None:
                judge.answer(request, text, response)
            if what == "lost" and request.transport is not None:
                request.transport.abort()
                await asyncio.sleep(0)
            return response

        return serve

    async def _create(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        wanted = body["incident"]
        key, service = wanted["incident_key"], self.services.get(wanted["service"]["id"])
        if service is None:
            return _bad("Service Not Found")
        if any(one["status"] != "resolved" for one in self.by_key(key)):
            return _bad("Open incident with matching dedup key already exists on this service")
        policy = (wanted.get("escalation_policy") or service["escalation_policy"])["id"]
        incident = self.open_incident(wanted["title"], key, service["id"], self.policies[policy][:1])
        return web.json_response({"incident": incident}, status=201)

    async def _list(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        return _page("incidents", self.by_key(request.query["incident_key"]))

    async def _get(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        return _one("incident", self.incidents.get(request.match_info["id"]))

    async def _update(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        incident = self.incidents.get(request.match_info["id"])
        if incident is not None:
            if incident["status"] == "resolved":
                return _bad("Incident Already Resolved")
            incident["status"] = body["incident"]["status"]
        return _one("incident", incident)

    async def _request(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        incident = self.incidents[request.match_info["id"]]
        asked = {
            "id": f"R{len(self.requests) + 1}",
            "requester": _reference("user", self.users[body["requester_id"]]),
            "requested_at": NOW,
            "message": body["message"],
            "responder_request_targets": body["responder_request_targets"],
        }
        self.requests.append(asked)
        incident["responder_requests"].append(asked)
        return web.json_response({"responder_request": asked})

    async def _oncalls(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        rows = [
            {
                "escalation_policy": {"id": policy, "type": "escalation_policy_reference", "summary": policy},
                "escalation_level": level,
                "user": _reference("user", self.users[who]),
                "start": NOW,
            }
            for policy in request.query.getall("escalation_policy_ids[]")
            for level, who in enumerate(self.policies.get(policy, []), start=1)
        ]
        return _page("oncalls", rows[::-1])

    async def _users(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        wanted = request.query["query"].casefold()
        return _page(
            "users", [one for one in self.users.values() if wanted in f"{one['name']} {one['email']}".casefold()]
        )

    async def _user(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        return _one("user", self.users.get(request.match_info["id"]))

    async def _service(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        return _one("service", self.services.get(request.match_info["id"]))

    async def _enqueue(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        if body["routing_key"] != ROUTING_KEY:
            return web.json_response({"status": "invalid event", "message": "Event object is invalid"}, status=400)
        key = body["dedup_key"]
        standing = [one for one in self.by_key(key) if one["status"] != "resolved"]
        if body["event_action"] == "trigger" and not standing:
            self.open_incident(body["payload"]["summary"], key, "PPAYMEN", ["PBEA"])
        for one in standing:
            moved = {"acknowledge": "acknowledged", "resolve": "resolved"}
            one["status"] = moved.get(body["event_action"], one["status"])
        answer = {"status": "success", "message": "Event processed", "dedup_key": key}
        return web.json_response(answer, status=202)


def _page(name: str, rows: list[Any]) -> web.Response:
    return web.json_response({name: rows, "limit": 100, "offset": 0, "more": False, "total": None})


def _one(name: str, row: dict[str, Any] | None) -> web.Response:
    if row is None:
        return web.json_response({"error": {"message": "Not Found", "code": 2100}}, status=404)
    return web.json_response({name: row})


def _bad(why: str) -> web.Response:
    return web.json_response(
        {"error": {"message": "Invalid Input Provided", "code": 2001, "errors": [why]}}, status=400
    )


@asynccontextmanager
async def pagerduty() -> AsyncIterator[PagerDuty]:
    """Serve one over TLS on this machine, with a certificate that is believed while it runs; it must not be misused."""
    authority = trustme.CA()
    double = _peopled()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    application = web.Application()
    application.add_routes(double.routes())
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    try:
        await site.start()
        assert runner.addresses
        double.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
        if judge.folder() is not None:
            double.judges = (judge.Judge(judge.REST, _HERE), judge.Judge(judge.EVENTS, f"{_HERE}/v2"))
        with believed(authority):
            yield double
    finally:
        await runner.cleanup()
    assert not double.violations, "\n".join(double.violations)


@contextmanager
def believed(authority: trustme.CA) -> Iterator[None]:
    """Let programs of this process believe the authority's certificates."""
    before = os.environ.get("SSL_CERT_FILE")
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "authority.pem"
        authority.cert_pem.write_to_path(path)
        os.environ["SSL_CERT_FILE"] = str(path)
        try:
            yield
        finally:
            if before is None:
                del os.environ["SSL_CERT_FILE"]
            else:
                os.environ["SSL_CERT_FILE"] = before


def _peopled() -> PagerDuty:
    double = PagerDuty()
    double.add_user("PFIRE", "Firebell", SENDER)
    double.add_user("PANA", "Ana Ruiz", "ana@test.example")
    double.add_user("PBEA", "Bea Vogt", "bea@test.example")
    double.add_user("PTOM", "Tom Berg", "tom@elsewhere.example")
    double.add_service("PCHECKO", "Checkout", "PPOLCHK", ["PBEA", "PTOM"])
    double.add_service("PPAYMEN", "Payments", "PPOLPAY", ["PANA"])
    return double
