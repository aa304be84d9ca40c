"""One transaction that is tried again when another writer was first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.errors import Busy, Conflict
from bot.ports import Clock, Ledger, UnitOfWork
from bot.service import DEADLINE_SECONDS, TRIES

Answer = TypeVar("Answer")


async def in_one_transaction(
    ledger: Ledger,
    work: Callable[[UnitOfWork], Awaitable[Answer]],
    *,
    clock: Clock,
    seconds: float = DEADLINE_SECONDS,
) -> Answer:
    """Do work that begins anew from what is stored, and commit it; all tries together have so many seconds.

    Raises:
        Busy: the database did not answer in time, or others wrote first again and again; nothing changed.
        OutcomeUnknown: COMMIT was sent and its answer was lost.
    """
    deadline = clock.monotonic() + seconds
    for _ in range(TRIES):
        left = deadline - clock.monotonic()
        if left <= 0:
            break
        try:
            async with ledger.transaction(seconds=left) as unit:
                answer = await work(unit)
                await unit.commit()
                return answer
        except Conflict:
            continue
    raise Busy("too many writers at once; nothing changed")
