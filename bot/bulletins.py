"""Roll-up and digest in the summary channel: decided once across replicas, told through the outbox.

Every effect belongs to an incident, so a bulletin travels with one of those that it tells of. Which period was told is
written to the workspace's log in the same transaction: whoever comes second finds it there, or loses the race for the
log's next place, and does nothing. Private incidents and drills are in none of it, merged ones count once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final, Protocol

import structlog

from bot.config.schema import BulletinsFile
from bot.domain import effects as f
from bot.domain.bulletins import Entry, Gathered, Issued, Kind, day_of, face_of, hour_of
from bot.domain.model import Incident
from bot.domain.priority import Board
from bot.errors import Busy, Conflict
from bot.ports import EVERYBODY, READ_AT_ONCE, Clock, Ledger, Queries, Viewer
from bot.service import INTERNAL_DEADLINE_SECONDS

FIRST_EFFECT: Final = 1_000_000_000
"""Where the numbers of these effects begin within their incident's; others stay far below."""

KEPT: Final = 200
LOOKED_BACK: Final = 200
"""How many of the newest incidents are looked through for what was declared and has ended within a day."""

log = structlog.get_logger(__name__)


class Boards(Protocol):
    """Which fire first, for a viewer."""

    async def board(self, viewer: Viewer, *, also: str = "") -> Board: ...


@dataclass(frozen=True, slots=True)
class Habit:
    """When bulletins come. `roll_up_from` is how many incidents must be open (0: never), `digest_at` None means never.

    `zone` is the workplace's, in which `digest_at` is meant.
    """

    roll_up_from: int = 3
    digest_at: time | None = time(9)
    zone: str = "UTC"


def habit_of(file: BulletinsFile, zone: str) -> Habit:
    """Return the habit that the settings ask for; `zone` is where the working hours are kept."""
    return Habit(file.roll_up_from, file.digest_at if file.digest else None, zone)


class Bulletins:
    """Decides on bulletins and gathers what they tell."""

    def __init__(self, ledger: Ledger, queries: Queries, boards: Boards, clock: Clock, habit: Habit) -> None:
        self._ledger = ledger
        self._queries = queries
        self._boards = boards
        self._clock = clock
        self._habit = habit

    async def look(self) -> None:
        """Issue what is due now. A database that is busy is asked again at the next look."""
        try:
            await self.roll_up()
            await self.digest()
        except (Busy, Conflict) as error:
            log.info("bulletin_waits", error=str(error))

    async def roll_up(self) -> bool:
        """Issue this hour's roll-up if enough is open and anything moved since the last; returns whether it was."""
        now = self._clock.now()
        period, least = hour_of(now), self._habit.roll_up_from
        if period is None or not least or len(await self._queries.open_heads(EVERYBODY)) < least:
            return False
        last = await self._queries.issued(Kind.ROLL_UP)
        if last is not None and last.period == period:
            return False
        entries = await self._open()
        if len(entries) < least:
            return False
        host, opened = entries[0].incident, tuple(one.incident.id for one in entries[:KEPT])
        return await self._issue(Issued(Kind.ROLL_UP, period, now, opened, face_of(entries)), host)

    async def digest(self) -> bool:
        """Issue today's digest if it is time; returns whether there was anything to tell."""
        now, at = self._clock.now(), self._habit.digest_at
        if at is None:
            return False
        last = await self._queries.issued(Kind.DIGEST)
        period = day_of(now, at, self._habit.zone, last)
        if period is None:
            return False
        gathered = await self.gather(f.PostBulletin(Kind.DIGEST, last.at if last else now, last.open if last else ()))
        told = [*(one.incident for one in gathered.open), *gathered.ended]
        opened = tuple(one.incident.id for one in gathered.open[:KEPT])
        return await self._issue(Issued(Kind.DIGEST, period, now, opened), told[0] if told else None)

    async def gather(self, bulletin: f.PostBulletin) -> Gathered:
        """Return what a bulletin tells, as things now stand."""
        entries = await self._open()
        if bulletin.kind is Kind.ROLL_UP:
            return Gathered(tuple(entries))
        still = {one.incident.id for one in entries}
        before = await self._queries.by_ids([key for key in bulletin.opened if key not in still])
        fresh = await self._queries.recent(EVERYBODY, limit=LOOKED_BACK)
        ended = {one.id: one for one in before.values() if not one.private}
        ended |= {one.id: one for one in fresh if _since(one, bulletin.since)}
        over = [one for one in ended.values() if not (one.is_open or one.drill or one.merged_into)]
        return Gathered(tuple(entries), tuple(sorted(over, key=lambda one: one.number)))

    async def _open(self) -> Sequence[Entry]:
        board = await self._boards.board(EVERYBODY)
        entries: list[Entry] = []
        for first in range(0, len(board), READ_AT_ONCE):
            keys = [one.scored.case.id for one in board[first : first + READ_AT_ONCE]]
            found = await self._queries.by_ids(keys)
            placed = [found[key] for key in keys if key in found]
            entries += [Entry(one, board.standing(one.id)) for one in placed if one.is_open and not one.private]
            await asyncio.sleep(0)
        return entries

    async def _issue(self, issued: Issued, host: Incident | None) -> bool:
        """Write that it was, and queue it with its host; nothing where another replica has, or nothing moved."""
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            last = await unit.bulletins.newest(issued.kind)
            if last is not None and (last.period == issued.period or (issued.face and last.face == issued.face)):
                return False
            seq = await unit.bulletins.issue(issued)
            if host is not None:
                opened = last.open if last else ()
                bulletin = f.PostBulletin(issued.kind, last.at if last else issued.at, opened)
                await unit.effects.enqueue(host, [(host.seq, FIRST_EFFECT + seq, bulletin)])
            await unit.commit()
        return host is not None


def _since(incident: Incident, since: datetime) -> bool:
    return incident.declared_at >= since
