"""What is let go of with time: text of incidents long over, files, and calls that were made. The hash chain stays."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select

from bot.domain.model import FIREBELL
from bot.domain.personal import TEXT_BY_NAME
from bot.errors import Busy, Conflict
from bot.store import codec
from bot.store.audit import Fold
from bot.store.engine import db_now
from bot.store.ledger import SqlLedger
from bot.store.redaction import PATIENCE_SECONDS, Redactor, unsaid
from bot.store.tables import DONE, blobs, effects, events, incidents

BATCH: Final = 200
BREATH_SECONDS: Final = 0.02
"""Between two batches, so that commands and effects get their turn."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Keep:
    """How long to keep what; None is for ever.

    `text` and `files` count from an incident's last event, `deliveries` from when the call was made.
    """

    text: timedelta | None = None
    files: timedelta | None = None
    deliveries: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """What one round let go of: incidents that lost their text, blobs, rows of effects."""

    incidents: int = 0
    blobs: int = 0
    effects: int = 0


class Retention:
    """Lets go of what is older than `keep` says, a little at a time. Another replica may do the same meanwhile."""

    def __init__(self, ledger: SqlLedger, fold: Fold, now: Callable[[], datetime], keep: Keep) -> None:
        self._ledger = ledger
        self._redactor = Redactor(ledger, fold, now)
        self._now = now
        self._keep = keep

    async def run(self) -> None:
        """Do one round. A database that is in demand is left alone until tomorrow."""
        try:
            released = await self.release()
        except (Busy, Conflict) as error:
            log.warning("retention_waits", error=str(error))
            return
        log.info("retention", incidents=released.incidents, blobs=released.blobs, effects=released.effects)

    async def release(self) -> Released:
        """Let go of everything that is due; returns how much that was.

        Raises:
            Busy: the database did not answer in time; what was done until then stays done.
        """
        keep = self._keep
        return Released(
            incidents=0 if keep.text is None else await self._release_text(keep.text),
            blobs=0 if keep.files is None else await self._release_blobs(keep.files),
            effects=0 if keep.deliveries is None else await self._release_effects(keep.deliveries),
        )

    async def _release_text(self, age: timedelta) -> int:
        done, reason = 0, f"kept for {age.days} days"
        while ids := await self._column(self._with_text(age).limit(BATCH)):
            for incident_id in ids:
                done += bool(await self._redactor.apply(incident_id, unsaid, by=FIREBELL.id, reason=reason))
                await asyncio.sleep(BREATH_SECONDS)
        return done

    def _with_text(self, age: timedelta) -> Select[Any]:
        """Select incidents over for that long in which text stands that may be taken out."""
        standing = exists().where(
            events.c.incident == incidents.c.id, events.c.salt.is_not(None), events.c.type.in_(tuple(TEXT_BY_NAME))
        )
        query = select(incidents.c.id).where(incidents.c.workspace == self._ledger.workspace, standing)
        return query.where(~incidents.c.is_open, ~self._recent(age)).order_by(incidents.c.number)

    def _recent(self, age: timedelta) -> ColumnElement[bool]:
        """The condition that something happened in an incident within this span."""
        cutoff = codec.micros(self._now() - age)
        return exists().where(
            events.c.incident == incidents.c.id, events.c.seq == incidents.c.seq, events.c.at >= cutoff
        )

    async def _release_blobs(self, age: timedelta) -> int:
        """Delete blobs of that age, except those of incidents that are open or were touched since."""
        cutoff, done = codec.micros(self._now() - age), 0
        alive = select(incidents.c.fold).where(
            incidents.c.workspace == self._ledger.workspace,
            incidents.c.declared_at < cutoff,
            or_(incidents.c.is_open, self._recent(age)),
        )
        needed = {digest for fold in await self._column(alive) for digest in _digests(fold)}
        old = and_(blobs.c.workspace == self._ledger.workspace, blobs.c.at < cutoff)
        due = sorted(set(await self._column(select(blobs.c.digest).where(old))) - needed)
        for start in range(0, len(due), BATCH):
            done += await self._delete(blobs, and_(old, blobs.c.digest.in_(due[start : start + BATCH])))
        return done

    async def _release_effects(self, age: timedelta) -> int:
        micros, done = age // codec.MICROSECOND, 0
        made = (effects.c.status == DONE, effects.c.settled_at < db_now() - micros)
        query = select(effects.c.id).where(effects.c.workspace == self._ledger.workspace, *made).limit(BATCH)
        while ids := await self._column(query):
            done += await self._delete(effects, effects.c.id.in_(ids))
        return done

    async def _column(self, query: Select[Any]) -> list[Any]:
        async with self._ledger.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def _delete(self, table: Any, condition: ColumnElement[bool]) -> int:
        async with self._ledger.writing(seconds=PATIENCE_SECONDS) as connection:
            gone = (await connection.execute(delete(table).where(condition))).rowcount
        await asyncio.sleep(BREATH_SECONDS)
        return gone


def _digests(fold: str) -> list[str]:
    incident = codec.load_incident(fold)
    return [*(one.blob for one in incident.panels), *incident.postmortem.blobs.values()]
