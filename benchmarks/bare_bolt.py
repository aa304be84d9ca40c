"""The baseline: a Bolt app on aiohttp that verifies the signature, finds its listener and acknowledges, no more.

Run by the other benchmarks: python -m benchmarks.bare_bolt <port>
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from benchmarks.servers import SIGNING_SECRET

PATH = "/slack/events"


async def _known(**_: Any) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T0LARKSPUR", bot_token="xoxb-0", bot_user_id="U0BOT")


async def _acknowledge(ack: Any) -> None:
    await ack()


def application() -> web.Application:
    """Build the app as its documentation shows it."""
    app = AsyncApp(signing_secret=SIGNING_SECRET, authorize=_known, process_before_response=True)
    app.command("/incident")(_acknowledge)
    app.view("update")(_acknowledge)
    app.action("follow")(_acknowledge)
    app.action("unfollow")(_acknowledge)

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.add_routes([web.post(PATH, handle)])
    return server


async def serve(port: int) -> None:
    runner = web.AppRunner(application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
