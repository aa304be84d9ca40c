"""`python -m tests.replicas [incidents]`: every play once, with more incidents than the tests have, as a table."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot import faultpoints
from tests.crash.nursery import Nursery
from tests.replicas import play
from tests.replicas.book import Reckoning
from tests.replicas.server import Server, server
from tests.replicas.town import Site

HEAD = (
    "| what happens | replicas | incidents | events | effects | messages | timers fired | lost | doubled "
    "| sent once more by a paused process | out of order |\n|---|---|---|---|---|---|---|---|---|---|---|"
)
KILLS = (f"{faultpoints.AFTER_CLAIM}:9", f"{faultpoints.AFTER_SEND}:9")

Told = tuple[Reckoning, Sequence[str]]
"""What was found, and the keys that may have been sent once more."""

Play = Callable[[Site, Server, int], Awaitable[Told]]


def sharing(replicas: int) -> Play:
    async def told(site: Site, _server: Server, incidents: int) -> Told:
        found, _ = await play.share(site, replicas, incidents)
        return found, ()

    return told


async def killing(site: Site, _server: Server, incidents: int) -> Told:
    found, _ = await play.kill(site, 4, incidents, KILLS)
    return found, ()


def pausing(place: str, *, while_sending: bool = True) -> Play:
    """Wherever it stops while it is sending, another message of its may be half written at that moment."""

    async def told(site: Site, _server: Server, _incidents: int) -> Told:
        found, held, _ = await play.pause(site, place)
        return found, held if while_sending else ()

    return told


async def locking(site: Site, _server: Server, _incidents: int) -> Told:
    found, *_ = await play.pause_in_transaction(site)
    return found, ()


async def taking_away(site: Site, postgres: Server, incidents: int) -> Told:
    async with play.cast(site, 2) as cast:
        return await play.take_the_database_away(cast, postgres, incidents), ()


PLAYS: Sequence[tuple[str, int, Play]] = (
    ("undisturbed, every event delivered twice", 2, sharing(2)),
    ("undisturbed, every event delivered twice", 4, sharing(4)),
    ("two killed mid-lease, one before and one after its send", 4, killing),
    ("one paused past its lease, before the check", 2, pausing(f"{faultpoints.AFTER_CLAIM}:1", while_sending=False)),
    ("one paused past its lease, after the send", 2, pausing(f"{faultpoints.AFTER_SEND}:2")),
    ("one paused past its lease, inside the send", 2, pausing("chat.postMessage:2")),
    ("one paused with an incident locked", 2, locking),
    ("connections dropped, PostgreSQL restarted and crashed", 2, taking_away),
)


def line(what: str, replicas: int, found: Reckoning, once_more: Sequence[str]) -> str:
    again = [key for key in found.doubled if key in once_more]
    doubled = len(found.doubled) - len(again)
    counts = (found.incidents, found.events, found.effects, found.sent, found.fired)
    cells = (what, replicas, *counts, len(found.lost), doubled, len(again), len(found.disorder))
    return f"| {' | '.join(str(cell) for cell in cells)} |"


async def main(incidents: int) -> None:
    print(HEAD, flush=True)
    nursery = Nursery()
    try:
        async with server() as postgres:
            for what, replicas, one in PLAYS:
                with tempfile.TemporaryDirectory(prefix="firebell-replicas-") as folder:
                    await postgres.make_database()
                    found, once_more = await one(Site(nursery, Path(folder), postgres.url), postgres, incidents)
                print(line(what, replicas, found, once_more), flush=True)
                found.check(once_more=once_more)
    finally:
        nursery.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 4))
