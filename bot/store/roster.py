"""What staffing reads: people's own words, who is busy unseen, and incidents that are over."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from bot.domain.availability import LONG_DAY, LONGEST, Whereabouts, Word
from bot.domain.model import Incident
from bot.ports import Viewer
from bot.store import codec
from bot.store.history import read_each
from bot.store.holders import holders
from bot.store.ledger import SqlLedger
from bot.store.queries import visible
from bot.store.tables import incidents, people, workspace_events
from bot.store.workspace_log import WhereaboutsSaid


class SqlRoster:
    """Implements `roster.Roster`."""

    def __init__(self, ledger: SqlLedger) -> None:
        self._ledger = ledger
        self._workspace = ledger.workspace

    async def words(self, now: datetime) -> Mapping[str, Word]:
        query = select(workspace_events).where(
            workspace_events.c.workspace == self._workspace,
            workspace_events.c.type == WhereaboutsSaid.__name__,
            workspace_events.c.at > codec.micros(now - LONGEST - LONG_DAY),
        )
        async with self._ledger.reading() as connection:
            rows = (await connection.execute(query.order_by(workspace_events.c.seq))).all()
        found = {}
        for row in rows:
            said = json.loads(row.data)
            until = codec.moment(said["until"])
            found[row.actor_id] = Word(row.actor_id, Whereabouts(said["where"]), until, codec.moment(row.at))
        return found

    async def holders(self) -> Mapping[str, frozenset[str]]:
        async with self._ledger.reading() as connection:
            return await holders(connection, self._workspace)

    async def busy_unseen(self, user: str) -> frozenset[str]:
        # A name of its own, since `visible` looks into the same table.
        busy = people.alias("busy")
        query = (
            select(busy.c.user)
            .join(incidents, incidents.c.id == busy.c.incident)
            .where(incidents.c.workspace == self._workspace, incidents.c.is_open, busy.c.holds_role)
            .where(~visible(Viewer(user)))
        )
        async with self._ledger.reading() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def mitigated(self, *, limit: int = 300) -> Sequence[Incident]:
        query = (
            select(incidents.c.id, incidents.c.seq, incidents.c.fold)
            .where(incidents.c.workspace == self._workspace, ~incidents.c.is_open, ~incidents.c.private)
            .order_by(incidents.c.declared_at.desc())
            .limit(limit)
        )
        async with self._ledger.reading() as connection:
            rows = (await connection.execute(query)).all()
            return list((await read_each(connection, rows)).values())
