"""One open transaction and everything that may be done in it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final, TypeVar

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.alarm import Replica
from bot.domain.events import Recorded
from bot.domain.model import Incident
from bot.errors import Busy, OutcomeUnknown
from bot.ports import Stored
from bot.store.alarm_row import SqlAlarmRow
from bot.store.bulletin_rows import SqlBulletinRows
from bot.store.codec import micros
from bot.store.direct import Statement
from bot.store.drivers import RolledBack, driver_of
from bot.store.effect_rows import SECOND, SqlEffectRows
from bot.store.engine import db_wall
from bot.store.history import History, read_log
from bot.store.rank_rows import SqlRankRows
from bot.store.sql import upsert, upserts
from bot.store.subscription_rows import SqlSubscriptionRows
from bot.store.tables import blobs, counters, inbox, replicas
from bot.store.timer_rows import SqlTimerRows
from bot.store.trouble import TROUBLE
from bot.store.word_rows import SqlWordRows

T = TypeVar("T")

INCIDENT_NUMBERS: Final = "incident"
# Built once: putting a statement together takes longer than running it, and every command asks these.
_ANSWERED: Final = Statement(
    select(inbox).where(inbox.c.workspace == bindparam("in_workspace"), inbox.c.request_id == bindparam("request"))
)
_REMEMBER: Final = Statement(insert(inbox))
_COUNT: Final = Statement(
    upserts(
        counters,
        lambda query: query.on_conflict_do_update(
            index_elements=["workspace", "name"], set_={"value": counters.c.value + 1}
        ).returning(counters.c.value),
    )
)

SIGHTINGS_KEPT: Final = 7 * 86_400 * SECOND


async def to_the_end(work: Awaitable[T]) -> T:
    """Await something that must not be left half done: a cancellation, or several, is passed on once it has ended."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        raise


async def commit(connection: AsyncConnection, news_for: str = "") -> None:
    """Send COMMIT and wait for its answer, a cancellation or not; `news_for` is a workspace whose replicas are rung.

    Raises:
        Busy: nothing was committed.
        OutcomeUnknown: the answer was lost.
    """
    try:
        await to_the_end(driver_of(connection).commit(news_for))
    except RolledBack as error:
        raise Busy("the database rolled the transaction back; nothing changed") from error
    except TROUBLE as error:
        raise OutcomeUnknown("COMMIT was sent and its answer was lost") from error


class SqlUnitOfWork:
    """Implements `ports.UnitOfWork`. `late` says whether the deadline has passed."""

    def __init__(
        self,
        connection: AsyncConnection,
        *,
        workspace: str,
        late: Callable[[], bool],
        new_salt: Callable[[], str],
    ) -> None:
        self._connection = connection
        self._workspace = workspace
        self._late = late
        self._history = History(connection, workspace, new_salt)
        self.effects: SqlEffectRows = SqlEffectRows(connection, workspace)
        self.timers: SqlTimerRows = SqlTimerRows(connection, workspace)
        self.alarm: SqlAlarmRow = SqlAlarmRow(connection, workspace)
        self.words: SqlWordRows = SqlWordRows(connection, workspace)
        self.bulletins: SqlBulletinRows = SqlBulletinRows(connection, workspace)
        self.subscriptions: SqlSubscriptionRows = SqlSubscriptionRows(connection, workspace)
        self.ranks: SqlRankRows = SqlRankRows(connection, workspace)
        self.committed = False
        self.touched: set[str] = set()

    @property
    def brings_work(self) -> bool:
        """Whether the outbox or the scheduler should look again after this commit."""
        return self.effects.changed or self.timers.changed

    async def incident(self, incident_id: str) -> Incident | None:
        return await self._history.lock(incident_id)

    async def incidents(self, incident_ids: Collection[str]) -> Mapping[str, Incident]:
        return await self._history.lock_all(incident_ids)

    async def folds(self, incident_ids: Collection[str]) -> Mapping[str, Incident]:
        return await self._history.read_all(incident_ids)

    async def next_number(self) -> int:
        return await self.count(INCIDENT_NUMBERS)

    async def count(self, what: str) -> int:
        row = {"workspace": self._workspace, "name": what, "value": 1}
        number: int = (await _COUNT.run(self._connection, row)).first().value
        return number

    async def record(self, before: Incident | None, after: Incident, events: Sequence[Recorded], rank: int) -> None:
        self.touched.add(after.id)
        await self._history.append(before, after, events, rank)
        if before is not None and before.severity != after.severity:
            await self.effects.reorder(after.id, rank)
        if before is not None and (before.room != after.room or before.messages != after.messages):
            await self.effects.release(after)

    async def log(self, incident_id: str, *, until: int | None = None) -> Sequence[Recorded]:
        return await read_log(self._connection, incident_id, until=until)

    async def answered(self, request_id: str) -> Stored | None:
        asked = {"in_workspace": self._workspace, "request": request_id}
        row = (await _ANSWERED.run(self._connection, asked)).first()
        return None if row is None else Stored(row.incident, row.first_seq, row.last_seq)

    async def remember(self, request_id: str, stored: Stored, at: datetime) -> None:
        row = {
            "workspace": self._workspace,
            "request_id": request_id,
            "incident": stored.incident_id,
            "first_seq": stored.first_seq,
            "last_seq": stored.last_seq,
            "at": micros(at),
        }
        await _REMEMBER.run(self._connection, row)

    async def occupy(self, request_id: str) -> None:
        """Write a row of this request if there is none, which waits for a transaction in flight that is writing it."""
        query = upsert(self._connection, inbox).values(
            workspace=self._workspace, request_id=request_id, incident="", first_seq=0, last_seq=0, at=0
        )
        await self._connection.execute(query.on_conflict_do_nothing())

    async def forget(self, before: datetime) -> int:
        await self.effects.forget_full_buckets()
        query = delete(inbox).where(inbox.c.workspace == self._workspace, inbox.c.at < micros(before))
        return (await self._connection.execute(query)).rowcount

    async def sign_in(self, me: Replica, at: datetime) -> None:
        seen = {"alive_at": micros(at), "seen_at": db_wall()}
        known = {"host": me.host, "pid": me.pid, "release": me.release, "started_at": micros(me.started_at), **seen}
        query = upsert(self._connection, replicas).values(workspace=self._workspace, id=me.id, **known)
        await self._connection.execute(query.on_conflict_do_update(index_elements=["workspace", "id"], set_=known))
        gone = (replicas.c.workspace == self._workspace, replicas.c.seen_at < db_wall() - SIGHTINGS_KEPT)
        await self._connection.execute(delete(replicas).where(*gone))

    async def store_blob(self, data: bytes, media_type: str, at: datetime) -> str:
        digest = sha256(data).hexdigest()
        query = upsert(self._connection, blobs).values(
            workspace=self._workspace, digest=digest, media_type=media_type, data=data, at=micros(at)
        )
        # Bytes that are asked for anew are as young as the asking: nothing that lets go of old ones may take them.
        newer = query.on_conflict_do_update(index_elements=["workspace", "digest"], set_={"at": micros(at)})
        await self._connection.execute(newer)
        return digest

    async def commit(self) -> None:
        if self._late():
            raise Busy("the deadline passed before COMMIT; nothing changed")
        await commit(self._connection, self._workspace if self.brings_work else "")
        self.committed = True
