"""A small Zoom on this machine: tokens, one account's users, their meetings, and lost answers."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web
from pydantic import SecretStr

from integrations.zoom.settings import ZoomSettings

ACCOUNT, CLIENT, SECRET = "acc0unt", "cl1ent", "s3cret-of-zoom"
HOST: Final = "bridge@shop.example"
PAGE: Final = 2
"""Meetings on one page: few, so that there are several."""

Work = Callable[[web.Request], Awaitable[web.Response]]


@dataclass
class Zoom:
    """The state. `trouble` maps "METHOD /path" to what happens to the next such call: an HTTP status that is answered
    without carrying it out, or "lost", which carries it out and then drops the connection.
    """

    url: str = ""
    meetings: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    trouble: dict[str, list[int | str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/oauth/token", self._served(self._token)),
            web.post("/v2/users/{host}/meetings", self._served(self._create)),
            web.get("/v2/users/{host}/meetings", self._served(self._list)),
        ]

    def expire(self) -> None:
        """Take every token back."""
        self.tokens.clear()

    def _served(self, work: Work) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            name = f"{request.method} {request.path}"
            self.calls.append(name)
            waiting = self.trouble.get(name) or []
            what = waiting.pop(0) if waiting else None
            if isinstance(what, int):
                return web.json_response({"code": 1, "message": "As told."}, status=what, headers=self.headers)
            response = await work(request)
            if what == "lost" and request.transport is not None:
                request.transport.abort()
                await asyncio.sleep(0)
            return response

        return serve

    async def _token(self, request: web.Request) -> web.Response:
        asked = await request.post()
        login = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers.get("Authorization") != login:
            return web.json_response(
                {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}, status=401
            )
        if asked.get("grant_type") != "account_credentials" or asked.get("account_id") != ACCOUNT:
            return web.json_response({"reason": "Bad Request", "error": "invalid_request"}, status=400)
        self.tokens.append(f"token-{len(self.calls)}")
        return web.json_response({"access_token": self.tokens[-1], "token_type": "bearer", "expires_in": 3599})

    def _refusal(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return web.json_response({"code": 124, "message": "Invalid access token."}, status=401)
        if request.match_info["host"] not in (HOST, "me"):
            return web.json_response({"code": 1001, "message": "User does not exist."}, status=404)
        return None

    async def _create(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        asked = await request.json()
        number = 80_000_000_000 + len(self.meetings)
        made = {"id": number, **asked, "join_url": f"https://zoom.example/j/{number}?pwd=x"}
        self.meetings.append(made)
        return web.json_response(made, status=201)

    async def _list(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        first = int(request.query.get("next_page_token") or 0)
        rows = [{key: one[key] for key in ("id", "topic", "agenda", "join_url")} for one in self.meetings]
        after = str(first + PAGE) if first + PAGE < len(rows) else ""
        return web.json_response({"meetings": rows[first : first + PAGE], "next_page_token": after})


@asynccontextmanager
async def running() -> AsyncIterator[Zoom]:
    """Serve it on a free port."""
    zoom = Zoom()
    application = web.Application()
    application.add_routes(zoom.routes())
    runner = web.AppRunner(application, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    zoom.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield zoom
    finally:
        await runner.cleanup()


def settings_for(url: str, **changes: Any) -> ZoomSettings:
    values = {
        "account": ACCOUNT,
        "client": CLIENT,
        "secret": SecretStr(SECRET),
        "host": HOST,
        "api_url": url,
        "sign_in_url": url,
        "call_seconds": 2.0,
        "attempt_seconds": 5.0,
    }
    return ZoomSettings.model_validate({**values, **changes})
