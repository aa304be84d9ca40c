"""An HTTP client for servers of the test's own machine."""

from __future__ import annotations

import ssl

import httpx


def local_client(base_url: str = "", *, seconds: float = 30.0) -> httpx.AsyncClient:
    """Make a client that trusts no certificate, since none is met: to load the usual ones takes longer than a test."""
    return httpx.AsyncClient(base_url=base_url, timeout=seconds, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
