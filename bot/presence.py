"""From when to when Firebell was away: between two processes by what the last one signed, within one by its clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from bot.domain.model import Absence
from bot.ports import Clock, Queries

AWAY_AFTER: Final = timedelta(minutes=2)
"""A process signs in once a minute, so that a shorter silence may be a restart that took seconds."""

log = structlog.get_logger(__name__)


class Presence:
    """Knows the newest absence, in `away`. With replicas, the workspace is served while one of them is."""

    def __init__(self, queries: Queries, clock: Clock) -> None:
        self._queries = queries
        self._clock = clock
        self._seen: float | None = None
        self.away: Absence | None = None

    async def beat(self) -> None:
        """Note that this process runs. To be called before anything is done about what fell due.

        Raises:
            Busy: the database did not say when the last process ran; that will be asked again.
        """
        monotonic, now = self._clock.monotonic(), self._clock.now()
        # A machine that slept: wall time alone would not tell that from a clock that was set.
        gap = None if self._seen is None else timedelta(seconds=monotonic - self._seen)
        if gap is None or gap > AWAY_AFTER:
            alive_at = await self._queries.last_alive()
            signed = gap or timedelta() if alive_at is None else now - alive_at
            gap = signed if gap is None else min(gap, signed)  # another replica may have been there meanwhile
        self._seen = monotonic
        if gap > AWAY_AFTER:
            self.away = Absence(now - gap, now)
            log.warning("was_away", since=self.away.since.isoformat(), minutes=self.away.minutes)
