"""The workspace's own log: what belongs to no single incident, chained like the others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.bulletins import Issued, Kind
from bot.errors import Conflict
from bot.store import codec
from bot.store.chain import GENESIS
from bot.store.tables import workspace_events


@dataclass(frozen=True, slots=True)
class TextRedacted:
    """Text was taken out of these events of an incident.

    `state` is the SHA-256 (hex) over all that is left of the incident's redacted events, see `redacted_state`: their
    own digests can no longer show that it was not changed, so this one does.
    """

    incident: str
    seqs: tuple[int, ...]
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class DatabaseRestored:
    """The database was filled from an archive; what happened between `made_at` (microseconds) and this is not in it."""

    made_at: int
    seal: str


@dataclass(frozen=True, slots=True)
class OrderShown:
    """The displayed order changed: incidents by id, and a digest of what their cards tell of it. No text of people."""

    order: tuple[str, ...]
    faces: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WhereaboutsSaid:
    """The actor said where they are: a value of `availability.Whereabouts`, until then (microseconds)."""

    where: str
    until: int


@dataclass(frozen=True, slots=True)
class RollUpIssued:
    """The roll-up of an hour was decided on, `at` (microseconds): what was open, and a digest of what it tells."""

    period: str
    at: int
    open: tuple[str, ...]
    face: str


@dataclass(frozen=True, slots=True)
class DigestIssued:
    """The same of a day's digest; its `face` is empty."""

    period: str
    at: int
    open: tuple[str, ...]
    face: str


WorkspaceEvent = TextRedacted | DatabaseRestored | OrderShown | WhereaboutsSaid | RollUpIssued | DigestIssued
VERSION: Final = 1
CHAINED: Final = ("workspace", "seq", "type", "version", "actor_id", "at", "data")


@dataclass(frozen=True, slots=True)
class WorkspaceVerdict:
    """What was found in the workspace's log. `states` is the newest `TextRedacted.state` of each incident."""

    seq: int
    hash: str
    states: Mapping[str, str]
    problems: tuple[str, ...]


async def append(
    connection: AsyncConnection,
    workspace: str,
    event: WorkspaceEvent,
    *,
    by: str,
    at: datetime,
    head: int | None = None,
) -> None:
    """Write one event at the end of the log, within the caller's transaction.

    Raises:
        Conflict: the log does not end at `head`, where one was given.
    """
    last = await _newest(connection, workspace)
    if head is not None and head != (0 if last is None else last.seq):
        raise Conflict("another wrote the workspace's log first")
    values: dict[str, Any] = {
        "workspace": workspace,
        "seq": 1 if last is None else last.seq + 1,
        "type": type(event).__name__,
        "version": VERSION,
        "actor_id": by,
        "at": codec.micros(at),
        "data": codec.canonical(asdict(event)),
    }
    values["hash"] = link(GENESIS if last is None else last.hash, values)
    await connection.execute(insert(workspace_events).values(**values))


async def _newest(connection: AsyncConnection, workspace: str, kind: type[WorkspaceEvent] | None = None) -> Any:
    query = select(workspace_events).where(workspace_events.c.workspace == workspace)
    if kind is not None:
        query = query.where(workspace_events.c.type == kind.__name__)
    return (await connection.execute(query.order_by(workspace_events.c.seq.desc()).limit(1))).one_or_none()


async def head(connection: AsyncConnection, workspace: str) -> int:
    """Return the seq of the newest event; 0 when there is none."""
    row = await _newest(connection, workspace)
    return 0 if row is None else int(row.seq)


async def newest_order(connection: AsyncConnection, workspace: str) -> OrderShown | None:
    """Return the displayed order as it was written last."""
    row = await _newest(connection, workspace, OrderShown)
    if row is None:
        return None
    said = json.loads(row.data)
    return OrderShown(tuple(said["order"]), said["faces"])


async def newest_bulletin(connection: AsyncConnection, workspace: str, kind: Kind) -> Issued | None:
    """Return the newest bulletin of a kind."""
    row = await _newest(connection, workspace, RollUpIssued if kind is Kind.ROLL_UP else DigestIssued)
    if row is None:
        return None
    said = json.loads(row.data)
    return Issued(kind, said["period"], codec.moment(said["at"]), tuple(said["open"]), said["face"])


def link(previous: str, values: Mapping[str, Any]) -> str:
    """Return the hash of an event, which covers its predecessor's and its own columns."""
    parts = [previous, *(values[name] for name in CHAINED)]
    return sha256(codec.canonical(parts).encode("ascii")).hexdigest()


async def examine(
    connection: AsyncConnection, workspace: str, *, head: tuple[int, str] | None = None
) -> WorkspaceVerdict:
    """Check the chain, and that it passes through `head`; gather what other logs are checked against."""
    query = select(workspace_events).where(workspace_events.c.workspace == workspace)
    previous, seq, states, problems = GENESIS, 0, dict[str, str](), list[str]()
    passed = head is None
    for row in (await connection.execute(query.order_by(workspace_events.c.seq))).all():
        seq += 1
        if row.seq != seq:
            problems.append(f"event {seq} of the workspace's log is missing")
            break
        if link(previous, row._asdict()) != row.hash:
            problems.append(f"event {seq} of the workspace's log: the chain is broken here")
        previous = row.hash
        passed = passed or head == (row.seq, row.hash)
        if row.type == TextRedacted.__name__:
            said = json.loads(row.data)
            states[said["incident"]] = said["state"]
    if not passed:
        problems.append("the workspace's log no longer holds the head that was kept")
    return WorkspaceVerdict(seq, previous, states, tuple(problems))


def redacted_state(rows: list[Any]) -> str | None:
    """Return the digest over what is left of an incident's redacted events, or None if there are none."""
    left = [[row.seq, row.data] for row in rows if row.salt is None]
    return sha256(codec.canonical(left).encode("ascii")).hexdigest() if left else None
