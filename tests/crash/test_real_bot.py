"""The whole bot before a local Slack of its own process, killed with SIGKILL at each named point on both databases.

People declare, note, take a role, report and resolve. Slack brings an event again until it is acknowledged; a slash
command it does not: it tells the person, who looks whether it happened and else types it again. The bot is started anew
each time it dies. At the end the world is compared with what the log calls for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot import faultpoints
from bot.domain import events as e
from tests.chaos.kit import Book, Bot, Slack, slack, until
from tests.chaos.people import ANA, BEA, SAM, People
from tests.conftest import TABLE_LINE

pytestmark = pytest.mark.slow

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


@pytest.mark.parametrize("point", LIVES)
async def test_a_story_is_whole_after_the_bot_was_killed_twice(
    point: str, url: str, engine_name: str, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    faults = [f"{point}:{number}" for number in LIVES[point]]
    async with slack(tmp_path) as local, Book(url) as book:
        people = People(local, book)
        async with Bot(local, url, tmp_path, clock=local.clock, faults=faults) as bot:
            number = await tell(people)
            await come_to_rest(local, book, bot, number)
            found = await book.reckon(await local.world())
            log = await book.log(await book.id_of(number))
            problems = await book.problems()
    counts = f"{found.found} of {found.expected} messages, {len(found.lost)} lost, {len(found.doubled)} doubled"
    line = f"{engine_name:<11} {point:<15} killed {bot.killed}, typed in vain {people.retyped:>2}: {counts}"
    record_property(TABLE_LINE, line)
    assert bot.killed == len(faults)
    assert found.clean, found
    assert problems == []
    happened = Counter(type(one.event) for one in log)
    assert {kind: happened[kind] for kind in HAPPENED} == HAPPENED


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


async def come_to_rest(local: Slack, book: Book, bot: Bot, number: int) -> None:
    """Wait until what was said in passing has reached the log, and until nothing is left to send."""
    incident_id = await book.id_of(number)

    async def heard() -> bool:
        # Slack brings an event a second time at once and a third time after a minute.
        local.skip(61)
        return "The cache was cold" in str(await book.log(incident_id))

    await until(heard, bot.last_words)
    await until(book.settled, bot.last_words, within=90)
