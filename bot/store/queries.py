"""The read side. What a person may not see is left out in the query itself, so that no count can give it away."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, bindparam, case, exists, func, literal_column, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.alarm import Lateness
from bot.domain.bulletins import Issued, Kind
from bot.domain.events import Recorded
from bot.domain.model import Incident
from bot.domain.priority import Shown
from bot.domain.public_page import Posted
from bot.domain.subscriptions import Subscription
from bot.domain.venue import WriteCanvas
from bot.ports import Viewer
from bot.rows import UNREADABLE
from bot.store import codec, workspace_log
from bot.store.direct import Statement
from bot.store.effect_rows import SECOND
from bot.store.engine import db_now
from bot.store.history import read_each, read_incident, read_log
from bot.store.ledger import SqlLedger
from bot.store.subscription_rows import SqlSubscriptionRows
from bot.store.tables import (
    DEAD,
    PENDING,
    SENDING,
    blobs,
    buckets,
    effects,
    events,
    incidents,
    messages,
    people,
    replicas,
    stands,
    timers,
)

TROUBLED_AFTER: Final = 2
"""Failures in a row after which a timer is listed: one may be a passing lock."""


class SqlQueries:
    """Implements `ports.Queries`."""

    def __init__(self, ledger: SqlLedger) -> None:
        self._ledger = ledger
        self._workspace = ledger.workspace

    async def subscriptions_of(self, user: str) -> Sequence[Subscription]:
        async with self._ledger.reading() as connection:
            return await SqlSubscriptionRows(connection, self._workspace).of(user)

    async def by_id(self, incident_id: str) -> Incident | None:
        return await self._first(_BY_ID, which=incident_id)

    async def by_ids(self, incident_ids: Collection[str]) -> Mapping[str, Incident]:
        async with self._ledger.reading() as connection:
            asked = {"which": list(incident_ids), "in_workspace": self._workspace}
            return await read_each(connection, (await connection.execute(_BY_IDS, asked)).all())

    async def told(self, since: datetime) -> Mapping[str, Posted]:
        """Incidents that customers were told of, those that are open or were told of `since` then, and how far each
        one's posts have come; never a private one.
        """
        asked = {"in_workspace": self._workspace, "since": codec.micros(since)}
        async with self._ledger.reading() as connection:
            rows = (await connection.execute(_TOLD, asked)).all()
        return {row.incident: Posted(row.posts, row.unredacted, codec.moment(row.last)) for row in rows}

    async def open_ids(self) -> Sequence[str]:
        query = select(incidents.c.id).where(incidents.c.workspace == self._workspace, incidents.c.is_open)
        async with self._ledger.reading() as connection:
            return (await connection.execute(query)).scalars().all()

    async def by_number(self, number: int, viewer: Viewer) -> Incident | None:
        return await self._first(_BY_NUMBER, which=number, viewer=viewer.user)

    async def by_channel(self, channel: str, viewer: Viewer) -> Incident | None:
        """The incident whose room this channel is.

        A private room is found by anybody who names it: only its members know its id, and the chat sends
        commands from its members only.
        """
        del viewer
        return await self._first(_BY_CHANNEL, which=channel)

    async def by_message(self, channel: str, ts: str, viewer: Viewer) -> Incident | None:
        return await self._first(_BY_MESSAGE, which=channel, ts=ts, viewer=viewer.user)

    async def open_incidents(self, viewer: Viewer, *, limit: int = 50) -> Sequence[Incident]:
        """Worst severity first, then oldest."""
        return await self._all(_OPEN, viewer=viewer.user, most=limit)

    async def open_heads(self, viewer: Viewer | None = None) -> Mapping[str, int]:
        query = select(incidents.c.id, incidents.c.seq).where(
            incidents.c.workspace == self._workspace, incidents.c.is_open
        )
        if viewer is not None:
            query = query.where(visible(viewer))
        async with self._ledger.reading() as connection:
            return {row.id: row.seq for row in (await connection.execute(query)).all()}

    async def open_inside(self, viewer: Viewer) -> Collection[str]:
        asked = {"in_workspace": self._workspace, "viewer": viewer.user}
        async with self._ledger.reading() as connection:
            return (await connection.execute(_OPEN_INSIDE, asked)).scalars().all()

    async def shown(self) -> tuple[Shown, int]:
        async with self._ledger.reading() as connection:
            # The head first: what is written in between only makes the order newer than the head that is told.
            head = await workspace_log.head(connection, self._workspace)
            order = await workspace_log.newest_order(connection, self._workspace)
        return (Shown() if order is None else Shown(order.order, order.faces)), head

    async def issued(self, kind: Kind) -> Issued | None:
        async with self._ledger.reading() as connection:
            return await workspace_log.newest_bulletin(connection, self._workspace, kind)

    async def with_timer(self, kind: str, viewer: Viewer) -> Sequence[Incident]:
        """Those due first come first."""
        return await self._all(_WITH_TIMER, which=kind, viewer=viewer.user)

    async def timers_of(self, kind: str) -> Mapping[str, datetime]:
        """When the timers of a kind are due, by incident."""
        query = select(timers.c.incident, timers.c.due_at)
        async with self._ledger.reading() as connection:
            rows = await connection.execute(query.where(timers.c.workspace == self._workspace, timers.c.kind == kind))
            return {row.incident: codec.moment(row.due_at) for row in rows}

    async def recent(self, viewer: Viewer, *, limit: int = 20) -> Sequence[Incident]:
        """Newest first, whatever their status."""
        return await self._all(_RECENT, viewer=viewer.user, most=limit)

    async def held_by(self, user: str) -> Sequence[Incident]:
        """Open incidents in which this person holds a role, worst severity first."""
        return await self._all(_HELD_BY, viewer=user)

    async def log(self, incident_id: str) -> Sequence[Recorded]:
        async with self._ledger.reading() as connection:
            return await read_log(connection, incident_id)

    async def blob(self, digest: str) -> bytes | None:
        query = select(blobs.c.data).where(blobs.c.workspace == self._workspace, blobs.c.digest == digest)
        async with self._ledger.reading() as connection:
            data: bytes | None = (await connection.execute(query)).scalar_one_or_none()
            return data

    async def claimed_by_other(self, channel: str, incident_id: str) -> bool:
        """Whether an incident other than this one has the channel as its room."""
        query = select(incidents.c.id).where(
            incidents.c.workspace == self._workspace,
            incidents.c.room_channel == channel,
            incidents.c.id != incident_id,
        )
        async with self._ledger.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def until_attempt(self) -> float | None:
        async with self._ledger.reading() as connection:
            row = (await _UNTIL_ATTEMPT.run(connection, {"in_workspace": self._workspace})).first()
        return None if row.left is None else max(0.0, row.left / SECOND)

    async def bucket_wait(self, bucket: str) -> float:
        asked = {"in_workspace": self._workspace, "which": bucket}
        async with self._ledger.reading() as connection:
            row = (await _BUCKET_WAIT.run(connection, asked)).first()
        return 0.0 if row is None else max(0, row.left) / SECOND

    async def lateness(self, now: datetime) -> Lateness:
        due = select(func.count(), func.min(timers.c.due_at)).where(
            timers.c.workspace == self._workspace, timers.c.due_at <= codec.micros(now)
        )
        # A canvas waits for its minute on purpose.
        hurried = effects.c.type != WriteCanvas.__name__
        unsent = (effects.c.workspace == self._workspace, effects.c.status.in_((PENDING, SENDING)), hurried)
        unread = func.sum(case((effects.c.last_reason == UNREADABLE, 1), else_=0))
        waiting = select(func.count(), db_now() - func.min(effects.c.created_at), unread).where(*unsent)
        dead = select(func.count(), unread).where(effects.c.workspace == self._workspace, effects.c.status == DEAD)
        async with self._ledger.reading() as connection:
            timers_due, earliest = (await connection.execute(due)).one()
            pending, age, unreadable = (await connection.execute(waiting)).one()
            buried, unread_too = (await connection.execute(dead)).one()
        late = 0.0 if earliest is None else (now - codec.moment(earliest)).total_seconds()
        seconds = max(0, age or 0) / SECOND
        return Lateness(late, seconds, pending, buried, timers_due, unreadable or 0, unread_too or 0)

    async def next_due(self) -> datetime | None:
        async with self._ledger.reading() as connection:
            row = (await _NEXT_DUE.run(connection, {"in_workspace": self._workspace})).first()
        return None if row.earliest is None else codec.moment(row.earliest)

    async def last_alive(self) -> datetime | None:
        query = select(func.max(replicas.c.alive_at)).where(replicas.c.workspace == self._workspace)
        async with self._ledger.reading() as connection:
            latest = (await connection.execute(query)).scalar_one()
        return None if latest is None else codec.moment(latest)

    async def failures(self, *, limit: int = 20) -> Sequence[Mapping[str, str]]:
        """Dead effects and timers that keep failing, newest first: what an operator should look at.

        Keys: kind ("effect" or "timer"), incident (its number), what, reason, detail, id. No text of people.
        """
        dead = (
            select(effects, incidents.c.number)
            .join(incidents, incidents.c.id == effects.c.incident)
            .where(effects.c.workspace == self._workspace, effects.c.status == DEAD)
            .order_by(effects.c.settled_at.desc())
            .limit(limit)
        )
        troubled = (
            select(timers, incidents.c.number)
            .join(incidents, incidents.c.id == timers.c.incident)
            .where(timers.c.workspace == self._workspace, timers.c.attempts >= TROUBLED_AFTER)
            .order_by(timers.c.due_at.desc())
            .limit(limit)
        )
        async with self._ledger.reading() as connection:
            rows = [_dead_effect(row) for row in (await connection.execute(dead)).all()]
            rows += [_troubled_timer(row) for row in (await connection.execute(troubled)).all()]
        return rows[:limit]

    async def _all(self, query: Statement, **asked: Any) -> list[Incident]:
        async with self._ledger.reading() as connection:
            return list((await read_each(connection, await self._rows(connection, query, **asked))).values())

    async def _first(self, query: Statement, **asked: Any) -> Incident | None:
        async with self._ledger.reading() as connection:
            for row in await self._rows(connection, query, **asked):
                return await read_incident(connection, row.id, row.seq, row.fold)
        return None

    async def _rows(self, connection: AsyncConnection, query: Statement, **asked: Any) -> Sequence[Any]:
        return (await query.run(connection, asked | {"in_workspace": self._workspace})).rows


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition under which a person may know that an incident exists."""
    return _visible_to(viewer.user)


def _visible_to(user: str | BindParameter[str]) -> ColumnElement[bool]:
    inside = exists().where(people.c.incident == incidents.c.id, people.c.user == user)
    return or_(~incidents.c.private, inside)


# Statements are put together once: that takes longer than running them.
_SEEN: Final = _visible_to(bindparam("viewer"))
_INCIDENTS: Final = select(incidents.c.id, incidents.c.seq, incidents.c.fold).where(
    incidents.c.workspace == bindparam("in_workspace")
)
_OPEN_INSIDE: Final = (
    select(incidents.c.id)
    .join(people, people.c.incident == incidents.c.id)
    .where(
        people.c.workspace == bindparam("in_workspace"),
        people.c.user == bindparam("viewer"),
        incidents.c.is_open,
        incidents.c.private,
    )
)
_BY_ID: Final = Statement(_INCIDENTS.where(incidents.c.id == bindparam("which")))
_BY_IDS: Final = _INCIDENTS.where(incidents.c.id.in_(bindparam("which", expanding=True)))
_BY_NUMBER: Final = Statement(_INCIDENTS.where(incidents.c.number == bindparam("which"), _SEEN))
_BY_CHANNEL: Final = Statement(_INCIDENTS.where(incidents.c.room_channel == bindparam("which")))
_BY_MESSAGE: Final = Statement(
    _INCIDENTS.join(messages, messages.c.incident == incidents.c.id)
    .where(
        messages.c.workspace == bindparam("in_workspace"),
        messages.c.channel == bindparam("which"),
        messages.c.ts == bindparam("ts"),
        or_(_SEEN, incidents.c.room_channel == bindparam("which")),
    )
    .limit(1)
)
_IS_POST: Final = events.c.type == literal_column("'PostConfirmed'")
_TOLD_OF: Final = union(
    select(events.c.incident).where(
        events.c.workspace == bindparam("in_workspace"), _IS_POST, events.c.at >= bindparam("since")
    ),
    select(incidents.c.id).where(
        incidents.c.workspace == bindparam("in_workspace"),
        incidents.c.is_open,
        exists().where(events.c.workspace == incidents.c.workspace, events.c.incident == incidents.c.id, _IS_POST),
    ),
)
_TOLD: Final = (
    select(
        events.c.incident,
        func.count().label("posts"),
        func.count(events.c.salt).label("unredacted"),
        func.max(events.c.at).label("last"),
    )
    .join(incidents, incidents.c.id == events.c.incident)
    .where(
        events.c.workspace == bindparam("in_workspace"),
        events.c.incident.in_(_TOLD_OF),
        _IS_POST,
        ~incidents.c.private,
    )
    .group_by(events.c.incident)
)
_BY_URGENCY: Final = (incidents.c.rank, incidents.c.declared_at)
_OPEN: Final = Statement(_INCIDENTS.where(incidents.c.is_open, _SEEN).order_by(*_BY_URGENCY).limit(bindparam("most")))
_RECENT: Final = Statement(_INCIDENTS.where(_SEEN).order_by(incidents.c.number.desc()).limit(bindparam("most")))
_HOLDS: Final = exists().where(
    people.c.incident == incidents.c.id, people.c.user == bindparam("viewer"), people.c.holds_role
)
_HELD_BY: Final = Statement(_INCIDENTS.where(incidents.c.is_open, _HOLDS).order_by(*_BY_URGENCY))
_WITH_TIMER: Final = Statement(
    _INCIDENTS.join(timers, timers.c.incident == incidents.c.id)
    .where(timers.c.kind == bindparam("which"), _SEEN)
    .order_by(timers.c.due_at, incidents.c.number)
)
_NEXT_DUE: Final = Statement(
    select(func.min(timers.c.not_before).label("earliest")).where(timers.c.workspace == bindparam("in_workspace"))
)
_BUCKET_WAIT: Final = Statement(
    select((buckets.c.next_at - db_now()).label("left")).where(
        buckets.c.workspace == bindparam("in_workspace"), buckets.c.name == bindparam("which")
    )
)
_UNTIL_ATTEMPT: Final = Statement(
    select((func.min(effects.c.not_before) - db_now()).label("left")).where(
        effects.c.workspace == bindparam("in_workspace"), stands(effects, PENDING)
    )
)


def _dead_effect(row: Any) -> dict[str, str]:
    return {
        "kind": "effect",
        "incident": str(row.number),
        "what": row.type,
        "reason": row.last_reason,
        "detail": row.last_detail,
        "id": row.id,
    }


def _troubled_timer(row: Any) -> dict[str, str]:
    return {
        "kind": "timer",
        "incident": str(row.number),
        "what": row.kind,
        "reason": f"failed {row.attempts} times",
        "detail": row.last_error,
        "id": f"{row.incident}:{row.kind}",
    }
