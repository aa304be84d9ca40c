"""A chat of its own process, which survives the bot: it keeps what it is sent, in order, and can be asked for a key.

Prints its port on the first line. It never refuses a key it has seen: a doubled message is kept twice, to be noticed.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

KEPT: web.AppKey[list[dict[str, Any]]] = web.AppKey("kept", list)


async def send(request: web.Request) -> web.Response:
    """Keep a message. Some time passes before it is kept and before it is answered, so that kills find both gaps."""
    sent = await request.json()
    await asyncio.sleep(0.002)
    kept = request.app[KEPT]
    kept.append({**sent, "ts": f"1700000000.{len(kept):06d}"})
    await asyncio.sleep(0.002)
    return web.json_response(kept[-1])


async def find(request: web.Request) -> web.Response:
    found = [one for one in request.app[KEPT] if one["key"] == request.query["key"]]
    return web.json_response(found)


async def everything(request: web.Request) -> web.Response:
    return web.json_response(request.app[KEPT])


async def forget(request: web.Request) -> web.Response:
    request.app[KEPT].clear()
    return web.json_response([])


async def main() -> None:
    app = web.Application()
    app[KEPT] = []
    app.add_routes(
        [web.post("/send", send), web.get("/find", find), web.get("/all", everything), web.post("/forget", forget)]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
