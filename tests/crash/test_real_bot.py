"""The whole bot before a local Slack of its own process, killed with SIGKILL at each named point on both databases.

People declare, note, take a role, report and resolve. Slack brings an event again until it is acknowledged; a slash
command it does not: it tells the person, who looks whether it happened and else types it again. The bot is started anew
each time it dies. At the end the world is compared with what the log calls for.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import faultpoints
from bot.domain import events as e
from tests.chaos.kit import Book, Bot, Slack, slack, until
from tests.chaos.people import ANA, BEA, SAM, People
from tests.chaos.reckoning import Reckoning
from tests.conftest import TABLE_LINE
from tests.crash.nursery import Nursery

pytestmark = pytest.mark.slow
RecordProperty = Callable[[str, object], None]

LIVES = {
    faultpoints.EVENT_RECEIVED: (1, 4),
    faultpoints.BEFORE_COMMIT: (1, 3),
    faultpoints.AFTER_COMMIT: (1, 3),
    faultpoints.AFTER_CLAIM: (1, 6),
    faultpoints.AFTER_SEND: (1, 6),
    faultpoints.BEFORE_SETTLE: (2, 6),
    faultpoints.AFTER_SETTLE: (2, 6),
}
"""When, counted from its start, each of two lives ends; the third goes on to the end."""

AT_ONCE = 4
"""Stories played at the same time: each is mostly waits."""

HAPPENED = Counter(
    {
        e.IncidentDeclared: 1,
        e.RoomOpened: 1,
        e.NoteAdded: 2,
        e.Followed: 1,
        e.RoleAssigned: 2,
        e.UpdatePosted: 2,
        e.IncidentResolved: 1,
    }
)
"""What the story leaves in the log, exactly; the declarer commands from the start, and resolving is the last update."""


@dataclass(frozen=True)
class Outcome:
    """How one story ended."""

    killed: int
    in_vain: int
    found: Reckoning
    problems: Sequence[str]
    log: Sequence[e.Recorded]


async def test_a_story_is_whole_after_the_bot_was_killed_twice_at_any_point(
    make_url: Callable[[], str], engine_name: str, tmp_path: Path, nursery: Nursery, record_property: RecordProperty
) -> None:
    stage = Stage(nursery, tmp_path, asyncio.Semaphore(AT_ONCE))
    outcomes = await asyncio.gather(*(stage.play(point, make_url()) for point in LIVES))
    for point, one in zip(LIVES, outcomes, strict=True):
        counts = f"{len(one.found.lost)} lost, {len(one.found.doubled)} doubled of {one.found.expected} messages"
        line = f"{engine_name:<10}  {point:<14}  killed {one.killed}, typed in vain {one.in_vain:>2}: {counts}"
        record_property(TABLE_LINE, line)
    for point, one in zip(LIVES, outcomes, strict=True):
        assert one.killed == len(LIVES[point]), point
        assert one.found.clean, f"{point}: {one.found}"
        assert one.problems == [], point
        happened = Counter(type(recorded.event) for recorded in one.log)
        assert {kind: happened[kind] for kind in HAPPENED} == HAPPENED, point


@dataclass(frozen=True)
class Stage:
    """Where stories are played, each in a folder, a Slack and a database of its own."""

    nursery: Nursery
    folder: Path
    room: asyncio.Semaphore

    async def play(self, point: str, url: str) -> Outcome:
        async with self.room:
            return await self._play(point, url)

    async def _play(self, point: str, url: str) -> Outcome:
        folder = self.folder / point
        folder.mkdir()
        faults = [f"{point}:{number}" for number in LIVES[point]]
        async with slack(self.nursery, folder) as local, Book(url) as book:
            people = People(local, book)
            async with Bot(self.nursery, local, url, clock=local.clock, faults=faults) as bot:
                number = await tell(people)
                await come_to_rest(local, book, bot)
                found = await book.reckon(await local.world())
            log = await book.log(await book.id_of(number))
            return Outcome(bot.killed, people.retyped, found, await book.problems(), log)


async def tell(people: People) -> int:
    """Play the incident as people do; returns its number."""
    number = await people.declare(ANA, "checkout returns 500s")
    await people.mentions(BEA, number, "note The cache was cold")
    await people.tells(SAM, number, "follow", lambda log: has(log, e.Followed))
    await people.tells(SAM, number, "take communications", lambda log: has(log, e.RoleAssigned, times=2))
    await people.tells(BEA, number, "note Rolled back v142", lambda log: "Rolled back v142" in str(log))
    await people.tells(SAM, number, "update Half of all orders fail", lambda log: has(log, e.UpdatePosted))
    await people.tells(ANA, number, "resolve The rollback", lambda log: has(log, e.IncidentResolved))
    return number


def has(log: Sequence[e.Recorded], kind: type[e.Event], times: int = 1) -> bool:
    return sum(isinstance(one.event, kind) for one in log) >= times


async def come_to_rest(local: Slack, book: Book, bot: Bot) -> None:
    """Wait until Slack has brought everything, and until nothing is left to send."""
    await until(local.has_brought_all, bot.last_words)
    await until(book.settled, bot.last_words, within=90)
