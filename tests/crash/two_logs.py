"""Two incidents and a status page: `two_logs <database url> <chat port> <page url>`.

As `small_bot`, the same commands under the same request ids in every life. What went before is performed before the
next command is given, so that each end of a life finds its effects under way.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.clock import SystemClock
from bot.domain import commands as c
from bot.domain import decide, evolve, react
from bot.domain import effects as f
from bot.domain.model import Actor
from bot.domain.publishing import PublicStatus
from bot.domain.relations import Relation
from bot.errors import Busy, OutcomeUnknown
from bot.ports import Desk, Performer, View
from bot.relating import Relating
from bot.service import Core, Service
from bot.store.ledger import SqlLedger
from bot.store.opening import open_ledger
from integrations.statuspage.integration import StatuspageIntegration
from tests.crash.small_bot import POLICY, chatting, finished, settled, working
from tests.integrations.statuspage.kit import MAJOR, PUBLIC, settings

ANA, SAM = Actor("UANA"), Actor("USAM")
WHOLE, PART = "inc-whole", "inc-part"
WITH_PAGE: Final = replace(POLICY, status_page=PUBLIC)
AT_PAGE: Final = "FIREBELL_TEST_KILL_AT_PAGE"
"""Set, the process ends at a point of this story's own: the page has the words, and nobody has been told so."""

FIRST_WORDS, LAST_WORDS = "We look.", "It is over."


def last_breath(performer: Performer) -> Performer:
    """Die once the page has answered."""
    real = performer.handlers[f.PublishPost.__name__]

    async def publish(effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        await real(effect, view, desk)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("nobody lives on after SIGKILL")

    return replace(performer, handlers={**performer.handlers, f.PublishPost.__name__: publish})


@dataclass
class Teller:
    """Gives the commands of the story. `wanted` is the id of the incident that is declared next."""

    ledger: SqlLedger
    wanted: str = ""

    def __post_init__(self) -> None:
        core, clock = Core(decide.decide, evolve.apply, react.react), SystemClock()
        self.service = Service(
            self.ledger, core, clock=clock, policy=WITH_PAGE, new_id=lambda: self.wanted, workspace="T1"
        )
        self.relating = Relating(self.service)

    async def tell(self) -> None:
        for step in self.steps():
            await self.typed_until_taken(step)
            while not await settled(self.ledger):
                await asyncio.sleep(0.02)

    @staticmethod
    async def typed_until_taken(step: Callable[[], Awaitable[Any]]) -> None:
        """As people do on a machine that is too busy; the same request twice is one."""
        while True:
            try:
                await step()
                return
            except (Busy, OutcomeUnknown):
                await asyncio.sleep(0.1)

    def steps(self) -> tuple[Callable[[], Awaitable[Any]], ...]:
        return (
            self.declare,
            lambda: self.publish("first words", FIRST_WORDS, PublicStatus.INVESTIGATING),
            lambda: self.relating.link(PART, WHOLE, Relation.CAUSED_BY, ANA, "link"),
            lambda: self.relating.merge(PART, WHOLE, "one deploy", ANA, "merge"),
            lambda: self.relating.unmerge(PART, "another cause", ANA, "unmerge"),
            lambda: self.publish("last words", LAST_WORDS, PublicStatus.RESOLVED),
        )

    async def declare(self) -> None:
        for key, title in ((WHOLE, "Checkout returns 500s"), (PART, "Nobody can pay")):
            self.wanted = key
            await self.service.execute(c.Declare(title, severity="sev1"), ANA, f"declare {key}")
        await self.service.execute(c.Follow(), SAM, "follow", incident_id=PART)

    async def publish(self, request_id: str, text: str, status: PublicStatus) -> None:
        words = c.PublishPost("Payments fail", text, status, MAJOR)
        await self.service.execute(words, ANA, request_id, incident_id=PART)


async def main(url: str, port: int, page: str) -> None:
    given = settings(page, call_seconds=0.5, attempt_seconds=1.0)
    async with (
        open_ledger(url, "T1", SystemClock()) as ledger,
        chatting(port) as chat,
        StatuspageIntegration(given).open() as publisher,
    ):
        teller = Teller(ledger)
        performers = (chat, last_breath(publisher) if os.environ.get(AT_PAGE) else publisher)
        async with working(ledger, teller.service, *performers, policy=WITH_PAGE):
            await teller.tell()
            while not await finished(ledger, incidents=2):
                await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
