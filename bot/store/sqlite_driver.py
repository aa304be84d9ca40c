"""SQLite on the event loop's own thread, except where it may wait: for the write lock, and for the disk at COMMIT.

aiosqlite makes a visit to its thread each to open a cursor, to execute, to fetch and to close; a command of a dozen
statements spends most of its time waiting for its turn there and for the interpreter's lock back here. A statement
itself takes some tens of microseconds, less than one such visit (`python -m benchmarks.acknowledging`). What reads at
length, as a backup does, begins a transaction of its own, whose statements are visits.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, Self

import aiosqlite

THREAD_SECONDS: Final = 1.0
"""How long a thread that could not open its file is waited for."""

BUSY_MILLISECONDS: Final = 2000
"""How long SQLite waits for a lock held elsewhere (a backup, say); within the deadline of a command."""

BEGIN_TO_WRITE: Final = "BEGIN IMMEDIATE"
BEGIN_TO_READ: Final = "BEGIN"


class DirectCursor:
    """What SQLAlchemy asks of a cursor. Rows are fetched with the statement: queries here return few of them."""

    def __init__(self, home: DirectConnection) -> None:
        self._home = home
        self._rows: Iterable[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        await self._home.run(statement, lambda: self._run(sqlite3.Cursor.execute, statement, parameters))
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        await self._home.run(statement, lambda: self._run(sqlite3.Cursor.executemany, statement, parameters))
        return self

    def _run(self, how: Callable[..., sqlite3.Cursor], statement: str, parameters: Any) -> None:
        cursor = self._home.cursor_here()
        try:
            how(cursor, statement, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else ()
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()

    async def fetchall(self) -> Iterable[Any]:
        return self._rows

    async def close(self) -> None:
        """Nothing is held open."""


class DirectConnection(aiosqlite.Connection):
    """A connection whose cursors are `DirectCursor`s.

    Only one thread works with it at a time. `_away`: the other one may still, because whoever waited for it gave up;
    all that follows queues up behind that. `_writing`: what `begin_to_write` began is not ended yet by us.
    """

    _away = False
    _at_length = False
    _writing = False

    @property
    def plain(self) -> sqlite3.Connection:
        return self._conn

    @property
    def is_free(self) -> bool:
        """Whether a statement may be run here and now, without a visit to the connection's thread."""
        return not (self._away or self._at_length)

    def cursor(self) -> DirectCursor:  # type: ignore[override]
        return DirectCursor(self)

    def cursor_here(self) -> sqlite3.Cursor:
        """Return a cursor for the thread that runs this.

        Raises:
            sqlite3.OperationalError: SQLite has rolled back by itself what was begun, as it does on a full disk; what
                followed would be committed statement by statement.
        """
        if self._writing and not self._conn.in_transaction:
            raise sqlite3.OperationalError("SQLite had rolled the transaction back")
        return self._conn.cursor()

    async def run(self, statement: str, work: Callable[[], None]) -> None:
        """Do what a statement needs, here if it waits for nobody."""
        if statement == BEGIN_TO_READ:
            self._at_length = True
        if statement == BEGIN_TO_WRITE:
            await self.begin_to_write()
        elif self.is_free:
            work()
        else:
            await self._visit(work)

    async def begin_to_write(self) -> None:
        """Take the write lock, here if it is free."""
        if not (self.is_free and self._begin_at_once()):
            await self._visit(lambda: self._conn.execute(BEGIN_TO_WRITE))
        self._writing = True

    def _begin_at_once(self) -> bool:
        """Take the write lock if it is free."""
        self._conn.execute("PRAGMA busy_timeout = 0")
        try:
            self._conn.execute(BEGIN_TO_WRITE)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        finally:
            self._conn.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        return True

    async def commit(self) -> None:
        await self._end(super().commit)

    async def rollback(self) -> None:
        await self._end(super().rollback)

    async def _end(self, how: Callable[[], Awaitable[None]]) -> None:
        if self._away or self._conn.in_transaction:
            await self._waiting_for(how())
        self._at_length = self._writing = False

    async def _visit(self, work: Callable[[], object]) -> None:
        await self._waiting_for(self._execute(work))  # type: ignore[no-untyped-call]

    async def _waiting_for(self, visit: Awaitable[None]) -> None:
        self._away = True
        try:
            await visit
        except sqlite3.Error:
            self._away = False
            raise
        self._away = False


def connecting(path: str) -> Callable[[], Awaitable[aiosqlite.Connection]]:
    """Return what `create_async_engine` takes as `async_creator`, for a file."""

    async def connect() -> aiosqlite.Connection:
        # Its own thread and the event loop's take turns with it.
        connection = DirectConnection(
            lambda: sqlite3.connect(path, timeout=BUSY_MILLISECONDS / 1000, check_same_thread=False),
            iter_chunk_size=64,
        )
        connection._thread.daemon = True  # as SQLAlchemy does: a thread must not keep a dead process alive
        try:
            return await connection
        except sqlite3.Error:
            # The thread has something to say to this loop yet, which may be closed soon after such a failure.
            await asyncio.to_thread(connection._thread.join, THREAD_SECONDS)
            raise

    return connect
