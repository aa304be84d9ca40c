"""Ending attempts: what came of them is settled and recorded, several in one transaction when several wait to end.

One transaction at a time settles what this process has ended meanwhile, as a group commit does, so that effects of one
incident do not wait for each other's lock and disk. Each keeps its own fence: it is settled only while its lease token
stands. A transaction that fails ends nothing; whoever was in it with others is settled alone then, so that no effect
can keep another from ending. Only where the database is away that would help nobody, and all try again later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from bot import faultpoints
from bot.domain.commands import Command
from bot.domain.model import FIREBELL, Incident
from bot.errors import Busy, Conflict, OutcomeUnknown, UserError
from bot.outbox.verdict import Habits
from bot.ports import Ledger, UnitOfWork
from bot.rows import Claimed
from bot.service import INTERNAL_DEADLINE_SECONDS, TRIES, Service

log = structlog.get_logger(__name__)

Work = Callable[[UnitOfWork, Incident], Awaitable[Command | None]]
"""Settles an effect one way or the other and returns what to record about it; None when the lease was lost."""


@dataclass(frozen=True, slots=True)
class Ending:
    """An attempt that waits to be settled. Without `work` there is nothing to record, and no incident is read.

    `settled` will say whether the lease still stood.
    """

    claimed: Claimed
    work: Work | None
    settled: asyncio.Future[bool]


class Settling:
    """Settles for one process. `jitter` is in [0, 1)."""

    def __init__(self, ledger: Ledger, service: Service, habits: Habits, jitter: Callable[[], float]) -> None:
        self._ledger = ledger
        self._service = service
        self._habits = habits
        self._jitter = jitter
        self._waiting: list[Ending] = []
        self._task: asyncio.Task[None] | None = None

    async def end(self, claimed: Claimed, work: Work | None) -> bool:
        """Settle and record in one transaction; False when the lease was lost.

        A database that is briefly away is asked again: what is known now would have to be found out anew later.
        """
        for number in range(1, TRIES + 1):
            try:
                return await self._queue(claimed, work)
            except (Conflict, Busy, OutcomeUnknown):
                if number == TRIES:
                    raise
                await asyncio.sleep(self._habits.delay(number, self._jitter()) / TRIES)
        return False

    async def rest(self) -> None:
        """Wait until nothing is being settled any more."""
        if self._task is not None:
            await asyncio.wait({self._task})

    def _queue(self, claimed: Claimed, work: Work | None) -> asyncio.Future[bool]:
        ending = Ending(claimed, work, asyncio.get_running_loop().create_future())
        self._waiting.append(ending)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work_off(), name="settle")
        return ending.settled

    async def _work_off(self) -> None:
        """Settle all who wait, and then all who have come meanwhile."""
        while self._waiting:
            endings, self._waiting = self._waiting, []
            if len(endings) == 1 or not await self._together(endings):
                for one in endings:
                    await self._alone(one)

    async def _together(self, endings: Sequence[Ending]) -> bool:
        try:
            await self._end_all(endings)
        except (Busy, OutcomeUnknown) as error:
            _fail(endings, error)
        except Exception as error:  # noqa: BLE001 - which of them it lies with is seen when each is settled alone
            log.info("settled_one_by_one", effects=len(endings), error=type(error).__name__)
            return False
        return True

    async def _alone(self, ending: Ending) -> None:
        try:
            await self._end_all([ending])
        except Exception as error:  # noqa: BLE001 - it goes on to whoever waits for it
            _fail([ending], error)

    async def _end_all(self, endings: Sequence[Ending]) -> None:
        """Settle them in one transaction.

        Commands lock an incident and then what is queued for it, so the incidents come first here as well: as soon as
        one of them is needed all are locked, that this waits for no command which waits for it. What needs none of
        them is one statement, which locks its rows in everybody's order.
        """
        recording = any(one.work is not None for one in endings)
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            concerned = {one.claimed.incident_id for one in endings} if recording else ()
            folds = dict(await unit.incidents(concerned))
            plain = await unit.effects.settle_all([one.claimed for one in endings if one.work is None])
            ended = {one.claimed.key: one.claimed.key in plain for one in endings if one.work is None}
            for one in endings:
                if one.work is not None:
                    ended[one.claimed.key] = await self._end_one(unit, folds, one.claimed, one.work)
            faultpoints.reach(faultpoints.BEFORE_SETTLE)
            await unit.commit()
        for one in endings:
            if not one.settled.done():
                one.settled.set_result(ended[one.claimed.key])
        faultpoints.reach(faultpoints.AFTER_SETTLE)

    async def _end_one(self, unit: UnitOfWork, folds: dict[str, Incident], claimed: Claimed, work: Work) -> bool:
        incident = folds.get(claimed.incident_id)
        if incident is None:
            raise LookupError(f"{claimed.key} belongs to no incident")
        command = await work(unit, incident)
        if command is None:
            return False
        try:
            accepted = await self._service.carry_out(unit, incident, command, FIREBELL, claimed.key)
            folds[claimed.incident_id] = accepted.incident
        except UserError as refusal:
            log.warning("outcome_refused", effect=claimed.key, refusal=str(refusal))
        return True


def _fail(endings: Sequence[Ending], error: Exception) -> None:
    for one in endings:
        if not one.settled.done():
            one.settled.set_exception(error)
