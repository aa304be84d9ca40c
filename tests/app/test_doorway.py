"""Strangers at the door: whoever dribbles, idles, crowds or sends too much is shown out, cheaply."""

from __future__ import annotations

import asyncio
import contextlib
import io
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bot.doorway import Patience, serving

QUICK = Patience(head=0.3, idle=0.3, farewell=0.1, connections=20)


@asynccontextmanager
async def door(patience: Patience = QUICK) -> AsyncIterator[int]:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(text=await request.text())

    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(0.6)
        return web.Response(text="done")

    async with serving(
        [web.post("/", echo), web.get("/slow", slow)], "127.0.0.1", 0, drain=1, patience=patience
    ) as port:
        yield port


async def closed_after(reader: asyncio.StreamReader, most: float) -> float:
    """Seconds until the server ends the connection."""
    started = time.monotonic()
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(most):
            while await reader.read(1024):
                pass
    return time.monotonic() - started


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


@pytest.mark.parametrize("said", [b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: x\r\nX-A: "])
async def test_a_head_that_does_not_come_to_its_end_is_not_waited_for(said: bytes) -> None:
    async with door() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        assert await closed_after(reader, 60) < 15
        await hang_up(writer)


async def test_a_head_that_trickles_in_gets_no_more_time() -> None:
    async with door() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def trickle() -> None:
            for letter in b"POST / HTTP/1.1\r\nHost: example.com\r\nX-Long: " + b"a" * 1_000:
                writer.write(bytes([letter]))
                await asyncio.sleep(0.02)

        trickling = asyncio.create_task(trickle())
        assert await closed_after(reader, 60) < 15
        trickling.cancel()
        await hang_up(writer)


async def test_a_connection_that_was_served_may_rest_but_not_for_ever() -> None:
    async with door() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
            assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(0.1)
        writer.write(b"POST / HTTP/1.1\r\n")
        assert await closed_after(reader, 60) < 15
        await hang_up(writer)


async def test_a_request_that_is_being_answered_is_not_cut_short() -> None:
    async with (
        door() as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/slow") as answer,
    ):
        assert await answer.text() == "done"


async def test_a_crowd_is_kept_out_and_lets_others_in_once_it_is_gone() -> None:
    async with door(Patience(head=6.0, idle=6.0, connections=5)) as port:
        crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await closed_after(reader, 60) < 4, "one too many is closed at once"
        await hang_up(writer)
        for reader, writer in crowd:
            assert await closed_after(reader, 60) < 30
            await hang_up(writer)
        async with aiohttp.ClientSession() as session, session.post(f"http://127.0.0.1:{port}/", data="hi") as answer:
            assert await answer.text() == "hi"


async def test_a_body_over_the_limit_is_413() -> None:
    async with (
        door() as port,
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{port}/", data=io.BytesIO(b"x" * (1024 * 1024 + 1))) as answer,
    ):
        assert answer.status == 413


async def test_a_port_in_use_is_said_and_leaving_frees_it() -> None:
    async with door() as port:
        with pytest.raises(OSError, match="address already in use"):
            async with serving([], "127.0.0.1", port, drain=1):
                raise AssertionError("two cannot listen")
    async with serving([], "127.0.0.1", port, drain=1) as again:
        assert again == port
