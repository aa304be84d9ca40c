"""Taking text out of the log for good, while the chain still proves that nothing else was changed.

A redacted event keeps its digest and hash, loses its salt, and keeps its data without the text: statuses, times and
roles still fold. The workspace's log says that it happened and seals what is left.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.events import MessagePinned, PostmortemRendered
from bot.domain.model import Status
from bot.domain.personal import REDACTED, TEXT_BY_NAME
from bot.errors import Conflict, NotFound
from bot.store import codec, workspace_log
from bot.store.audit import Fold, refold
from bot.store.counterparts import counterparts
from bot.store.history import fold_columns, rewrite_projections
from bot.store.ledger import SqlLedger
from bot.store.quoting import forget_person, forget_quotes
from bot.store.subscription_rows import SqlSubscriptionRows
from bot.store.tables import blobs, events, incidents
from bot.store.workspace_log import TextRedacted

PATIENCE_SECONDS: Final = 10.0
"""For the turn to write: whoever redacts can wait longer than a command may."""

TRIES: Final = 3
"""Two who redact at once both write the next event of the workspace's log, and one of them is late."""

OVER: Final = (Status.CLOSED, Status.CANCELLED, Status.MERGED)
"""Where an incident no longer needs its people by name, nor its renderings."""

Change = Callable[[Any], str | None]
"""From an event's row to what its data becomes; None leaves the event as it is."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """What was taken out of an incident: the seqs of the events that changed; `over` as `OVER` has it by then."""

    seqs: tuple[int, ...]
    over: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """An incident from which something may be taken out; `over` as `OVER` has it."""

    id: str
    number: int
    over: bool


class Redactor:
    """Takes text out of the log, of the fold and of effects, and says so in the workspace's log.

    What was already posted is not touched. Renderings that are kept go with what is taken out once the incident is
    over: those of an incident that is not yet over stay until something is taken out of it after that.
    """

    def __init__(self, ledger: SqlLedger, fold: Fold, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._fold = fold
        self._now = now

    async def apply(
        self,
        incident_id: str,
        change: Change,
        *,
        by: str,
        reason: str,
        quiet_since: datetime | None = None,
    ) -> tuple[int, ...]:
        """Change an incident's events in one transaction; returns the seqs of those that were changed.

        With `quiet_since` nothing changes in an incident that is open, or in which something happened since then.

        Raises:
            NotFound: there is no such incident.
            Busy: the database did not answer in time; nothing changed.
            Conflict: others wrote at the same time, again and again; nothing changed.
            OutcomeUnknown: COMMIT was sent and its answer was lost; to do it again does no harm.
            CodecError: an event cannot be read by this release; nothing changed.
        """
        return (await self._persist(incident_id, lambda _: change, by, reason, quiet_since=quiet_since)).seqs

    async def forget(self, incident_id: str, person: Person, *, by: str, reason: str) -> Redaction:
        """Take one person's traces out of an incident, or only their words if it is not over yet.

        Which of the two it is, is asked once nobody else can change the incident any more. Once it is over, what was
        settled and names them goes, too. Raises what `apply` raises.
        """
        return await self._persist(incident_id, person.change, by, reason, user=person.user)

    async def unsubscribe(self, user: str) -> int:
        """Drop all that a person wished to hear of; returns how much that was."""
        async with self._ledger.writing(seconds=PATIENCE_SECONDS) as connection:
            return await SqlSubscriptionRows(connection, self._ledger.workspace).drop(user)

    async def subscribed(self, user: str) -> int:
        """Return how many subscriptions `unsubscribe` would drop."""
        async with self._ledger.reading() as connection:
            return len(await SqlSubscriptionRows(connection, self._ledger.workspace).of(user))

    async def _persist(
        self,
        incident_id: str,
        choose: Callable[[bool], Change],
        by: str,
        reason: str,
        *,
        user: str | None = None,
        quiet_since: datetime | None = None,
    ) -> Redaction:
        for _ in range(TRIES - 1):
            with contextlib.suppress(Conflict):
                return await self._try(incident_id, choose, by, reason, user=user, quiet_since=quiet_since)
        return await self._try(incident_id, choose, by, reason, user=user, quiet_since=quiet_since)

    async def _try(
        self,
        incident_id: str,
        choose: Callable[[bool], Change],
        by: str,
        reason: str,
        *,
        user: str | None,
        quiet_since: datetime | None,
    ) -> Redaction:
        async with self._ledger.writing(seconds=PATIENCE_SECONDS) as connection:
            row, log = await self._locked(connection, incident_id)
            over = Status(row.status) in OVER
            if quiet_since is not None and (row.is_open or log[-1].at >= codec.micros(quiet_since)):
                return Redaction((), over)
            if user is not None and over:
                await forget_person(connection, self._ledger.workspace, incident_id, user)
            return Redaction(await self._apply(connection, row, log, choose(over), by=by, reason=reason), over)

    async def candidates(self, *, number: int | None = None, user: str | None = None) -> list[Candidate]:
        """Return incidents by number: one, or all whose log may name a person."""
        query = select(incidents.c.id, incidents.c.number, incidents.c.status).order_by(incidents.c.number)
        query = query.where(incidents.c.workspace == self._ledger.workspace)
        if number is not None:
            query = query.where(incidents.c.number == number)
        if user is not None:
            named = or_(events.c.actor_id == user, events.c.data.contains(user, autoescape=True))
            query = query.where(exists().where(events.c.incident == incidents.c.id, named))
        async with self._ledger.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [Candidate(row.id, row.number, Status(row.status) in OVER) for row in rows]

    async def retold(self, incident_id: str, seq: int | None = None) -> list[tuple[Candidate, Change]]:
        """Return what other incidents' logs repeat of one event (`seq`) or of all, and how that is taken out there."""
        workspace = self._ledger.workspace
        async with self._ledger.reading() as connection:
            found = await counterparts(connection, workspace, incident_id, seq)
            query = select(incidents.c.id, incidents.c.number, incidents.c.status).order_by(incidents.c.number)
            rows = (await connection.execute(query.where(incidents.c.id.in_(found)))).all()
        return [(Candidate(row.id, row.number, Status(row.status) in OVER), _among(found[row.id])) for row in rows]

    async def preview(self, incident_id: str, change: Change) -> tuple[int, ...]:
        """Return the seqs of the events that `apply` would change."""
        log = select(events).where(events.c.incident == incident_id).order_by(events.c.seq)
        async with self._ledger.reading() as connection:
            return tuple(row.seq for row in (await connection.execute(log)).all() if change(row) is not None)

    async def _locked(self, connection: AsyncConnection, incident_id: str) -> tuple[Any, list[Any]]:
        """Return the incident's row, which nobody else changes from now on, and its log."""
        mine = (incidents.c.id == incident_id, incidents.c.workspace == self._ledger.workspace)
        row = (await connection.execute(select(incidents).where(*mine).with_for_update())).one_or_none()
        if row is None:
            raise NotFound(f"There is no incident {incident_id}.", code="no_incident")
        return row, await _read(connection, incident_id)

    async def _apply(
        self, connection: AsyncConnection, row: Any, log: list[Any], change: Change, *, by: str, reason: str
    ) -> tuple[int, ...]:
        changes = {one.seq: data for one in log if (data := change(one)) is not None}
        if not changes:
            return ()
        gone = {said for one in log if one.seq in changes for said in _texts(one) - _texts(one, changes[one.seq])}
        for seq, data in changes.items():
            one = update(events).where(events.c.incident == row.id, events.c.seq == seq)
            await connection.execute(one.values(data=data, salt=None))
        await forget_quotes(connection, row.id, changes.keys(), gone)
        rows = await _read(connection, row.id)
        incident = refold(rows, self._fold)
        folded = update(incidents).where(incidents.c.id == row.id).values(**fold_columns(incident, row.rank))
        await connection.execute(folded)
        await rewrite_projections(connection, incident)
        if incident.status in OVER:
            await self._forget_documents(connection, rows)
        said = TextRedacted(row.id, tuple(changes), workspace_log.redacted_state(rows) or "", reason)
        await workspace_log.append(connection, self._ledger.workspace, said, by=by, at=self._now())
        return said.seqs

    async def _forget_documents(self, connection: AsyncConnection, rows: list[Any]) -> None:
        """Drop the renderings that were made from the log as it read before."""
        rendered = [json.loads(row.data)["blobs"] for row in rows if row.type == PostmortemRendered.__name__]
        digests = [digest for by_format in rendered for digest in by_format.values()]
        mine = (blobs.c.workspace == self._ledger.workspace, blobs.c.digest.in_(digests))
        await connection.execute(delete(blobs).where(*mine))


async def _read(connection: AsyncConnection, incident_id: str) -> list[Any]:
    log = select(events).where(events.c.incident == incident_id).order_by(events.c.seq)
    return list((await connection.execute(log)).all())


def _texts(row: Any, data: str | None = None) -> set[str]:
    """Return what people wrote in an event, or in what its data becomes."""
    wire = json.loads(row.data if data is None else data)
    said = [wire[name] for name in TEXT_BY_NAME.get(row.type, ()) if wire.get(name)]
    return {text for one in said for text in (one if isinstance(one, list) else (one,))}


def bare(row: Any) -> str | None:
    """Return an event's data without its text. An event that never had any becomes redacted all the same."""
    wire = json.loads(row.data)
    for name in TEXT_BY_NAME.get(row.type, ()):
        if wire.get(name):
            wire[name] = [REDACTED] if isinstance(wire[name], list) else REDACTED
    return codec.canonical(wire)


def unsaid(row: Any) -> str | None:
    """Take the text out of an event that may hold any and still has its salt: the change for a whole incident."""
    return bare(row) if row.type in TEXT_BY_NAME and row.salt is not None else None


def _among(seqs: Collection[int]) -> Change:
    """Take the text out of these events, where any is left."""
    return lambda row: unsaid(row) if row.seq in seqs else None


class Person:
    """How one person's traces are taken out of events: their id wherever data names it, and what they wrote."""

    def __init__(self, user: str, pseudonym: str) -> None:
        self.user = user
        self._pseudonym = pseudonym
        self._mention = re.compile(rf"<@{re.escape(user)}(\|[^>]*)?>")
        self._id = re.compile(rf"(?<![A-Za-z0-9]){re.escape(user)}(?![A-Za-z0-9])")

    def change(self, over: bool) -> Change:
        """Return what becomes of an event of an incident that is over, or is not."""
        return self.traces if over else self.text

    def text(self, row: Any) -> str | None:
        """Take out what the person wrote here, if it is not out yet; names stay, because the incident needs them."""
        data = bare(row) if self._wrote(row) else row.data
        return data if data != row.data else None

    def traces(self, row: Any) -> str | None:
        """Take out what the person wrote, and put the pseudonym where others named them."""
        wire = json.loads(self.text(row) or row.data)
        data = codec.canonical(self._renamed(wire))
        return data if data != row.data else None

    def _wrote(self, row: Any) -> bool:
        author = row.actor_id if row.type != MessagePinned.__name__ else json.loads(row.data)["author"]
        return bool(author == self.user)

    def _renamed(self, wire: codec.Wire) -> codec.Wire:
        if isinstance(wire, str):
            return self._id.sub(self._pseudonym, self._mention.sub(self._pseudonym, wire))
        if isinstance(wire, list):
            return [self._renamed(part) for part in wire]
        if isinstance(wire, dict):
            return {name: self._renamed(part) for name, part in wire.items()}
        return wire
