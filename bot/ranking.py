"""Which fire first: the displayed order, kept true.

Nobody's command waits for it. After a commit, at most every few seconds, the board is brought up to date, and once a
minute everything is scored anew, since harm grows with time. The displayed order is written by whoever finds that it
changed, against the end of the workspace's log that it was worked out from: of two replicas one is first, and the
other looks again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from bot.boards import AGES_AFTER, Boards
from bot.domain import effects as f
from bot.domain.model import Incident
from bot.domain.notices import RankMoved
from bot.domain.policy import Policy
from bot.domain.priority import BEYOND, Board, Moved, Shown, Standing, moved, redrawn, shown_by
from bot.errors import BotError
from bot.ports import EVERYBODY, Clock, Ledger, Queries, Viewer
from bot.service import INTERNAL_DEADLINE_SECONDS
from bot.tasks import outlived

WARM_SECONDS: Final = 5.0

FIRST_EFFECT: Final = 1_000
"""From this `n` on, effects that follow from the order rather than from an event of the incident's own log."""

EFFECTS_EACH: Final = 3
"""At most so many follow for one incident from one change of the order: two cards and one message."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `pause` between two looks at what was committed, more if a look took long; `idle` without commits."""

    pause: float = 2.0
    idle: float = 5.0
    share: float = 10.0


class Ranking:
    """Ranks what anybody asks for, and keeps the displayed order, until `stop`."""

    def __init__(
        self, ledger: Ledger, queries: Queries, *, policy: Policy, clock: Clock, pace: Pace | None = None
    ) -> None:
        self._ledger = ledger
        self._queries = queries
        self._clock = clock
        self._pace = pace or Pace()
        self._boards = Boards(ledger, queries, policy=policy, clock=clock)
        self._drawn: dict[tuple[str, str], str] = {}
        self._bell = ledger.subscribe()
        self._stopping = asyncio.Event()
        self._reviewed: datetime | None = None
        self._beat = clock.monotonic()

    @property
    def silent_for(self) -> float:
        """Seconds since the loop last came round."""
        return self._clock.monotonic() - self._beat

    async def board(self, viewer: Viewer, *, also: str = "") -> Board:
        """Rank the open incidents that a person may see, and `also` one that they were shown; drills are left out.

        Raises:
            Busy: the database did not answer.
        """
        return await self._boards.board(viewer, also=also)

    async def standing(self, incident: Incident, slot: str) -> Standing | None:
        """Return what a card says that is drawn now: the place among public incidents, a private one's among them and
        itself.

        None for one that is over, for a drill, and where it cannot be had just now.
        """
        if incident.drill or not incident.is_open:
            return None
        try:
            board = await self.board(EVERYBODY, also=incident.id)
        except BotError as error:
            log.warning("no_standing", incident=incident.id, error=str(error))
            return None
        standing = board.standing(incident.id)
        if self._ledger.alone and standing is not None:
            self._drawn[incident.id, slot] = standing.face
        return standing

    async def warm(self) -> None:
        """Read what is open before anybody asks for it; what that does not reach in time is read when asked for."""
        try:
            async with asyncio.timeout(WARM_SECONDS):
                await self._boards.public()
        except (BotError, TimeoutError) as error:
            log.warning("ranking_not_warm", error=str(error))

    async def run(self) -> None:
        """Keep the displayed order true, until `stop`."""
        while not self._stopping.is_set():
            began = self._beat = self._clock.monotonic()
            self._bell.clear()
            with outlived("ranking", BotError):
                await self.review()
            took = self._clock.monotonic() - began
            await self._rest(max(self._pace.pause, took * self._pace.share))

    def stop(self) -> None:
        """Look no more; `run` returns at once."""
        self._stopping.set()
        self._bell.set()

    async def _rest(self, pause: float) -> None:
        """Wait out the pause, then for a commit or until all scores have aged."""
        until = self._clock.monotonic() + pause
        while not self._stopping.is_set() and (left := until - self._clock.monotonic()) > 0:
            await self._wait_for(self._stopping, min(left, self._pace.idle))
        while not self._bell.is_set() and not self._aged():
            await self._wait_for(self._bell, self._pace.idle)

    async def _wait_for(self, bell: asyncio.Event, seconds: float) -> None:
        self._beat = self._clock.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await bell.wait()

    def _aged(self) -> bool:
        return self._reviewed is None or abs(self._clock.now() - self._reviewed) >= AGES_AFTER

    async def review(self) -> bool:
        """Work the order out anew and write it if it changed; returns whether it did.

        What was shown is read before the incidents, so that no other replica can have known less and written later.
        """
        self._reviewed = self._clock.now()
        before, head = await self._queries.shown()
        board = await self._boards.follow(before)
        self._drawn = {card: face for card, face in self._drawn.items() if self._boards.incident(card[0]) is not None}
        after = shown_by(board, await self._boards.among_public(self._boards.private))
        stale = self._stale(before, after)
        if after == before and not stale:
            return False
        await self._show(after, stale, moved(before, board), head)
        return True

    def _stale(self, before: Shown, after: Shown) -> dict[str, list[str]]:
        """The cards, by incident, that no longer tell the truth; one still to be posted is drawn as things then are.

        What this process drew it knows, if it is the only one. Otherwise it goes by what was to be seen before.
        """
        changed = set(redrawn(before, after))
        found: dict[str, list[str]] = {}
        for key in dict.fromkeys((*after.faces, *before.faces)):
            incident, face = self._boards.incident(key), after.faces.get(key, BEYOND)
            slots = incident.messages if incident is not None else ()
            for slot in (f.CARD, f.SUMMARY_CARD):
                if slot in slots and self._drawn.get((key, slot), "" if key in changed else face) != face:
                    found.setdefault(key, []).append(slot)
        return found

    async def _show(self, after: Shown, stale: Mapping[str, list[str]], change: Moved | None, head: int) -> None:
        """Write the order, and in the same transaction let cards be drawn anew and tell of the change: once."""
        follows: dict[str, list[f.Effect]] = {
            key: [f.RefreshCard(slot) for slot in slots] for key, slots in stale.items()
        }
        if change is not None and (told := self._told(change)):
            follows.setdefault(change.incident, []).extend(told)
        # Taken before anything is waited for: whoever asks for a board meanwhile may find that one of them has ended.
        known = {key: incident for key in follows if (incident := self._boards.incident(key)) is not None}
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            await unit.ranks.show(after, self._clock.now(), head=head)
            for key, incident in known.items():
                effects = follows[key]
                # The head is another one each time that an order is written, so that no two effects have one key.
                first = FIRST_EFFECT + head * EFFECTS_EACH
                await unit.effects.enqueue(incident, [(incident.seq, first + n, one) for n, one in enumerate(effects)])
            await unit.commit()
        self._boards.show(after)
        if self._ledger.alone:
            self._drawn |= {(key, slot): after.faces.get(key, BEYOND) for key, slots in stale.items() for slot in slots}

    def _told(self, change: Moved) -> tuple[f.Effect, ...]:
        """What people are told of a change; nothing while there is no card in the summary channel to tell it below."""
        incident = self._boards.incident(change.incident)
        if incident is None or f.SUMMARY_CARD not in incident.messages:
            return ()
        passed = tuple(one.number for key in change.passed if (one := self._boards.incident(key)) is not None)
        return (f.PostMessage("summary", RankMoved(change.old, change.new, passed), broadcast=change.new == 1),)
