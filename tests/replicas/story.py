"""A scripted load: incidents that people declare, talk about, and resolve while the replicas share the work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tests.replicas.book import Book
from tests.replicas.town import ALERTS, ANA, BEA, CALM, SAM, Town, until

SAID: Final = (3, 4, 5)
"""The lines of an incident that are said to Firebell in a message."""


@dataclass
class Crowd:
    """People who type until they see that it worked, as people do. `refusals` are the calm answers that they got,
    `silences` how often Slack had to tell them that the app did not answer.
    """

    town: Town
    book: Book
    refusals: list[str] = field(default_factory=list)
    silences: int = 0

    async def tell(self, user: str, channel: str, line: str, query: str) -> None:
        """Type a line until a query of the database finds that it was taken."""

        async def told() -> bool:
            if await self.book.rows(query):
                return True
            before = len(await self.town.whispers(user))
            if not await self.town.types(user, channel, line):
                self.silences += 1
            elif not await self.book.rows(query):
                self.refusals += [one for one in (await self.town.whispers(user))[before:] if _refuses(one)]
            return bool(await self.book.rows(query))

        await until(told, f"{line} was never taken: {self.refusals[-3:]}")

    async def declare(self, title: str) -> int:
        """Declare, and return the number once the channel is there."""
        await self.declare_unseen(title)
        number = await self.book.number(title)
        assert number is not None
        await until(lambda: self.town.room(number), f"no channel for {title}")
        return number

    async def declare_unseen(self, title: str) -> None:
        """Declare, and look no further: the one who answers may stop over it."""
        await self.tell(ANA, ALERTS, f"/incident declare sev2 {title}", logged(title))

    async def live_through(self, number: int) -> None:
        """Talk about an incident, by command and by mention; each line carries a mark of its own."""
        room = await self.town.room(number)
        assert room is not None
        me = await self.town.bot_user()
        await self.tell(SAM, room, f"/incident note Rolled back {mark(number, 1)}", logged(mark(number, 1)))
        await self.tell(
            ANA, room, "/incident severity sev1", f"SELECT 1 FROM incidents WHERE number = {number} AND rank = 1"
        )
        await self.tell(ANA, room, f"/incident update Half fail {mark(number, 2)}", logged(mark(number, 2)))
        for n in SAID:
            await self.town.says(BEA, room, f"<@{me}> note The cache was cold {mark(number, n)}")
        await self.tell(BEA, room, f"/incident update Fewer fail {mark(number, 6)}", logged(mark(number, 6)))

    async def resolve(self, number: int) -> None:
        room = await self.town.room(number)
        assert room is not None
        await self.tell(ANA, room, f"/incident resolve Back to v141 {mark(number, 7)}", logged(mark(number, 7)))

    async def heard(self, number: int) -> None:
        """Wait until everything that was said, and not typed until it was taken, stands in the log.

        Slack brings again what nobody acknowledged, after none, sixty and three hundred seconds; what was refused is
        said once more.
        """
        refused = dict.fromkeys((mark(number, n) for n in SAID), 0)

        async def all_heard() -> bool:
            missing = [one for one in refused if not await self.book.rows(logged(one))]
            for one in missing:
                answers = await self.town.answers(one)
                if len(answers) > refused[one]:
                    refused[one] = len(answers)
                    self.refusals += answers[-1:]
                    room, me = await self.town.room(number), await self.town.bot_user()
                    assert room is not None
                    await self.town.says(BEA, room, f"<@{me}> note The cache was cold {one}")
            return not missing

        await until(all_heard, f"something said in incident {number} never reached the log", within=420)

    async def settled(self, *, within: float = 300.0) -> None:
        """Wait until the outbox is empty; says what is left in it if it stays so."""
        try:
            await until(self.book.settled, "", within=within)
        except AssertionError:
            left = "SELECT id, type, status, attempts, last_reason, last_detail FROM effects WHERE status <> 'done'"
            raise AssertionError(await self.book.rows(left)) from None


def mark(number: int, line: int) -> str:
    """What makes a line findable in the log."""
    return f"mark-{number}-{line}-"


def logged(mark: str) -> str:
    """The query that finds a mark in the log. Each stands there once, however often its line was delivered."""
    return f"SELECT 1 FROM events WHERE data LIKE '%{mark}%'"


def _refuses(answer: str) -> bool:
    return any(words in answer for words in CALM)
