"""Taking back what dead workers left behind, by no clock that anybody can set.

A lease has run out when it has stood unchanged for its whole length before the eyes of this process, by monotonic time:
what the rows say about the time of day decides nothing. What this process performs itself it never takes back.

A process that starts has watched nothing yet, and one that is killed every few seconds never would: what it finds at
its first look it takes back if the database's clock calls it over. Should that clock have been set just then while the
holder lives, the wait before anybody looks for traces is longer than any call.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

from bot.ports import Clock, UnitOfWork
from bot.rows import Lease


class Leases:
    """What one process performs, and since when it has seen the leases of others."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[Lease, float] | None = None
        self._ours: Counter[str] = Counter()

    @contextlib.contextmanager
    def performing(self, key: str) -> Iterator[None]:
        """Keep an effect from being taken back as long as this process works on it."""
        self._ours[key] += 1
        try:
            yield
        finally:
            self._ours[key] -= 1
            self._ours += Counter()  # forgets those that stand at nothing

    async def sweep(self, unit: UnitOfWork) -> int:
        """Take back the leases that have run out; returns how many."""
        now, others = self._clock.monotonic(), await self._of_others(unit)
        if self._seen is None:
            self._seen = dict.fromkeys(others, now)
            return await unit.effects.sweep([one for one in others if one.over], wait=True)
        self._seen = {one: self._seen.get(one, now) for one in others}
        stale = [one for one, since in self._seen.items() if now - since >= one.seconds]
        return await unit.effects.sweep(stale, wait=False)

    async def sweep_all(self, unit: UnitOfWork) -> int:
        """Take back all leases, at the start of a process that owns the ledger alone: their holders are dead."""
        return await unit.effects.sweep(await self._of_others(unit), wait=True)

    async def _of_others(self, unit: UnitOfWork) -> list[Lease]:
        return [one for one in await unit.effects.leases() if one.key not in self._ours]
