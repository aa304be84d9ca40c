"""What a handler may use of the house while it works on one effect."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from bot.domain.events import Recorded
from bot.domain.venue import Venue
from bot.errors import BotError, LeaseLost
from bot.merged import logs_of_parts
from bot.outbox.verdict import Habits
from bot.ports import EVERYBODY, Clock, Ledger, Queries
from bot.rows import Claimed
from bot.service import INTERNAL_DEADLINE_SECONDS

LOOKED_BACK: Final = 10


class Later(BotError):
    """The shared bucket is empty for longer than an attempt should wait; the effect goes back, uncounted."""

    def __init__(self, bucket: str, seconds: float) -> None:
        self.bucket = bucket
        self.seconds = seconds
        super().__init__(f"its turn comes in {seconds:.1f} s")


class EffectDesk:
    """Implements `ports.Desk` for one claimed effect. `bucket` is the one that was paced last.

    `since` is the monotonic time at which its lease had not begun yet.
    """

    def __init__(
        self,
        ledger: Ledger,
        queries: Queries,
        clock: Clock,
        claimed: Claimed,
        *,
        since: float,
        call_timeout: float,
        habits: Habits,
    ) -> None:
        self._ledger = ledger
        self._queries = queries
        self._clock = clock
        self._claimed = claimed
        self._since = since
        self._call_timeout = call_timeout
        self._habits = habits
        self._limit: asyncio.Timeout | None = None
        self.bucket = ""

    def limit(self) -> asyncio.Timeout:
        """Return the time limit of this attempt; waiting for a bucket moves it on."""
        self._limit = asyncio.timeout(self._call_timeout)
        return self._limit

    async def checkpoint(self, progress: Mapping[str, str]) -> None:
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            if not await unit.effects.checkpoint(self._claimed, progress):
                raise LeaseLost(self._claimed.key)
            await unit.commit()

    async def store_blob(self, data: bytes, media_type: str) -> str:
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            digest = await unit.store_blob(data, media_type, self._clock.now())
            await unit.commit()
            return digest

    async def blob(self, digest: str) -> bytes | None:
        return await self._queries.blob(digest)

    async def log(self) -> Sequence[Recorded]:
        return await self._queries.log(self._claimed.incident_id)

    async def parts(self) -> Mapping[int, Sequence[Recorded]]:
        incident = await self._queries.by_id(self._claimed.incident_id)
        return await logs_of_parts(self._queries, incident) if incident else {}

    async def claimed_by_other(self, channel: str) -> bool:
        return await self._queries.claimed_by_other(channel, self._claimed.incident_id)

    async def venues(self) -> Sequence[Venue]:
        return [one.venue for one in await self._queries.recent(EVERYBODY, limit=LOOKED_BACK)]

    async def hold(self) -> None:
        """Look at the lease once more, right before something is sent.

        A call ends within half a lease. While less than the other half has passed since before the claim, by a clock
        that no pause stops, nobody else can have taken over yet; after that the database is asked.
        """
        lease = self._habits.lease(self._call_timeout)
        if self._clock.monotonic() - self._since < lease / 2:
            return
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            if not await unit.effects.hold(self._claimed, wait=0.0, lease=lease):
                raise LeaseLost(self._claimed.key)
            await unit.commit()

    async def pace(self, bucket: str, interval: float, *, burst: int = 1) -> float:
        """Reserve the bucket's next slot; the lease and the time limit begin anew after the wait that is returned.

        A bucket without an interval takes nothing from anybody: unless it is held back, there is nothing to write.
        """
        if interval == 0 and await self._queries.bucket_wait(bucket) == 0:
            await self.hold()
            self.bucket = bucket
            return 0.0
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            wait, taken = await unit.effects.reserve(bucket, interval, within=self._habits.patience, burst=burst)
            if not taken:
                raise Later(bucket, wait)
            lease = self._habits.lease(self._call_timeout)
            if not await unit.effects.hold(self._claimed, wait=wait, lease=lease):
                raise LeaseLost(self._claimed.key)
            await unit.commit()
        self.bucket = bucket
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time() + wait + self._call_timeout)
        return wait
