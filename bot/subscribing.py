"""Subscribe, unsubscribe, look: each is one transaction that a repeat does no harm to, so none needs an inbox row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.domain.subscriptions import MOST, Kind, Subscription
from bot.errors import UserError
from bot.ports import Clock, Ledger, Queries
from bot.retrying import in_one_transaction
from bot.subscriptions import SubscriptionRows

Answer = TypeVar("Answer")


class Subscribing:
    """Changes subscriptions, each person their own."""

    def __init__(self, ledger: Ledger, queries: Queries, clock: Clock) -> None:
        self._ledger = ledger
        self._queries = queries
        self._clock = clock

    async def subscribe(self, wanted: Subscription) -> None:
        """Note a wish; the same one again changes how it is told.

        Raises:
            UserError: somebody has as many as one person may have.
            Busy: the database did not answer in time; nothing changed.
        """

        async def work(rows: SubscriptionRows) -> None:
            mine = await rows.of(wanted.user)
            known = any((one.kind, one.name) == (wanted.kind, wanted.name) for one in mine)
            if len(mine) >= MOST and not known:
                text = f"Nothing changed. You have {MOST} subscriptions, as many as there may be. End one first."
                raise UserError(text, code="too_many")
            await rows.put(wanted, self._clock.now())

        await self._once(work)

    async def end(self, user: str, kind: Kind | None = None, name: str = "") -> int:
        """End one subscription, or without a kind all of a person; returns how many there were. Raises Busy."""
        return await self._once(lambda rows: rows.drop(user, kind, name))

    async def end_one(self, one: Subscription) -> None:
        """End this one, whoever asks; again is no error. Raises Busy."""
        await self.end(one.user, one.kind, one.name)

    async def of(self, user: str) -> Sequence[Subscription]:
        """Return a person's own, waiting for no writer. Raises Busy."""
        return await self._queries.subscriptions_of(user)

    async def _once(self, work: Callable[[SubscriptionRows], Awaitable[Answer]]) -> Answer:
        return await in_one_transaction(self._ledger, lambda unit: work(unit.subscriptions), clock=self._clock)
