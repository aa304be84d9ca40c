"""One visit to aiosqlite's thread for each statement.

The driver makes a visit each to open a cursor, to execute, to fetch and to close; a command of a dozen statements
spends most of its time waiting for its turn. A cursor that does all of it in one visit halves that time
(`python -m benchmarks.acknowledging`).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, Self

import aiosqlite

THREAD_SECONDS: Final = 1.0
"""How long a thread that could not open its file is waited for."""


class OneVisitCursor:
    """What SQLAlchemy asks of a cursor. Rows are fetched with the statement: queries here return few of them."""

    def __init__(self, visit: Callable[[Callable[[], None]], Awaitable[None]], connection: sqlite3.Connection) -> None:
        self._visit = visit
        self._connection = connection
        self._rows: Iterable[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        await self._visit(lambda: self._run(sqlite3.Cursor.execute, statement, parameters))
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        await self._visit(lambda: self._run(sqlite3.Cursor.executemany, statement, parameters))
        return self

    def _run(self, how: Callable[..., sqlite3.Cursor], statement: str, parameters: Any) -> None:
        cursor = self._connection.cursor()
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


class OneVisitConnection(aiosqlite.Connection):
    """A connection whose cursors are `OneVisitCursor`s."""

    def cursor(self) -> OneVisitCursor:  # type: ignore[override]
        return OneVisitCursor(self._execute, self._conn)


def connecting(path: str) -> Callable[[], Awaitable[aiosqlite.Connection]]:
    """Return what `create_async_engine` takes as `async_creator`, for a file."""

    async def connect() -> aiosqlite.Connection:
        # Only the connection's own thread touches it; SQLAlchemy's set-up hooks do so from the event loop's.
        connection = OneVisitConnection(lambda: sqlite3.connect(path, check_same_thread=False), iter_chunk_size=64)
        connection._thread.daemon = True  # as SQLAlchemy does: a thread must not keep a dead process alive
        try:
            return await connection
        except sqlite3.Error:
            # The thread has something to say to this loop yet, which may be closed soon after such a failure.
            await asyncio.to_thread(connection._thread.join, THREAD_SECONDS)
            raise

    return connect
