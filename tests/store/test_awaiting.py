"""A server that starts later than Firebell is waited for; what waiting cannot mend is not."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.store.engine import database_url
from bot.store.opening import await_server
from tests.replicas.town import free_port

pytestmark = pytest.mark.postgres

LONG = 300.0
"""Seconds that nothing here may take."""


@asynccontextmanager
async def door(port: int, postgres: str) -> AsyncIterator[None]:
    """Bring connections to a port on to the server's own socket."""
    folder = str(database_url(postgres).query["host"])

    met = asyncio.Event()

    async def carry(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                to.write(data)
        to.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.5432")
        await asyncio.gather(carry(reader, forth), carry(back, writer))
        for one in (forth, writer):
            with contextlib.suppress(ConnectionError):
                await one.wait_closed()
        met.set()

    async with await asyncio.start_server(meet, "127.0.0.1", port):
        yield
        await met.wait()


async def test_a_server_that_is_not_there_yet_is_waited_for(postgres: str) -> None:
    port = free_port()
    waiting = asyncio.create_task(await_server(f"postgresql://postgres@127.0.0.1:{port}/postgres", asyncio.Event()))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    async with door(port, postgres):
        await asyncio.wait_for(waiting, LONG)


async def test_one_that_stays_away_is_given_up_and_opening_it_says_why() -> None:
    began = time.monotonic()
    await await_server(f"postgresql://postgres@127.0.0.1:{free_port()}/postgres", asyncio.Event(), most=0.3)
    assert time.monotonic() - began >= 0.3


async def test_whoever_stops_firebell_meanwhile_does_not_wait() -> None:
    stop = asyncio.Event()
    url = f"postgresql://postgres@127.0.0.1:{free_port()}/postgres"
    waiting = asyncio.create_task(await_server(url, stop, most=LONG * 2))
    await asyncio.sleep(0.1)
    stop.set()
    await asyncio.wait_for(waiting, LONG)


@pytest.mark.parametrize("mistake", [{"database": "there_is_none"}, {"query": {"sslmode": "sometimes"}}])
async def test_a_mistake_in_the_address_is_not_waited_for(postgres: str, mistake: Any) -> None:
    wrong = database_url(postgres).set(**mistake).render_as_string(hide_password=False)
    await asyncio.wait_for(await_server(wrong, asyncio.Event(), most=LONG * 2), LONG)


async def test_a_file_is_not_waited_for() -> None:
    await asyncio.wait_for(await_server("sqlite:///never-made.db", asyncio.Event(), most=LONG * 2), LONG)
