"""Socket Mode: envelopes over a WebSocket that Slack renews now and then.

Protocol: docs.slack.dev/apis/events-api/using-socket-mode. The SDK's own client tries a spent address again after a
failed connection and so never comes back; this one asks for a new address each time. An envelope is acknowledged on the
connection that brought it, after it was carried out; without an acknowledgement Slack delivers it again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot import telemetry
from bot.errors import IntegrationError
from integrations.slack.client import SlackClient
from integrations.slack.frame import is_sound

_HEARTBEAT: Final = 10.0
"""Seconds between our pings; a connection without an answer to one for half as long is dead."""
_CONNECT_SECONDS: Final = 10.0
_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 30.0
_LINGER: Final = 15.0
"""Seconds that a connection which was told to leave is kept open; Slack warns about ten seconds ahead."""
_LAST_WORDS: Final = 5.0
"""Seconds that running requests get to end when we stop."""

Dispatch = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any] | None]]
"""Carries out an envelope; returns the acknowledgement's extra fields, or None for silence."""


def dispatch_to(app: AsyncApp) -> Dispatch:
    """Hand envelopes to Bolt. Any answer but 200 is silence, so that Slack delivers again."""

    async def dispatch(envelope: Mapping[str, Any]) -> Mapping[str, Any] | None:
        payload = envelope.get("payload")
        if not isinstance(payload, Mapping) or not is_sound(payload):
            telemetry.logger("slack").warning("an envelope holds no payload", kind=str(envelope.get("type")))
            return None
        request = AsyncBoltRequest(mode="socket_mode", body=dict(payload))
        answer = await app.async_dispatch(request)
        return _acknowledgement(answer) if answer.status == 200 else None

    return dispatch


def _acknowledgement(answer: BoltResponse) -> Mapping[str, Any]:
    if not answer.body:
        return {}
    is_json = answer.first_headers().get("content-type", "").startswith("application/json")
    return {"payload": json.loads(answer.body) if is_json else {"text": answer.body}}


class SocketMode:
    """Keeps one connection to Slack, and for a moment two while one replaces the other."""

    def __init__(self, client: SlackClient, session: aiohttp.ClientSession, app_token: str, dispatch: Dispatch) -> None:
        self._client = client
        self._session = session
        self._app_token = app_token
        self._dispatch = dispatch
        self._connections: set[asyncio.Task[None]] = set()
        self.connected = asyncio.Event()

    async def run(self) -> None:
        """Stay connected until cancelled; then let running requests end."""
        wait = _FIRST_WAIT
        try:
            while True:
                try:
                    connection = await self._connect()
                except (IntegrationError, aiohttp.ClientError, TimeoutError, OSError) as error:
                    telemetry.logger("slack").warning("no socket yet", detail=_words(error))
                    await asyncio.sleep(getattr(error, "retry_after", None) or wait)
                    wait = min(wait * 2, _LONGEST_WAIT)
                else:
                    wait = await self._serve_until_leaving(connection, wait)
        finally:
            await self._close()

    async def _connect(self) -> _Connection:
        answer = await self._client.call_as_app("apps.connections.open", self._app_token)
        async with asyncio.timeout(_CONNECT_SECONDS):
            socket = await self._session.ws_connect(
                str(answer["url"]),
                heartbeat=_HEARTBEAT,
                proxy=self._client.web.proxy,
                timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
            )
        return _Connection(socket, self._dispatch, self.connected)

    async def _serve_until_leaving(self, connection: _Connection, wait: float) -> float:
        """Serve until another connection is needed; returns how long to wait if the next one fails."""
        task = asyncio.create_task(connection.serve())
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        await connection.leaving.wait()
        self.connected.clear()
        if connection.greeted:
            return _FIRST_WAIT
        await asyncio.sleep(wait)
        return min(wait * 2, _LONGEST_WAIT)

    async def _close(self) -> None:
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)


class _Connection:
    """One WebSocket. `leaving` is set once it wants a successor; it reads on until Slack closes it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, dispatch: Dispatch, connected: asyncio.Event) -> None:
        self._socket = socket
        self._dispatch = dispatch
        self._connected = connected
        self._running: set[asyncio.Task[None]] = set()
        self._retirement: asyncio.Task[None] | None = None
        self.leaving = asyncio.Event()
        self.greeted = False

    async def serve(self) -> None:
        """Read envelopes and carry each out beside the others."""
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._receive(message.data)
        finally:
            self.leaving.set()
            if self._retirement is not None:
                self._retirement.cancel()
            if self._running:
                await asyncio.wait(self._running, timeout=_LAST_WORDS)
            await self._socket.close()

    def _receive(self, data: str) -> None:
        try:
            envelope = json.loads(data)
        except ValueError:
            return
        kind = envelope.get("type") if isinstance(envelope, dict) else None
        if kind == "hello":
            self.greeted = True
            self._connected.set()
        elif kind == "disconnect":
            telemetry.logger("slack").info("socket leaves", reason=str(envelope.get("reason")))
            self.leaving.set()
            self._retirement = self._retirement or asyncio.create_task(self._retire())
        elif kind is not None and envelope.get("envelope_id"):
            task = asyncio.create_task(self._carry_out(envelope))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _retire(self) -> None:
        await asyncio.sleep(_LINGER)
        await self._socket.close()

    async def _carry_out(self, envelope: Mapping[str, Any]) -> None:
        answer = await self._dispatch(envelope)
        if answer is None:
            return
        try:
            await self._socket.send_json({"envelope_id": envelope["envelope_id"], **answer})
        except ConnectionError:
            # Slack delivers again on another connection, and the inbox knows the request.
            telemetry.logger("slack").info("an acknowledgement was lost with its socket")


def _words(error: Exception) -> str:
    return error.detail if isinstance(error, IntegrationError) else type(error).__name__
