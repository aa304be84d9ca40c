"""What is let go of with time: text of incidents long over, files, and calls that were made. The hash chain stays."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, or_, select

from bot.domain.model import FIREBELL
from bot.domain.personal import TEXT_BY_NAME
from bot.errors import Busy, Conflict, OutcomeUnknown
from bot.store import codec
from bot.store.audit import Fold
from bot.store.codec import CodecError
from bot.store.engine import db_now
from bot.store.ledger import SqlLedger
from bot.store.redaction import PATIENCE_SECONDS, Redactor, unsaid
from bot.store.tables import DONE, blobs, effects, events, incidents

BATCH: Final = 200
BREATH_SECONDS: Final = 0.02
"""Between two batches, so that commands and effects get their turn."""

DIGEST: Final = re.compile(r"\b[0-9a-f]{64}\b")
"""A blob's name, wherever a fold holds it: found in folds too that this release cannot read."""

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
        except (Busy, Conflict, OutcomeUnknown) as error:
            log.warning("retention_waits", error=str(error))
            return
        log.info("retention", incidents=released.incidents, blobs=released.blobs, effects=released.effects)

    async def release(self) -> Released:
        """Let go of everything that is due; returns how much that was.

        Raises:
            Busy: the database did not answer in time; what was done until then stays done.
            OutcomeUnknown: the same, but the last step may have been done, too.
        """
        keep = self._keep
        return Released(
            incidents=0 if keep.text is None else await self._release_text(keep.text),
            blobs=0 if keep.files is None else await self._release_blobs(keep.files),
            effects=0 if keep.deliveries is None else await self._release_effects(keep.deliveries),
        )

    async def _release_text(self, age: timedelta) -> int:
        """Go through the incidents by number, so that one which keeps its text is not met again in this round."""
        done, number = 0, 0
        while rows := await self._rows(self._with_text(age, after=number).limit(BATCH)):
            for row in rows:
                done += await self._release_one(row, age)
                await asyncio.sleep(BREATH_SECONDS)
            number = rows[-1].number
        return done

    async def _release_one(self, row: Row[Any], age: timedelta) -> bool:
        """Take an incident's text out, unless it was reopened or touched since it was selected."""
        reason, quiet = f"kept for {age.days} days", self._now() - age
        try:
            gone = await self._redactor.apply(row.id, unsaid, by=FIREBELL.id, reason=reason, quiet_since=quiet)
        except CodecError as error:
            log.warning("retention_leaves_out", incident=row.number, error=str(error))
            return False
        return bool(gone)

    def _with_text(self, age: timedelta, *, after: int) -> Select[Any]:
        """Select incidents over for that long in which text stands that may be taken out, by number."""
        standing = exists().where(
            events.c.incident == incidents.c.id, events.c.salt.is_not(None), events.c.type.in_(tuple(TEXT_BY_NAME))
        )
        query = select(incidents.c.id, incidents.c.number).where(incidents.c.workspace == self._ledger.workspace)
        query = query.where(standing, incidents.c.number > after)
        return query.where(~incidents.c.is_open, ~self._recent(age)).order_by(incidents.c.number)

    def _recent(self, age: timedelta) -> ColumnElement[bool]:
        """The condition that something happened in an incident within this span."""
        cutoff = codec.micros(self._now() - age)
        return exists().where(
            events.c.incident == incidents.c.id, events.c.seq == incidents.c.seq, events.c.at >= cutoff
        )

    async def _release_blobs(self, age: timedelta) -> int:
        """Delete blobs of that age, except those of incidents that are open or were touched since.

        A young incident may need an old blob, since the same bytes are kept once. Bytes that are stored again while
        this goes on are young by that, and stay.
        """
        cutoff, done = codec.micros(self._now() - age), 0
        alive = select(incidents.c.fold).where(
            incidents.c.workspace == self._ledger.workspace,
            or_(incidents.c.is_open, self._recent(age)),
        )
        needed = {digest for fold in await self._column(alive) for digest in DIGEST.findall(fold)}
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
        return [value for (value,) in await self._rows(query)]

    async def _rows(self, query: Select[Any]) -> list[Row[Any]]:
        async with self._ledger.reading() as connection:
            return list((await connection.execute(query)).all())

    async def _delete(self, table: Any, condition: ColumnElement[bool]) -> int:
        async with self._ledger.writing(seconds=PATIENCE_SECONDS) as connection:
            gone = (await connection.execute(delete(table).where(condition))).rowcount
        await asyncio.sleep(BREATH_SECONDS)
        return gone
