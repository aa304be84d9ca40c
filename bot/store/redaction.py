"""Taking text out of the log for good, while the chain still proves that nothing else was changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.events import IncidentDeclared
from bot.errors import NotFound, UserError
from bot.store import codec
from bot.store.audit import Fold, refold
from bot.store.chain import GENESIS
from bot.store.engine import WRITES
from bot.store.history import fold_columns
from bot.store.ledger import SqlLedger, translated
from bot.store.tables import DEAD, DONE, effects, events, incidents, workspace_events


@dataclass(frozen=True, slots=True)
class TextRedacted:
    """An event of the workspace's log: the text of one incident event was taken out."""

    incident: str
    seq: int
    reason: str


VERSION: Final = 1


class Redactor:
    """Takes an event's text out of the log, of the fold and of settled effects, and says so in the workspace's log.

    What was already posted or rendered is not touched.
    """

    def __init__(self, ledger: SqlLedger, fold: Fold, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._fold = fold
        self._now = now

    async def redact(self, incident_id: str, seq: int, *, by: str, reason: str) -> None:
        """Take the text of one event out; irrevocable.

        Raises:
            NotFound: there is no such incident or event.
            UserError: the event cannot be left out, because the incident begins with it.
            Busy: the database did not answer in time; nothing changed.
        """
        with translated():
            async with self._ledger.engine.connect() as plain:
                connection = await plain.execution_options(**WRITES)
                async with connection.begin():
                    await self._redact(connection, incident_id, seq)
                    await self._say(connection, TextRedacted(incident_id, seq, reason), by)

    async def _redact(self, connection: AsyncConnection, incident_id: str, seq: int) -> None:
        mine = (incidents.c.id == incident_id, incidents.c.workspace == self._ledger.workspace)
        row = (await connection.execute(select(incidents).where(*mine).with_for_update())).one_or_none()
        one = (events.c.incident == incident_id, events.c.seq == seq)
        event = (await connection.execute(select(events).where(*one))).one_or_none()
        if row is None or event is None:
            raise NotFound(f"There is no event {seq} of {incident_id}.", code="no_event")
        if event.type == IncidentDeclared.__name__:
            raise UserError("Nothing changed. An incident's declaration cannot be taken out; edit its title instead.")
        await connection.execute(update(events).where(*one).values(data=None, salt=None))
        settled = (effects.c.incident == incident_id, effects.c.seq == seq, effects.c.status.in_((DONE, DEAD)))
        await connection.execute(delete(effects).where(*settled))
        log = select(events).where(events.c.incident == incident_id).order_by(events.c.seq)
        incident = refold((await connection.execute(log)).all(), self._fold)
        await connection.execute(update(incidents).where(*mine).values(**fold_columns(incident, row.rank)))

    async def _say(self, connection: AsyncConnection, event: TextRedacted, by: str) -> None:
        mine = workspace_events.c.workspace == self._ledger.workspace
        newest = select(workspace_events).where(mine).order_by(workspace_events.c.seq.desc()).limit(1)
        last = (await connection.execute(newest)).one_or_none()
        values: dict[str, Any] = {
            "workspace": self._ledger.workspace,
            "seq": 1 if last is None else last.seq + 1,
            "type": type(event).__name__,
            "version": VERSION,
            "actor_id": by,
            "at": codec.micros(self._now()),
            "data": codec.canonical(asdict(event)),
        }
        previous = GENESIS if last is None else last.hash
        link = codec.canonical([previous, *values.values()])
        values["hash"] = sha256(link.encode("ascii")).hexdigest()
        await connection.execute(insert(workspace_events).values(**values))
