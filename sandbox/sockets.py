"""Socket Mode: up to ten WebSockets of the app; each payload goes to exactly one of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from aiohttp import WSMsgType, web

from sandbox.model import JSON
from sandbox.state import State

MAX_CONNECTIONS = 10
_LIFETIME_SECONDS = 18_060
DisconnectReason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


class SocketLostError(Exception):
    """The connection closed, or there was none, before the app acknowledged."""


@dataclass(eq=False, slots=True)
class _Connection:
    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[JSON]] = field(default_factory=dict)


class SocketHub:
    """Accepts the app's sockets and hands envelopes to them in turn."""

    def __init__(self, state: State, on_change: Callable[[str], None]) -> None:
        self._state = state
        self._on_change = on_change
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self._turn = 0

    @property
    def connected(self) -> bool:
        """True while at least one socket is open."""
        return bool(self._connections)

    def ticket(self) -> str:
        """Return a one-use ticket that the next connection shows."""
        ticket = self._state.token(16)
        self._tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one WebSocket until either side closes it."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="This address was used already; ask apps.connections.open.")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(max_msg_size=16 * 1024 * 1024)
        await socket.prepare(request)
        if len(self._connections) >= MAX_CONNECTIONS:
            await socket.send_json(self._goodbye("too_many_websockets"))
            await socket.close()
            return socket
        connection = _Connection(socket)
        self._connections.append(connection)
        self._on_change("connected")
        try:
            await socket.send_json(self._hello())
            await self._listen(connection)
        finally:
            self._drop(connection)
        return socket

    async def send(self, kind: str, payload: JSON, *, within: float, **extra: Any) -> JSON:
        """Deliver one envelope and return the app's acknowledgement.

        Raises SocketLostError if no socket took it, TimeoutError after ``within`` real seconds.
        """
        connection = self._next()
        envelope_id = str(uuid4())
        envelope = {"envelope_id": envelope_id, "payload": payload, "type": kind, **extra}
        acked: asyncio.Future[JSON] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = acked
        try:
            await connection.socket.send_json(envelope)
            return await asyncio.wait_for(acked, within)
        except ConnectionError as error:
            raise SocketLostError(str(error)) from error
        finally:
            connection.waiting.pop(envelope_id, None)

    async def disconnect(self, reason: DisconnectReason) -> None:
        """Tell the oldest connection to go; all but a warning close it."""
        if not self._connections:
            return
        connection = self._connections[0]
        await connection.socket.send_json(self._goodbye(reason))
        if reason != "warning":
            await connection.socket.close()

    async def cut(self) -> None:
        """Close the connection whose turn it is without a word, as a network does."""
        if self._connections:
            connection = self._next()
            self._drop(connection)
            await connection.socket.close()

    async def close(self) -> None:
        """Close every socket."""
        for connection in list(self._connections):
            await connection.socket.close(code=1001, message=b"the workspace shuts down")

    def _next(self) -> _Connection:
        if not self._connections:
            raise SocketLostError("no socket is connected")
        self._turn += 1
        return self._connections[self._turn % len(self._connections)]

    def _drop(self, connection: _Connection) -> None:
        if connection not in self._connections:
            return
        self._connections.remove(connection)
        for future in connection.waiting.values():
            if not future.done():
                future.set_exception(SocketLostError("the socket closed before it acknowledged"))
        self._on_change("disconnected")

    async def _listen(self, connection: _Connection) -> None:
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                ack = json.loads(message.data)
            except json.JSONDecodeError:
                continue
            future = connection.waiting.get(str(ack.get("envelope_id"))) if isinstance(ack, dict) else None
            if future is not None and not future.done():
                future.set_result(ack)

    def _hello(self) -> JSON:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": _LIFETIME_SECONDS,
            },
            "connection_info": {"app_id": self._state.identity.app_id},
        }

    def _goodbye(self, reason: DisconnectReason) -> JSON:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
