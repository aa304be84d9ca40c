"""The HTTP server's outer door: how long and how much a stranger may keep it busy.

aiohttp waits for ever for a request that was begun and keeps an idle connection for an hour; see
docs/decisions/0009-strangers-at-the-door.md for what stands here instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, save for the counts.

    `head` is how long a connection may take for the head of its first request, `idle` how long it may then stay without
    a next one; neither is prolonged by what trickles in. `farewell` is how long a refused body is still taken in, so
    that the sender reads the refusal. Connections over `connections` are closed at once.
    """

    head: float = 10.0
    idle: float = 75.0
    farewell: float = 1.0
    connections: int = 1_000


MAX_BODY: Final = 1024 * 1024
"""Bytes that a route gets to read at most; the chat's own door counts for itself."""


class _Guard(asyncio.Protocol):
    """Stands between a connection and aiohttp, and closes it when its patience is over."""

    def __init__(self, inner: asyncio.Protocol, patience: Patience, inside: set[_Guard]) -> None:
        self._inner = inner
        self._patience = patience
        self._inside = inside
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport), "a server's connection can be read and written"
        self._transport = transport
        if len(self._inside) >= self._patience.connections:
            transport.abort()
            return
        self._inside.add(self)
        self._wait(self._patience.head)
        self._inner.connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._stop_waiting()
        if self in self._inside:
            self._inside.discard(self)
            self._inner.connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self in self._inside:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self in self._inside else None

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def begin(self) -> None:
        """A request's head is complete: what it does now has limits of its own."""
        self._stop_waiting()

    def end(self) -> None:
        """The answer is made; the next request may take its time to come, but not for ever."""
        if self in self._inside:
            self._wait(self._patience.idle)

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _give_up(self) -> None:
        if self._transport is not None:
            self._transport.abort()


async def read_body(request: web.Request, *, most: int, seconds: float) -> bytes | web.Response:
    """Read a body of at most `most` bytes that arrives within `seconds`; a refusal (413, 408) for any other."""
    if (request.content_length or 0) > most:
        return refused(413)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_chunked(64 * 1024):
                body += chunk
                if len(body) > most:
                    return refused(413)
    except TimeoutError:
        return refused(408)
    return bytes(body)


def refused(status: int) -> web.Response:
    """Return an answer after which nothing more is wanted from this connection."""
    answer = web.Response(status=status)
    answer.force_close()
    return answer


@web.middleware
async def _tell_guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    transport = request.transport
    guard = transport.get_protocol() if transport is not None else None
    if not isinstance(guard, _Guard):
        return await handler(request)
    guard.begin()
    try:
        return await handler(request)
    finally:
        guard.end()


@asynccontextmanager
async def serving(
    routes: Sequence[web.RouteDef], host: str, port: int, *, drain: float, patience: Patience | None = None
) -> AsyncIterator[int]:
    """Serve these routes until the block is left, then let running requests end for `drain` seconds; yields the port.

    Raises:
        OSError: the port cannot be used.
    """
    patience = patience or Patience()
    application = web.Application(client_max_size=MAX_BODY, middlewares=[_tell_guard])
    application.add_routes(routes)
    runner = web.AppRunner(
        application,
        access_log=None,
        shutdown_timeout=drain,
        keepalive_timeout=patience.idle,
        lingering_time=patience.farewell,
    )
    await runner.setup()
    inside: set[_Guard] = set()
    make = runner.server
    assert make is not None, "a runner that is set up has a server"
    try:
        listening = await asyncio.get_running_loop().create_server(
            lambda: _Guard(make(), patience, inside), host, port, backlog=128
        )
        try:
            yield int(listening.sockets[0].getsockname()[1])
        finally:
            listening.close()
    finally:
        await runner.cleanup()
