"""Keeps the local Slack to this machine: no other host, no other site's scripts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def is_loopback(host: str) -> bool:
    """Say whether a host name or address means this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests under a foreign name (DNS rebinding) or from another site's page."""
    host = urlsplit(f"//{request.host}").hostname or ""
    if not is_loopback(host):
        return web.Response(status=403, text="The local Slack answers to this machine only.")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return web.Response(status=403, text="The local Slack answers to its own page only.")
    return await handler(request)
