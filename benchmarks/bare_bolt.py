"""The baselines: a Bolt app on aiohttp that verifies the signature, finds its listener and acknowledges, no more; and
the same with one durable commit for each request, which is the least that an app can do that forgets nothing.

Run by the other benchmarks: python -m benchmarks.bare_bolt <port> [file of a SQLite database]
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from benchmarks.servers import SIGNING_SECRET

PATH = "/slack/events"


async def _known(**_: Any) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T0LARKSPUR", bot_token="xoxb-0", bot_user_id="U0BOT")


def committing(file: str) -> Callable[[str], None]:
    """Return what brings a text to the disk in a transaction of its own, as raw as can be."""
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE requests (body TEXT NOT NULL)")

    def commit(text: str) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO requests VALUES (?)", (text,))
        database.execute("COMMIT")

    return commit


def application(keep: Callable[[str], None] = lambda _: None) -> web.Application:
    """Build the app as its documentation shows it; `keep` is given each request before it is acknowledged."""

    async def _acknowledge(ack: Any, body: dict[str, Any]) -> None:
        keep(str(body))
        await ack()

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


async def serve(port: int, *files: str) -> None:
    runner = web.AppRunner(application(*map(committing, files)), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), *sys.argv[2:3]))
