"""Looking at what is stored: is the chain whole, does the row agree with the log, and what does the log say."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.events import Recorded
from bot.domain.model import Incident
from bot.errors import Busy, Conflict, NotFound, OutcomeUnknown
from bot.store import codec, workspace_log
from bot.store.chain import broken_links
from bot.store.codec import CodecError
from bot.store.history import fold_columns, recorded
from bot.store.ledger import SqlLedger
from bot.store.standing import missing
from bot.store.tables import events, incidents
from bot.store.workspace_log import WorkspaceVerdict, redacted_state

EXPORTED: Final = (
    "incident",
    "seq",
    "type",
    "version",
    "actor_id",
    "at",
    "request_id",
    "data",
    "salt",
    "digest",
    "hash",
)

WORKSPACE: Final = "workspace"
"""Where heads are given by incident: the workspace's own log."""

FOLDED_ALONE: Final = 200
"""Incidents in one transaction on SQLite, where nobody else serves and each COMMIT waits for the disk. Elsewhere it is
one: replicas that serve meanwhile wait for no longer than one log takes to fold.
"""

PATIENCE_SECONDS: Final = 10.0
TRIES: Final = 5
"""An upgrade of a busy database meets others' locks, and can wait for longer than a command may."""

Fold = Callable[[Iterable[Recorded]], Incident]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of an incident's chain, to be kept elsewhere: only against it can a cut-off tail be noticed."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found for one incident. `problems` are sentences; empty means that all is well."""

    incident_id: str
    number: int
    head: Head
    redacted: int
    problems: tuple[str, ...]


class Audit:
    """Read-only checks and exports. `fold` is the domain's, so that the row is compared with what the log makes now."""

    def __init__(self, ledger: SqlLedger, fold: Fold) -> None:
        self._ledger = ledger
        self._fold = fold

    async def incident_ids(self) -> list[str]:
        """Every incident of the workspace, by number."""
        async with self._ledger.reading() as connection:
            return await self._ids(connection)

    async def _ids(self, connection: AsyncConnection) -> list[str]:
        query = select(incidents.c.id).where(incidents.c.workspace == self._ledger.workspace)
        return list((await connection.execute(query.order_by(incidents.c.number))).scalars())

    async def incident_id(self, number: int) -> str:
        """Return the id of the incident with this number.

        Raises:
            NotFound: if there is none.
        """
        query = select(incidents.c.id).where(
            incidents.c.workspace == self._ledger.workspace, incidents.c.number == number
        )
        async with self._ledger.reading() as connection:
            found: str | None = (await connection.execute(query)).scalar_one_or_none()
        if found is None:
            raise NotFound(f"There is no incident #{number}.", code="no_incident")
        return found

    async def verify(self, incident_id: str, *, head: Head | None = None) -> Verdict:
        """Check one incident, and that its chain still passes through `head`.

        Raises:
            NotFound: if there is no such incident.
        """
        async with self._ledger.snapshot() as connection:
            workspace = await workspace_log.examine(connection, self._ledger.workspace)
            return await self._verify(connection, incident_id, workspace, head)

    async def verify_all(self, heads: Mapping[str, Head]) -> AsyncIterator[Verdict | WorkspaceVerdict]:
        """Check every incident by number, as one moment of the database shows them, then the workspace's log.

        `heads` are by incident, and by `WORKSPACE` for the workspace's log.
        """
        kept = heads.get(WORKSPACE)
        async with self._ledger.snapshot() as connection:
            end = None if kept is None else (kept.seq, kept.hash)
            workspace = await workspace_log.examine(connection, self._ledger.workspace, head=end)
            ids = await self._ids(connection)
            found = [await self._verify(connection, one, workspace, heads.get(one)) for one in ids]
        # Only now: whoever reads them may stop for a while, and no transaction should wait for that.
        for verdict in found:
            yield verdict
        yield workspace

    async def _verify(
        self, connection: AsyncConnection, incident_id: str, workspace: WorkspaceVerdict, head: Head | None
    ) -> Verdict:
        row, rows = await self._read(connection, incident_id)
        problems = [*broken_links(incident_id, rows), *_head_problems(row, rows, head)]
        if redacted_state(rows) != workspace.states.get(incident_id):
            problems.append("what is left of its redacted events is not what the workspace's log says")
        if not problems:
            problems = await self._fold_problems(connection, row, rows)
        redacted = sum(1 for event in rows if event.salt is None)
        return Verdict(incident_id, row.number, Head(row.seq, row.hash), redacted, tuple(problems))

    async def _fold_problems(self, connection: AsyncConnection, row: Any, rows: list[Any]) -> list[str]:
        try:
            incident = refold(rows, self._fold)
            return _row_problems(row, incident) or await missing(connection, incident)
        except CodecError as error:
            return [f"the log cannot be read by this release: {error}"]

    async def export(self, incident_id: str) -> AsyncIterator[str]:
        """Yield one line of JSON for each event, exactly as stored, so that the chain can be checked elsewhere."""
        async with self._ledger.snapshot() as connection:
            _, rows = await self._read(connection, incident_id)
        for row in rows:
            yield codec.canonical({name: getattr(row, name) for name in EXPORTED})

    async def _read(self, connection: AsyncConnection, incident_id: str) -> tuple[Any, list[Any]]:
        query = select(incidents).where(incidents.c.id == incident_id, incidents.c.workspace == self._ledger.workspace)
        row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise NotFound(f"There is no incident {incident_id}.", code="no_incident")
        log = select(events).where(events.c.incident == incident_id).order_by(events.c.seq)
        return row, list((await connection.execute(log)).all())


def _row_problems(row: Any, incident: Incident) -> list[str]:
    """Compare the cached fold and its columns with what the log makes now."""
    expected = fold_columns(incident, row.rank) | {"number": incident.number}
    if _of_another_release(row.fold):
        del expected["fold"]  # nobody reads it: here the log is folded instead
    return [
        f"column {name} of the incident's row does not follow from its log"
        for name, value in expected.items()
        if getattr(row, name) != value
    ]


def _of_another_release(fold: str) -> bool:
    try:
        codec.load_incident(fold)
    except CodecError:
        return True
    return False


def refold(rows: Sequence[Any], fold: Fold) -> Incident:
    """Fold event rows. What was redacted is gone from them, and so from the fold as well."""
    return fold(recorded(row) for row in rows)


async def fold_anew(ledger: SqlLedger, fold: Fold) -> int:
    """Write the cached fold again where it is not what this release makes of the log; returns for how many incidents.

    To be called after an upgrade, since `Incident` may have changed its shape. Replicas may serve meanwhile, and
    whatever ends it halfway, it may be called again.

    Raises:
        Busy: the database did not answer in time.
        Conflict: others wrote at the same time, again and again.
        OutcomeUnknown: COMMIT was sent and its answer was lost, again and again.
        CodecError: a log cannot be read by this release.
    """
    mine = select(incidents.c.id).where(incidents.c.workspace == ledger.workspace).order_by(incidents.c.id)
    async with ledger.reading() as connection:
        ids = (await connection.execute(mine)).scalars().all()
    most = FOLDED_ALONE if ledger.alone else 1
    return sum([await _fold_some(ledger, fold, ids[start : start + most]) for start in range(0, len(ids), most)])


async def _fold_some(ledger: SqlLedger, fold: Fold, ids: Sequence[str]) -> int:
    for _ in range(TRIES - 1):
        with contextlib.suppress(Busy, Conflict, OutcomeUnknown):
            return await _fold_once(ledger, fold, ids)
    return await _fold_once(ledger, fold, ids)


async def _fold_once(ledger: SqlLedger, fold: Fold, ids: Sequence[str]) -> int:
    renewed = 0
    async with ledger.writing(seconds=PATIENCE_SECONDS) as connection:
        for incident_id in ids:
            one = select(incidents).where(incidents.c.id == incident_id).with_for_update()
            row = (await connection.execute(one)).one()
            log = select(events).where(events.c.incident == row.id).order_by(events.c.seq)
            columns = fold_columns(refold((await connection.execute(log)).all(), fold), row.rank)
            if any(getattr(row, name) != value for name, value in columns.items()):
                await connection.execute(update(incidents).where(incidents.c.id == row.id).values(**columns))
                renewed += 1
    return renewed


def _head_problems(row: Any, rows: list[Any], head: Head | None) -> list[str]:
    if not rows:
        return ["the log is empty"]
    problems = []
    if (row.seq, row.hash) != (rows[-1].seq, rows[-1].hash):
        problems.append(f"the row says event {row.seq} is the last, the log ends with event {rows[-1].seq}")
    if head is not None and not any((event.seq, event.hash) == (head.seq, head.hash) for event in rows):
        problems.append(f"the log no longer holds event {head.seq} as it was exported")
    return problems
