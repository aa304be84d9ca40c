"""Reading and appending an incident's log, and the rows that follow from its fold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import structlog
from sqlalchemy import Row, Select, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.events import Recorded
from bot.domain.evolve import fold
from bot.domain.model import Actor, ActorKind, Incident
from bot.errors import Conflict
from bot.store import codec
from bot.store.chain import GENESIS, Link, digest
from bot.store.direct import Statement
from bot.store.tables import events, incidents, messages, people

TOLD_KEPT: Final = 1024

log = structlog.get_logger(__name__)


def recorded(row: Row[Any]) -> Recorded:
    """Read one event row."""
    actor = Actor(row.actor_id, ActorKind(row.actor_kind), row.actor_guest, row.actor_responder)
    event = codec.EVENTS.load(row.type, row.version, row.data)
    return Recorded(row.seq, event, actor, codec.moment(row.at), row.request_id)


async def read_log(connection: AsyncConnection, incident_id: str, *, until: int | None = None) -> list[Recorded]:
    """Return the log in order; redacted events are in it without their text."""
    query = select(events).where(events.c.incident == incident_id).order_by(events.c.seq)
    if until is not None:
        query = query.where(events.c.seq <= until)
    return [recorded(row) for row in (await connection.execute(query)).all()]


async def read_incident(connection: AsyncConnection, incident_id: str, seq: int, cached: str) -> Incident:
    """Read an incident from its row's `seq` and `fold`; one of another release's shape is folded anew from the log.

    The row stays as it is until the incident changes, so that releases which serve side by side may each read the
    other's.

    Raises:
        CodecError: the log holds what only a newer release knows.
    """
    try:
        return codec.load_incident(cached)
    except codec.CodecError:
        # Up to the row's event: who may see the incident was decided by the row, and the log may have gone on since.
        return fold(await read_log(connection, incident_id, until=seq))


async def read_each(connection: AsyncConnection, rows: Iterable[Any]) -> Mapping[str, Incident]:
    """Read several incidents from their rows, in the rows' order, by id.

    One whose log cannot be read is left out: it must not hold up the others.
    """
    found = {}
    for row in rows:
        try:
            found[row.id] = await read_incident(connection, row.id, row.seq, row.fold)
        except codec.CodecError as error:
            tell_unreadable(row.id, str(error))
    return found


@lru_cache(maxsize=TOLD_KEPT)
def tell_unreadable(incident_id: str, error: str) -> None:
    """Log it once; it will be read every few seconds."""
    log.error("incident_unreadable", incident=incident_id, error=error)


def involved(incident: Incident) -> dict[str, bool]:
    """Return who is inside an incident, and whether they hold a role."""
    holders = {user for users in incident.roles.values() for user in users}
    return {user: user in holders for user in incident.inside}


_LOCK: Final = Statement(
    select(incidents.c.seq, incidents.c.hash, incidents.c.fold)
    .where(incidents.c.id == bindparam("which"), incidents.c.workspace == bindparam("in_workspace"))
    .with_for_update()
)
"""Built once, as those below: putting a statement together takes longer than running it."""

_FIRST_FOLD: Final = Statement(insert(incidents))
_NEXT_FOLD: Final = Statement(
    update(incidents).where(incidents.c.id == bindparam("which"), incidents.c.seq == bindparam("stood_at"))
)
_APPEND: Final = Statement(insert(events))
_PUT: Final = {table.name: Statement(insert(table)) for table in (people, messages)}

_READ_ALL: Final = select(incidents.c.id, incidents.c.seq, incidents.c.hash, incidents.c.fold).where(
    incidents.c.id.in_(bindparam("which", expanding=True)), incidents.c.workspace == bindparam("in_workspace")
)
_LOCK_ALL: Final = _READ_ALL.order_by(incidents.c.id).with_for_update()


class History:
    """The write side of the log, within one transaction. Remembers the heads of the incidents it has locked."""

    def __init__(self, connection: AsyncConnection, workspace: str, new_salt: Callable[[], str]) -> None:
        self._connection = connection
        self._workspace = workspace
        self._new_salt = new_salt
        self._heads: dict[str, tuple[int, str]] = {}

    async def lock(self, incident_id: str) -> Incident | None:
        """Lock the incident's row and return its fold."""
        which = {"which": incident_id, "in_workspace": self._workspace}
        row = (await _LOCK.run(self._connection, which)).first()
        if row is None:
            return None
        self._heads[incident_id] = (row.seq, row.hash)
        return await read_incident(self._connection, incident_id, row.seq, row.fold)

    async def lock_all(self, incident_ids: Collection[str]) -> Mapping[str, Incident]:
        """Lock several incidents' rows by id, so that two who do this never wait for each other crosswise."""
        rows = await self._several(_LOCK_ALL, incident_ids)
        self._heads |= {row.id: (row.seq, row.hash) for row in rows}
        return await read_each(self._connection, rows)

    async def read_all(self, incident_ids: Collection[str]) -> Mapping[str, Incident]:
        return await read_each(self._connection, await self._several(_READ_ALL, incident_ids))

    async def _several(self, query: Select[Any], incident_ids: Collection[str]) -> Sequence[Row[Any]]:
        if not incident_ids:
            return ()
        which = {"which": sorted(incident_ids), "in_workspace": self._workspace}
        rows: Sequence[Row[Any]] = (await self._connection.execute(query, which)).all()
        return rows

    async def append(self, before: Incident | None, after: Incident, log: Sequence[Recorded], rank: int) -> None:
        """Append events after the head that was locked, and write what follows from the fold."""
        seq, head = (0, GENESIS) if before is None else self._heads[after.id]
        rows = []
        for item in log:
            if item.seq != seq + 1:
                raise Conflict(f"{after.id}: event {item.seq} does not follow {seq}")
            rows.append(self._event_row(after.id, item, head))
            seq, head = item.seq, rows[-1]["hash"]
        await self._write_fold(before, after, head, rank)
        await _APPEND.run_all(self._connection, rows)
        self._heads[after.id] = (seq, head)
        await self._write_people(before, after)
        await self._write_messages(before, after)

    def _event_row(self, incident_id: str, item: Recorded, previous: str) -> dict[str, Any]:
        name, version, data = codec.EVENTS.dump(item.event)
        salt, at = self._new_salt(), codec.micros(item.at)
        link = Link(
            incident=incident_id,
            seq=item.seq,
            type=name,
            version=version,
            actor_id=item.actor.id,
            at=at,
            request_id=item.request_id,
            digest=digest(salt, data),
        )
        return {
            "incident": incident_id,
            "seq": item.seq,
            "workspace": self._workspace,
            "type": name,
            "version": version,
            "actor_id": item.actor.id,
            "actor_kind": item.actor.kind.value,
            "actor_guest": item.actor.guest,
            "actor_responder": item.actor.responder,
            "at": at,
            "request_id": item.request_id,
            "data": data,
            "salt": salt,
            "digest": link.digest,
            "hash": link.hash(previous),
        }

    async def _write_fold(self, before: Incident | None, after: Incident, head: str, rank: int) -> None:
        values = fold_columns(after, rank) | {"hash": head}
        codec.keep_read(values["fold"], after)
        if before is None:
            fixed = {"id": after.id, "workspace": self._workspace, "number": after.number}
            await _FIRST_FOLD.run(self._connection, fixed | values)
            return
        stood = {"which": after.id, "stood_at": before.seq}
        if (await _NEXT_FOLD.run(self._connection, stood | values)).rowcount != 1:
            raise Conflict(f"{after.id} has moved on from event {before.seq}")

    async def _write_people(self, before: Incident | None, after: Incident) -> None:
        old, new = involved(before) if before else {}, involved(after)
        await self._replace(
            people.c.user,
            after.id,
            gone=[user for user in old if old[user] != new.get(user)],
            rows=[{"user": user, "holds_role": new[user]} for user in sorted(new) if new[user] != old.get(user)],
        )

    async def _write_messages(self, before: Incident | None, after: Incident) -> None:
        old, new = before.messages if before else {}, after.messages
        await self._replace(
            messages.c.slot,
            after.id,
            gone=[slot for slot in old if old[slot] != new.get(slot)],
            rows=[
                {"slot": slot, "channel": place.channel, "ts": place.ts}
                for slot, place in sorted(new.items())
                if place != old.get(slot)
            ],
        )

    async def _replace(self, key: Any, incident_id: str, *, gone: Iterable[str], rows: list[dict[str, Any]]) -> None:
        keys = list(gone)
        if keys:
            query = delete(key.table).where(key.table.c.incident == incident_id, key.in_(keys))
            await self._connection.execute(query)
        if rows:
            fixed = {"incident": incident_id, "workspace": self._workspace}
            await _PUT[key.table.name].run_all(self._connection, [fixed | row for row in rows])


async def rewrite_projections(connection: AsyncConnection, incident: Incident) -> None:
    """Write who is inside and where the messages stand anew, from the fold."""
    fixed = {"incident": incident.id, "workspace": incident.workspace}
    rows = [fixed | {"user": user, "holds_role": holds} for user, holds in sorted(involved(incident).items())]
    places = sorted(incident.messages.items())
    placed = [fixed | {"slot": slot, "channel": place.channel, "ts": place.ts} for slot, place in places]
    for table, values in ((people, rows), (messages, placed)):
        await connection.execute(delete(table).where(table.c.incident == incident.id))
        if values:
            await connection.execute(insert(table), values)


def fold_columns(incident: Incident, rank: int) -> dict[str, Any]:
    """Return the columns of the `incidents` row that follow from the fold.

    A room that is a thread in the summary channel is not found by channel, because the channel is not the incident's
    alone.
    """
    room = incident.room
    return {
        "status": incident.status.value,
        "is_open": incident.is_open,
        "severity": incident.severity,
        "rank": rank,
        "private": incident.private,
        "room_channel": room.channel if room is not None and room.thread_ts is None else None,
        "declared_at": codec.micros(incident.declared_at),
        "seq": incident.seq,
        "fold": codec.dump_incident(incident),
    }
