"""Filling an empty database of either kind from an archive, so that the bot may go on without doubling anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import Table, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.model import FIREBELL
from bot.store import workspace_log
from bot.store.archive import BLOBS, ArchiveError, Progress, Reader, Row
from bot.store.backup import our_tables
from bot.store.engine import WRITES, db_now
from bot.store.tables import DONE, PENDING, SENDING, effects
from bot.store.trouble import translated
from bot.store.workspace_log import DatabaseRestored

ROWS_AT_ONCE: Final = 500
BLOBS_AT_ONCE: Final = 8
NOT_EMPTY: Final = (
    "This database holds data already; nothing was restored. Restore into an empty one: another file, or a new "
    "PostgreSQL database."
)


async def is_empty(engine: AsyncEngine) -> bool:
    """Whether none of Firebell's tables holds a row (or none exists yet)."""
    async with engine.connect() as connection:
        return await _is_empty(connection)


async def _is_empty(connection: AsyncConnection) -> bool:
    for table in (await connection.run_sync(our_tables)).values():
        if (await connection.execute(select(func.count()).select_from(table))).scalar_one():
            return False
    return True


async def fill(engine: AsyncEngine, archive: Reader, now: datetime, progress: Progress) -> None:
    """Write an archive that was checked into tables of its revision, in one transaction.

    Raises:
        ArchiveError: the database holds rows by now, or has no place for a table of the archive; nothing was changed.
        Busy: the database did not answer.
    """
    with translated():
        async with engine.connect() as plain:
            connection = await plain.execution_options(**WRITES)
            async with connection.begin():
                if engine.dialect.name == "postgresql":
                    # Nobody declares an incident between the look and the end.
                    await connection.execute(text("LOCK TABLE incidents, events IN EXCLUSIVE MODE"))
                if not await _is_empty(connection):
                    raise ArchiveError(NOT_EMPTY)
                await _fill(connection, archive, progress)
                await _make_safe(connection)
                said = DatabaseRestored(archive.manifest.made_at, archive.seal)
                for workspace in archive.manifest.workspaces:
                    await workspace_log.append(connection, workspace, said, by=FIREBELL.id, at=now)


async def _fill(connection: AsyncConnection, archive: Reader, progress: Progress) -> None:
    tables = await connection.run_sync(our_tables)
    unknown = set(archive.manifest.tables) - set(tables)
    if unknown:
        raise ArchiveError(f"The archive holds tables that its revision does not have: {', '.join(sorted(unknown))}.")
    for name, table in tables.items():
        if name not in archive.manifest.tables:
            continue
        done, total = 0, archive.manifest.tables[name].lines
        for rows in _batches(_complete(archive, table), BLOBS_AT_ONCE if name == BLOBS else ROWS_AT_ONCE):
            await connection.execute(insert(table), rows)
            done += len(rows)
            progress(name, done, total)


def _complete(archive: Reader, table: Table) -> Iterator[Row]:
    """Yield a table's rows, blobs with their bytes."""
    for row in archive.rows(table.name):
        yield row | {"data": archive.blob(row["digest"])} if table.name == BLOBS else row


async def _make_safe(connection: AsyncConnection) -> None:
    """Doubt every effect that the archive does not show as done: it may have been performed after the backup.

    With its outcome unknown it is looked for before it is sent, and as far back as it was queued; a dead one too, when
    somebody presses Retry. A lease is nobody's any more.
    """
    undone = update(effects).where(effects.c.status != DONE)
    since = func.coalesce(effects.c.first_attempt_at, effects.c.created_at)
    await connection.execute(undone.values(outcome_unknown=True, first_attempt_at=since))
    leased = update(effects).where(effects.c.status == SENDING)
    free: dict[str, Any] = {"status": PENDING, "not_before": db_now(), "lease_token": None, "lease_until": None}
    await connection.execute(leased.values(**free))


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
