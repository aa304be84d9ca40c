"""People as they behave when the bot may be away: they type, look whether it happened, and only then type again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.domain import events as e
from sandbox.seed import ALERTS, ANA, BEA, MEI, SAM
from tests.chaos.kit import Book, Slack, until

__all__ = ["ALERTS", "ANA", "BEA", "MEI", "SAM", "People"]

LOOK_SECONDS: Final = 1.0
"""How long somebody waits for a trace of what they typed after Slack said that it did not get through."""

PATIENCE_SECONDS: Final = 600.0
"""How long people go on: while the worse incidents of others are served first, theirs may wait."""

Sign = Callable[[Sequence[e.Recorded]], bool]
"""Whether a log shows that something was done."""


@dataclass
class People:
    """`typed` counts commands, `retyped` how often one had to be typed again."""

    slack: Slack
    book: Book
    typed: int = 0
    retyped: int = 0
    _before_form: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def declare(self, user: str, title: str, severity: str = "sev1") -> int:
        """Declare in one line; returns the number once its channel stands in the log."""

        async def declared() -> bool:
            return await self.book.number_of(title) is not None

        await self._insist(user, ALERTS, f"/incident declare {severity} {title}", declared)
        number = await self.book.number_of(title)
        assert number is not None
        await until(lambda: self.room(number), lambda: f"no channel for INC-{number}: {title}", within=PATIENCE_SECONDS)
        return number

    async def room(self, number: int) -> str | None:
        """The channel of an incident, once the log knows it."""
        for recorded in await self.book.log(await self.book.id_of(number)):
            if isinstance(recorded.event, e.RoomOpened):
                return recorded.event.channel
        return None

    async def tells(self, user: str, number: int, words: str, sign: Sign) -> None:
        """Type a command in an incident's channel until its log shows the sign."""
        room, incident_id = await self.room(number), await self.book.id_of(number)
        assert room is not None

        async def told() -> bool:
            return sign(await self.book.log(incident_id))

        await self._insist(user, room, f"/incident {words}", told)

    async def merges(self, user: str, part: int, whole: int, reason: str) -> None:
        """Merge one incident into another: ask for the form, which previews it, and send it."""
        room, part_id = await self.room(whole), await self.book.id_of(part)
        assert room is not None

        async def merged() -> bool:
            return any(isinstance(one.event, e.IncidentMerged) for one in await self.book.log(part_id))

        # Only one form lies on top of all before one person.
        async with self._before_form:
            await self._insist(user, room, f"/incident merge #{part} into #{whole} {reason}", merged, form=True)

    async def mentions(self, user: str, number: int, words: str) -> None:
        """Say `@firebell words` in the channel. Slack brings an event again until it is acknowledged; only when it has
        given that up, or when the bot has said that nothing changed, is it said again.
        """
        room, incident_id = await self.room(number), await self.book.id_of(number)
        assert room is not None
        await self.slack.does(user, "join", channel=room)
        bot = (await self.slack.world()).bot_user()
        before = await self.slack.whispers(user)
        said = (await self.slack.does(user, "messages", channel=room, text=f"<@{bot}> {words}"))["message"]["ts"]
        self.typed += 1

        async def heard() -> bool:
            nonlocal said, before
            if words.partition(" ")[2] in str(await self.book.log(incident_id)):
                return True
            if await self.slack.has_brought_all():
                await asyncio.sleep(LOOK_SECONDS)
                refused = len(await self.slack.whispers(user)) > len(before)
                if words.partition(" ")[2] in str(await self.book.log(incident_id)):
                    return True
                assert refused or not await self.slack.was_acknowledged(said), f"acknowledged and lost: {words}"
                self.retyped += 1
                before = await self.slack.whispers(user)
                answer = await self.slack.does(user, "messages", channel=room, text=f"<@{bot}> {words}")
                said = answer["message"]["ts"]
            return False

        await until(heard, lambda: f"never heard: {words}", within=PATIENCE_SECONDS)

    async def _insist(
        self, user: str, channel: str, line: str, done: Callable[[], Awaitable[bool]], *, form: bool = False
    ) -> None:
        """Type until it is done. Whoever is told that it did not get through looks first whether it did.

        With `form` the line opens one, which is sent as it stands.
        """
        tries = 0

        async def tried() -> bool:
            nonlocal tries
            if await done():
                return True
            tries += 1
            through = await self.slack.types(user, channel, line)
            if through and form:
                through = await self.slack.submits(user, within=LOOK_SECONDS)
            if not through:
                await asyncio.sleep(LOOK_SECONDS)
            return await done()

        await until(tried, lambda: f"never done: {line}", within=PATIENCE_SECONDS)
        self.typed += 1
        self.retyped += max(0, tries - 1)
