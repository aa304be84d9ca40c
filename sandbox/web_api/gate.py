"""What every Web API call passes: faults, token, scope, rate, the method itself, and the log."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from aiohttp import web

from sandbox.errors import RateLimitError, SlackError
from sandbox.faults import Faults, Rule
from sandbox.methods import METHODS
from sandbox.model import JSON
from sandbox.rate_limits import RateLimits
from sandbox.sockets import SocketHub
from sandbox.traffic import Traffic
from sandbox.web_api.arguments import Arguments, read_arguments
from sandbox.web_api.call import Call, missing_scope
from sandbox.web_api.table import ANSWERS
from sandbox.workspace import Workspace

_TIMEOUT_SECONDS = 120.0


class Gate:
    """Answers ``/api/{method}``."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        hub: SocketHub,
        traffic: Traffic,
        faults: Faults,
        strict: bool,
        haste: float = 1.0,
    ) -> None:
        self._workspace = workspace
        self._hub = hub
        self._traffic = traffic
        self._faults = faults
        self._strict = strict
        self._rates = RateLimits(workspace.state.clock, haste=haste)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call and log it."""
        method = request.match_info["method"]
        started = time.monotonic()
        arguments = Arguments({})
        rule = self._faults.strike(method)
        try:
            arguments = await read_arguments(request)
            await self._delay(rule)
            status, headers, body = await self._outcome(request, method, arguments, rule)
        except SlackError as error:
            status, headers, body = 200, {}, error.answer()
        lost = rule is not None and rule.kind == "lost_answer"
        self._traffic.record(
            "in",
            "web_api",
            method,
            ms=(time.monotonic() - started) * 1000,
            status=status,
            error="answer lost" if lost else None if body.get("ok") else str(body.get("error")),
            request=arguments.values,
            response=body,
        )
        if lost:
            _hang_up(request)
        return web.json_response(body, status=status, headers=headers)

    def call(self, method: str, arguments: Arguments) -> Call:
        """Return a call that has passed the checks, for what the workspace does on the app's behalf."""
        return Call(method, arguments, self._workspace, self._hub, self._strict)

    async def _outcome(
        self, request: web.Request, method: str, arguments: Arguments, rule: Rule | None
    ) -> tuple[int, dict[str, str], JSON]:
        if rule is not None and rule.kind != "lost_answer":
            return await self._fault(request, rule, method)
        try:
            return 200, self._scopes(method), await self._answer(request, method, arguments)
        except RateLimitError as limit:
            return 429, {"Retry-After": str(limit.retry_after)}, {"ok": False, "error": "ratelimited"}

    def _scopes(self, method: str) -> dict[str, str]:
        """Return the header that tells what the token may do."""
        app_level = method in METHODS and METHODS[method].caller == "app"
        scopes = ["connections:write"] if app_level else sorted(self._workspace.state.app.scopes)
        return {"X-OAuth-Scopes": ",".join(scopes)}

    async def _answer(self, request: web.Request, method: str, arguments: Arguments) -> JSON:
        answer = ANSWERS.get(method)
        if answer is None:
            raise SlackError("unknown_method", req_method=method)
        self._check_token(request, method, arguments)
        if self._strict:
            self._check_scope(method)
            self._rates.spend(method, arguments.text("channel"))
        return await answer(self.call(method, arguments))

    def _check_token(self, request: web.Request, method: str, arguments: Arguments) -> None:
        header = request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ").strip() or arguments.text("token")
        identity = self._workspace.state.identity
        if not token:
            if method == "api.test":
                return
            raise SlackError("not_authed")
        if token not in (identity.bot_token, identity.app_token):
            raise SlackError("invalid_auth")
        wanted = identity.app_token if METHODS[method].caller == "app" else identity.bot_token
        if token != wanted and method not in ("api.test", "auth.test"):
            raise SlackError("not_allowed_token_type")

    def _check_scope(self, method: str) -> None:
        facts = METHODS[method]
        needed = facts.scopes_for()
        if facts.caller == "app" or not needed:
            return
        if not self._workspace.state.app.scopes.intersection(needed):
            raise missing_scope(self._workspace.state, needed)

    async def _delay(self, rule: Rule | None) -> None:
        milliseconds = self._faults.latency_ms + (0 if rule is None else rule.delay_ms)
        if milliseconds > 0:
            await asyncio.sleep(milliseconds / 1000)

    async def _fault(self, request: web.Request, rule: Rule, method: str) -> tuple[int, dict[str, str], JSON]:
        match rule.kind:
            case "429":
                headers = {"Retry-After": str(rule.retry_after)}
                return 429, headers, {"ok": False, "error": "ratelimited"}
            case "500":
                return 500, {}, {"ok": False, "error": "internal_error"}
            case "503":
                return 503, {}, {"ok": False, "error": "service_unavailable"}
            case "missing_scope":
                needed: Any = METHODS[method].scopes_for() if method in METHODS else ()
                raise missing_scope(self._workspace.state, needed)
            case "timeout":
                await asyncio.sleep(_TIMEOUT_SECONDS)
                _hang_up(request)
                return 504, {}, {"ok": False, "error": "request_timeout"}
            case _:
                raise SlackError(rule.kind.removeprefix("error:"))


def _hang_up(request: web.Request) -> None:
    """Close the connection in the middle, so that the caller cannot know what became of its call."""
    if request.transport is not None:
        request.transport.abort()
