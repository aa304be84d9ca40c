"""Timers: at most one of each kind for an incident."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.reaction import Arm
from bot.errors import Conflict
from bot.rows import DueTimer
from bot.store.codec import micros, moment
from bot.store.direct import Statement
from bot.store.sql import upserts
from bot.store.tables import incidents, timers

ERROR_LENGTH: Final = 500

_SET: Final = ("due_at", "not_before", "step", "attempts", "last_error")
_ARM: Final = Statement(
    upserts(
        timers,
        lambda query: query.on_conflict_do_update(
            index_elements=["incident", "kind"], set_={name: query.excluded[name] for name in _SET}
        ),
    )
)
_DISARM: Final = Statement(
    delete(timers).where(timers.c.incident == bindparam("whose"), timers.c.kind == bindparam("which"))
)


class SqlTimerRows:
    """Implements `rows.TimerRows` within one transaction."""

    def __init__(self, connection: AsyncConnection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace
        self.changed = False

    async def arm(self, incident_id: str, arm: Arm) -> None:
        """Set or move the timer; its failures are forgotten."""
        due = micros(arm.due_at)
        key = {"incident": incident_id, "kind": arm.kind, "workspace": self._workspace}
        set_to = {"due_at": due, "not_before": due, "step": arm.step, "attempts": 0, "last_error": ""}
        await _ARM.run(self._connection, key | set_to)
        self.changed = True

    async def disarm(self, incident_id: str, kind: str) -> None:
        await _DISARM.run(self._connection, {"whose": incident_id, "which": kind})

    async def claim(self, now: datetime) -> DueTimer | None:
        """Take out the timer that is due longest.

        The incident's row is locked first, as every command does, and not read: one that cannot be read fails in the
        hands of whoever then knows which timer to put off. Two schedulers thus never wait for each other crosswise,
        and the second look at the timer sees what the first scheduler has committed.

        Raises:
            Conflict: another scheduler fired it between the two looks; there may be others to fire.
        """
        due = (timers.c.workspace == self._workspace, timers.c.not_before <= micros(now))
        candidate = (
            select(timers.c.incident, timers.c.kind)
            .join(incidents, incidents.c.id == timers.c.incident)
            .where(*due)
            .order_by(timers.c.not_before, timers.c.incident, timers.c.kind)
            .limit(1)
            .with_for_update(of=incidents, skip_locked=True)
        )
        found = (await self._connection.execute(candidate)).one_or_none()
        if found is None:
            return None
        take = (
            delete(timers)
            .where(timers.c.incident == found.incident, timers.c.kind == found.kind, *due)
            .returning(timers.c.due_at, timers.c.step, timers.c.attempts)
        )
        row = (await self._connection.execute(take)).one_or_none()
        if row is None:
            raise Conflict(f"{found.kind} of {found.incident} was fired by another scheduler")
        return DueTimer(found.incident, found.kind, moment(row.due_at), row.step, row.attempts + 1)

    async def postpone(self, timer: DueTimer, until: datetime, error: str) -> None:
        """After a failure, whose transaction was rolled back: count it, unless the timer has been moved meanwhile."""
        query = (
            update(timers)
            .where(
                timers.c.incident == timer.incident_id,
                timers.c.kind == timer.kind,
                timers.c.due_at == micros(timer.due_at),
            )
            .values(attempts=timer.attempt, not_before=micros(until), last_error=error[:ERROR_LENGTH])
        )
        await self._connection.execute(query)
