"""What `firebell doctor` reads. Kinds, counts and ages only: nothing that could name an incident or repeat a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.venue import WriteCanvas
from bot.rows import UNREADABLE
from bot.store import codec
from bot.store.claiming import known
from bot.store.effect_rows import SECOND
from bot.store.engine import db_now, db_wall
from bot.store.tables import DEAD, PENDING, SENDING, WAITING, effects, replicas, timers

DATABASE_SIZE: Final = text("SELECT pg_database_size(current_database())")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A process that has served the workspace: seen `age` seconds ago, when its clock was `skew` ahead of the
    database's.
    """

    host: str
    release: str
    age: float
    skew: float


@dataclass(frozen=True, slots=True)
class Oldest:
    """What is late for the longest: a kind of timer, or a type of effect and its integration. `reason` is why its last
    try failed, "" if none has; `seconds` may be below zero for a timer that is not due.
    """

    kind: str
    seconds: float
    tries: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Dead effects of one integration and reason."""

    integration: str
    reason: str
    count: int


class Health:
    """Reads on one connection, for one workspace."""

    def __init__(self, connection: AsyncConnection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    async def clock(self) -> datetime:
        """Return the database's time."""
        return codec.moment((await self._connection.execute(select(db_wall()))).scalar_one())

    async def size(self) -> int:
        """Return the bytes that PostgreSQL keeps for the database."""
        size: int = (await self._connection.execute(DATABASE_SIZE)).scalar_one()
        return size

    async def sightings(self) -> list[Sighting]:
        """Return every process of the last week, the newest sighting first."""
        query = select(replicas, db_wall().label("now")).where(replicas.c.workspace == self._workspace)
        rows = (await self._connection.execute(query.order_by(replicas.c.seen_at.desc()))).all()
        return [
            Sighting(row.host, row.release, (row.now - row.seen_at) / SECOND, (row.alive_at - row.seen_at) / SECOND)
            for row in rows
        ]

    async def oldest_timer(self, now: datetime) -> Oldest | None:
        """Return the timer that is due first, late or not."""
        row = await self._first(
            select(timers).where(timers.c.workspace == self._workspace).order_by(timers.c.due_at).limit(1)
        )
        if row is None:
            return None
        reason = "it fails, see the log" if row.last_error else ""
        return Oldest(row.kind, (now - codec.moment(row.due_at)).total_seconds(), row.attempts, reason)

    async def oldest_effect(self) -> Oldest | None:
        """Return the effect that has waited longest to be sent."""
        # A canvas waits for its minute on purpose.
        hurried = effects.c.type != WriteCanvas.__name__
        unsent = (effects.c.workspace == self._workspace, effects.c.status.in_((PENDING, SENDING)), hurried)
        query = select(effects, (db_now() - effects.c.created_at).label("age")).where(*unsent)
        row = await self._first(query.order_by(effects.c.created_at).limit(1))
        if row is None:
            return None
        return Oldest(f"{row.type} ({row.integration})", row.age / SECOND, row.attempts, row.last_reason)

    async def given_up(self) -> list[GivenUp]:
        """Return the dead effects by integration and reason, the most first."""
        by, count = (effects.c.integration, effects.c.last_reason), func.count().label("count")
        dead = (effects.c.workspace == self._workspace, effects.c.status == DEAD)
        query = select(*by, count).where(*dead).group_by(*by).order_by(count.desc(), *by)
        return [GivenUp(*row) for row in (await self._connection.execute(query)).all()]

    async def unreadable(self) -> list[Oldest]:
        """Return what waits for a release that can read it, by type, the oldest first. `tries` is how many wait."""
        age = (db_now() - func.min(effects.c.created_at)).label("age")
        query = select(effects.c.type, effects.c.integration, age, func.count().label("waiting")).where(
            effects.c.workspace == self._workspace,
            effects.c.status.in_((PENDING, WAITING)),
            or_(effects.c.last_reason == UNREADABLE, ~known()),
        )
        query = query.group_by(effects.c.type, effects.c.integration).order_by(age.desc(), effects.c.type)
        rows = (await self._connection.execute(query)).all()
        return [Oldest(f"{row.type} ({row.integration})", row.age / SECOND, row.waiting) for row in rows]

    async def _first(self, query: Select[Any]) -> Any:
        return (await self._connection.execute(query)).one_or_none()
