"""The plays: what happens to replicas, each told as one function that returns a line of the table."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bot import faultpoints
from tests.crash.entry import KILL_AT
from tests.replicas.book import Book, Reckoning
from tests.replicas.entry import STOP_AT
from tests.replicas.server import Server
from tests.replicas.story import Crowd, logged, mark
from tests.replicas.town import ANA, Replica, Site, replicas, town, until

SKIPS: Final = (12.1, 3.0, 10.0)
"""Minutes from the last update of a sev1 to its draft for the owner, to its due time, and to asking the channel. The
rung between, for the commander, falls away: she is the owner.
"""

AFTERWARDS: Final = 2.0
"""Seconds that somebody who goes on after a pause gets to do what should not be done."""

DROPS: Final = 3
BETWEEN: Final = 0.6
"""Seconds between two blows to the database."""

FIRED: Final = len(SKIPS) + 1
"""Timers that each incident fires while the clock is moved on like that: these, and the one that misses a commander who
has not acted for 20 minutes.
"""


@dataclass(frozen=True)
class Cast:
    """Everybody in a play."""

    crowd: Crowd
    replicas: Sequence[Replica]

    @property
    def book(self) -> Book:
        return self.crowd.book

    async def reckon(self) -> Reckoning:
        return await self.book.reckon(await self.crowd.town.world())


@asynccontextmanager
async def cast(site: Site, number: int) -> AsyncIterator[Cast]:
    """A local Slack, so many replicas that are named and not started, and a look into their database."""
    async with town(site) as place, replicas(site, place, number) as made, Book(site.database) as book:
        yield Cast(Crowd(place, book), made)


async def live(crowd: Crowd, incidents: int) -> list[int]:
    """Have so many incidents at once, up to where everything said is in the log."""

    async def one(n: int) -> int:
        number = await crowd.declare(f"Trouble in place{n}x")
        await crowd.live_through(number)
        await crowd.heard(number)
        return number

    return list(await asyncio.gather(*(one(n) for n in range(incidents))))


async def pass_time(crowd: Crowd, incidents: int) -> None:
    """Move the clock to one reminder after the other, and wait until each incident has had it."""
    for n, minutes in enumerate(SKIPS, start=1):
        crowd.town.skip(minutes=minutes)

        async def fired(wanted: int = n * incidents) -> bool:
            return len(await crowd.book.rows("SELECT 1 FROM events WHERE type = 'ReminderSent'")) >= wanted

        await until(fired, f"reminder {n} did not come")


async def resolve(crowd: Crowd, numbers: Sequence[int]) -> None:
    """Resolve them all, and wait until each has its postmortem."""
    await asyncio.gather(*(crowd.resolve(one) for one in numbers))

    async def shared() -> bool:
        return len(await crowd.book.rows("SELECT 1 FROM events WHERE type = 'DocumentShared'")) >= 2 * len(numbers)

    await until(shared, "a postmortem is missing")
    await crowd.settled()


async def share(site: Site, number: int, incidents: int) -> tuple[Reckoning, list[tuple[int, ...]]]:
    """Undisturbed, with every event delivered twice, to two replicas; also what each of them did.

    That is (commands, effects, timers) of each.
    """
    async with cast(site, number) as play:
        await asyncio.gather(*(one.start() for one in play.replicas))
        await play.crowd.town.misbehaves(delivery={"duplicate": True})
        numbers = await live(play.crowd, incidents)
        await play.crowd.settled()
        await pass_time(play.crowd, incidents)
        await resolve(play.crowd, numbers)
        return await play.reckon(), [await done_by(one) for one in play.replicas]


async def done_by(replica: Replica) -> tuple[int, ...]:
    """What one replica has done since it started: commands, effects, timers."""
    commands = await replica.count("firebell_commands_total")
    effects = [await replica.count("firebell_effects_total", outcome=how) for how in ("done", "reconciled")]
    return commands, sum(effects), await replica.count("firebell_timers_fired_total")


async def kill(site: Site, number: int, incidents: int, faults: Sequence[str]) -> tuple[Reckoning, int]:
    """The first replicas kill themselves mid-lease, where `faults` says; the others take over when the leases end.

    Returns the reckoning and how many effects were taken up again.
    """
    async with cast(site, number) as play:
        victims, others = play.replicas[: len(faults)], play.replicas[len(faults) :]
        armed = [one.start(**{KILL_AT: fault}) for one, fault in zip(victims, faults, strict=True)]
        await asyncio.gather(*armed, *(one.start() for one in others))
        await play.crowd.town.misbehaves(delivery={"duplicate": True})
        living = asyncio.create_task(live(play.crowd, incidents))

        async def dead() -> bool:
            return not any(one.running for one in victims)

        await until(dead, "they lived")
        await living
        await play.crowd.settled()
        await pass_time(play.crowd, incidents)
        await play.crowd.settled()
        return await play.reckon(), len(await play.book.rows("SELECT 1 FROM effects WHERE attempts > 1"))


async def pause(site: Site, place: str) -> tuple[Reckoning, list[str], str]:
    """One of two replicas stops itself at a place while it holds a claim; when the other is done, it goes on.

    Returns the reckoning, the keys that it held, and what it wrote into its log after it went on.
    """
    async with cast(site, 2) as play:
        sleeper, other = play.replicas
        await sleeper.start(**{STOP_AT: place})
        await play.crowd.declare_unseen("Trouble in place1x")
        await until(sleeper.is_stopped, "it did not stop")
        held = await play.book.held()
        await other.start()
        await play.crowd.settled()
        before = len(sleeper.log.read_text())
        sleeper.signal(signal.SIGCONT)
        await until(sleeper.is_ready, "it did not go on")
        await asyncio.sleep(AFTERWARDS)
        await play.crowd.settled()
        return await play.reckon(), held, sleeper.log.read_text()[before:]


async def pause_in_transaction(site: Site) -> tuple[Reckoning, Crowd, int]:
    """One of two replicas stops with an incident locked; people go on with the other.

    Returns the reckoning, the people, and how often what they said meanwhile stands in the log.
    """
    async with cast(site, 2) as play:
        sleeper, other = play.replicas
        await other.start()
        number = await play.crowd.declare("Trouble in place1x")
        await play.crowd.settled()
        await sleeper.start(**{STOP_AT: f"{faultpoints.BEFORE_COMMIT}:1"})
        room = await play.crowd.town.room(number)
        assert room is not None

        async def stopped() -> bool:
            await play.crowd.town.types(ANA, room, f"/incident note A word before {mark(number, 0)}")
            return await sleeper.is_stopped()

        await until(stopped, "it did not stop")
        said = mark(number, 1)
        await play.crowd.tell(ANA, room, f"/incident note Rolled back {said}", logged(said))
        sleeper.signal(signal.SIGCONT)
        await until(sleeper.is_ready, "it did not go on")
        await asyncio.sleep(AFTERWARDS)
        await play.crowd.settled()
        return await play.reckon(), play.crowd, len(await play.book.rows(logged(said)))


async def take_the_database_away(play: Cast, postgres: Server, incidents: int) -> Reckoning:
    """Connections are dropped again and again, the server restarts in order, and crashes, while people work."""
    await asyncio.gather(*(one.start() for one in play.replicas))
    living = asyncio.create_task(live(play.crowd, incidents))
    for _ in range(DROPS):
        await asyncio.sleep(BETWEEN)
        await postgres.drop_connections()
    for mode in ("fast", "immediate"):
        await asyncio.sleep(BETWEEN)
        await postgres.restart(mode)
    await living
    for one in play.replicas:
        await until(one.is_ready, f"{one.name} did not come back")
    await play.crowd.settled()
    await pass_time(play.crowd, incidents)
    await play.crowd.settled()
    return await play.reckon()
