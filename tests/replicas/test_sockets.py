"""Each replica has a connection of its own to Slack, which brings each payload to any one of them.

A replica holds one connection, and for a moment two while one replaces the other; Slack allows an app ten. What a lost
connection took with it comes again to another, if it was an event; a command's author is told at once.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.crash.nursery import Nursery
from tests.replicas import play
from tests.replicas.town import SAM, Replica, Site, until

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.xdist_group("replicas")]


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


async def test_what_a_lost_connection_should_have_brought_comes_by_another(
    nursery: Nursery, url: str, tmp_path: Path
) -> None:
    async with play.cast(Site(nursery, tmp_path, url), 2) as cast:
        await asyncio.gather(*(one.start() for one in cast.replicas))
        number = await cast.crowd.declare("Trouble in place1x")
        await cast.crowd.town.misbehaves(delivery={"drop_socket": 3})
        await cast.crowd.live_through(number)
        await cast.crowd.heard(number)
        room = await cast.crowd.town.room(number)
        assert room is not None
        await everybody_serves(cast, room)

        first, second = cast.replicas
        await first.end()
        before = await notes_by(second)
        for n in range(4):
            assert await cast.crowd.town.types(SAM, room, f"/incident note The other has gone {n}")
        assert await notes_by(second) == before + 4
        await cast.crowd.settled()
        (await cast.reckon()).check()


async def everybody_serves(cast: play.Cast, room: str) -> None:
    """Type until every replica has been given a command: Slack hands them out in turn to those that are connected."""
    before = [await notes_by(one) for one in cast.replicas]

    async def served() -> bool:
        await cast.crowd.town.types(SAM, room, "/incident note Who is there")
        return all([await notes_by(one) > n for one, n in zip(cast.replicas, before, strict=True)])

    await until(served, "somebody did not connect again")


async def notes_by(replica: Replica) -> int:
    """How many notes a replica has taken."""
    return await replica.count("firebell_commands_total", command="AddNote", outcome="accepted")
