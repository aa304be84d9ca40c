"""Boards kept at hand: what is open as it was read last, its scores, and the public board, which follows each change.

Whoever asks for a board pays for what changed since somebody asked last. Where no other process can use the database,
only incidents that were committed meanwhile are read again; elsewhere the heads of all are compared.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.priority import Board, Scored, Scorer, Shown, Standing, lay_out
from bot.domain.priority.case import case_of
from bot.domain.priority.values import Case
from bot.ports import READ_AT_ONCE, Clock, Ledger, Queries, Viewer

AGES_AFTER: Final = timedelta(minutes=1)
"""How old a score may be: what grows with time grows by hours."""

SCORED_AT_ONCE: Final = 500
AGED_AT_ONCE: Final = 2_000
STOOD_AT_ONCE: Final = 50
"""What is done before others get a turn: each takes some ten milliseconds."""


@dataclass(slots=True)
class Kept:
    """An open incident as it was read last, and its score; a drill has none."""

    incident: Incident
    scored: Scored | None = None


class Boards:
    """Gives everybody the board of what they may see."""

    def __init__(self, ledger: Ledger, queries: Queries, *, policy: Policy, clock: Clock) -> None:
        self._alone = ledger.alone
        self._queries = queries
        self._clock = clock
        self._scorer = Scorer(policy)
        self._kept: dict[str, Kept] = {}
        self._public = lay_out((), clock.now(), policy.priority, (), self._scorer.services)
        self._committed = ledger.follow()
        self._unread: set[str] = set()
        self._unplaced: set[str] = set()
        self._known = False
        self._scored_at: datetime | None = None
        self._shown: Shown | None = None
        self._turn = asyncio.Lock()

    async def board(self, viewer: Viewer, *, also: str = "") -> Board:
        """Rank the open incidents that a person may see, and `also` one that they were shown; drills are left out.

        Raises:
            Busy: the database did not answer.
        """
        # Asked before the public ones are brought up to date, so that each of these is known by then.
        inside = await self._queries.open_inside(viewer) if viewer.user else ()
        public = await self.public()
        return self._with(public, [*inside, also])

    async def public(self) -> Board:
        """Return the board of what everybody may see, as it is now."""
        shown = self._shown if self._alone else None
        if shown is None:
            shown, _ = await self._queries.shown()
        return await self.follow(shown, whole=not self._alone)

    async def follow(self, shown: Shown, *, whole: bool = True) -> Board:
        """Return the public board that follows an order which was shown; from now on it is the one to follow.

        With `whole`, all that is open is looked at, else only what was committed here.
        """
        async with self._turn:
            self._shown = shown
            await self._find(whole=whole or not self._known)
            await self._read()
            now = self._clock.now()
            await self._score(now)
            self._place(now, shown)
            return self._public

    def show(self, shown: Shown) -> None:
        """Note that another order has been written."""
        self._shown = shown

    async def among_public(self, keys: Iterable[str]) -> dict[str, Standing]:
        """Return where private incidents stand, each for those who see no other private one."""
        public, found = self._public, dict[str, Standing]()
        for some in _in_batches(list(keys), STOOD_AT_ONCE):
            standings = {key: self._with(public, [key]).standing(key) for key in some}
            found |= {key: standing for key, standing in standings.items() if standing is not None}
            await asyncio.sleep(0)
        return found

    @property
    def private(self) -> list[str]:
        """The private incidents that are known to be open, for Firebell's own work only."""
        return [key for key, kept in self._kept.items() if kept.incident.private]

    def incident(self, key: str) -> Incident | None:
        """Return an open incident as it was read last."""
        return self._kept[key].incident if key in self._kept else None

    def _with(self, public: Board, keys: Iterable[str]) -> Board:
        more = [
            kept.scored
            for key in keys
            if public.place_of(key) is None and (kept := self._kept.get(key)) is not None and kept.scored is not None
        ]
        return public.after(self._clock.now(), changed=more) if more else public

    async def _find(self, *, whole: bool) -> None:
        """Find out which incidents are to be read; what ended is forgotten."""
        self._unread |= self._committed
        self._committed.clear()
        if not whole:
            return
        heads = await self._queries.open_heads()
        for gone in self._kept.keys() - heads.keys():
            self._forget(gone)
        self._unread |= {
            key for key, seq in heads.items() if key not in self._kept or self._kept[key].incident.seq < seq
        }
        self._known = True

    async def _read(self) -> None:
        """Read them; one that is over or cannot be read is not ranked."""
        for some in _in_batches(list(self._unread), READ_AT_ONCE):
            found = await self._queries.by_ids(some)
            for key in some:
                incident = found.get(key)
                if incident is not None and incident.is_open:
                    self._kept[key] = Kept(incident)
                    self._unplaced.add(key)
                else:
                    self._forget(key)
            self._unread.difference_update(some)

    def _forget(self, key: str) -> None:
        self._kept.pop(key, None)
        self._unplaced.add(key)

    async def _score(self, now: datetime) -> None:
        """Score what was read, and once scores have aged all that time changes."""
        aged = self._scored_at is None or abs(now - self._scored_at) >= AGES_AFTER
        if aged:
            await self._age(now)
        for some in _in_batches(list(self._unplaced), SCORED_AT_ONCE):
            for kept in (self._kept[key] for key in some if key in self._kept):
                if not kept.incident.drill:
                    case = case_of(kept.incident, now)
                    kept.scored = Scored(case, self._scorer.score(case, now))
            if len(some) == SCORED_AT_ONCE:
                await asyncio.sleep(0)
        if aged:
            self._scored_at = now

    async def _age(self, now: datetime) -> None:
        """Find what scores otherwise than when all was looked at last."""
        then = self._scored_at
        if then is None or not self._scorer.same_hour(then, now):
            self._unplaced |= self._kept.keys()
            return
        for some in _in_batches(list(self._kept), AGED_AT_ONCE):
            for key in some:
                kept = self._kept[key]
                if kept.scored is not None and self._has_aged(kept.incident, kept.scored.case, min(then, now), now):
                    self._unplaced.add(key)
            await asyncio.sleep(0)

    def _has_aged(self, incident: Incident, case: Case, then: datetime, now: datetime) -> bool:
        return self._scorer.grows(case, then) or case_of(incident, now) != case

    def _place(self, now: datetime, shown: Shown) -> None:
        """Bring the public board up to date; nothing is waited for between what it was and what it is."""
        ends = self._public.holds_until
        if not self._unplaced and shown.order == self._public.shown and (ends is None or now < ends):
            return
        public = {key: self._kept.get(key) for key in self._unplaced}
        changed = [kept.scored for kept in public.values() if kept and kept.scored and not kept.incident.private]
        self._public = self._public.after(now, changed=changed, gone=self._unplaced, shown=shown.order)
        self._unplaced.clear()


def _in_batches(keys: Sequence[str], size: int) -> Iterable[list[str]]:
    rest = iter(keys)
    while batch := list(islice(rest, size)):
        yield batch
