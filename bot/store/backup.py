"""Reading the whole database into an archive, as one moment shows it, while a bot may be running."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, MetaData, Table, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import __version__
from bot.store.archive import BLOBS, Manifest, Progress, Writer
from bot.store.codec import micros
from bot.store.ledger import SqlLedger

LEFT_OUT: Final = frozenset(("buckets", "replicas"))
"""Tables that hold nothing but this hour: its pace, and who serves. A restored bot cannot know how long nobody did."""

ROWS_AT_ONCE: Final = 500
BLOBS_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class Made:
    """A finished archive. The seal is to be kept elsewhere: it shows that this very archive is restored."""

    seal: str
    rows: int
    blobs: int
    incidents: int


async def back_up(ledger: SqlLedger, path: Path, *, revision: str, now: datetime, progress: Progress) -> Made:
    """Write every workspace's rows to a new file.

    The tables are read as the database has them, not as this release would, so that an older schema is kept as it is.

    Raises:
        ArchiveError: the file exists already, or cannot be written.
    """
    with Writer(path) as writer:
        async with ledger.snapshot() as connection:
            tables = await connection.run_sync(our_tables)
            blobs = await _write_blobs(connection, tables[BLOBS], writer, progress)
            rows, workspaces = 0, set[str]()
            for table in tables.values():
                rows += await _write_table(connection, table, writer, progress)
                workspaces |= await _workspaces(connection, table)
            incidents = await _write_heads(connection, tables["incidents"], writer)
        manifest = Manifest(
            made_at=micros(now),
            made_by=f"firebell {__version__}",
            engine=connection.dialect.name,
            revision=revision,
            workspaces=tuple(sorted(workspaces)),
        )
        return Made(writer.finish(manifest), rows, blobs, incidents)


def our_tables(connection: Connection) -> dict[str, Table]:
    """Return Firebell's tables as they are in the database, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return {table.name: table for table in found.sorted_tables if "workspace" in table.c and table.name not in LEFT_OUT}


async def _write_blobs(connection: AsyncConnection, table: Table, writer: Writer, progress: Progress) -> int:
    total, done = await _count(connection, table), 0
    async for row in _rows(connection, table, ("digest", "data"), BLOBS_AT_ONCE):
        writer.blob(row.digest, row.data)
        done += 1
        progress(BLOBS, done, total)
    return done


async def _write_table(connection: AsyncConnection, table: Table, writer: Writer, progress: Progress) -> int:
    names = [column.name for column in table.c if (table.name, column.name) != (BLOBS, "data")]
    total, done = await _count(connection, table), 0
    with writer.table(table.name) as add:
        async for row in _rows(connection, table, names, ROWS_AT_ONCE):
            add(dict(zip(names, row, strict=False)))
            done += 1
            progress(table.name, done, total)
    return done


async def _write_heads(connection: AsyncConnection, table: Table, writer: Writer) -> int:
    done = 0
    with writer.heads() as add:
        async for row in _rows(connection, table, ("id", "seq", "hash"), ROWS_AT_ONCE):
            add(row.id, row.seq, row.hash)
            done += 1
    return done


async def _workspaces(connection: AsyncConnection, table: Table) -> set[str]:
    return set((await connection.execute(select(table.c.workspace).distinct())).scalars())


async def _count(connection: AsyncConnection, table: Table) -> int:
    total: int = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
    return total


async def _rows(connection: AsyncConnection, table: Table, names: Sequence[str], at_once: int) -> AsyncIterator[Any]:
    """Yield rows by primary key, a batch at a time: a cursor held open would hold all of them on SQLite."""
    key = tuple_(*table.primary_key)
    query = select(
        *(table.c[name] for name in names), *(column.label(f"key_{column.name}") for column in table.primary_key)
    )
    query = query.order_by(*table.primary_key).limit(at_once)
    after: tuple[Any, ...] | None = None
    while True:
        rows = (await connection.execute(query if after is None else query.where(key > tuple_(*after)))).all()
        for row in rows:
            yield row
        if len(rows) < at_once:
            return
        after = tuple(rows[-1])[len(names) :]
