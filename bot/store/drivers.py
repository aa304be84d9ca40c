"""What the path on which people wait asks of a database's own driver, in SQLAlchemy's connections but past its layers.

Around each statement SQLAlchemy works sixty microseconds on SQLite and two hundred on PostgreSQL, and around a
transaction's begin and end as much as the driver itself; a command is one transaction of a dozen statements. Here a
transaction is begun with its limits in one round trip, and ended in one. SQLAlchemy begins none on such a connection,
so that what is asked through it is part of what was begun here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import asyncpg
from sqlalchemy.dialects.postgresql import asyncpg as postgresql
from sqlalchemy.dialects.sqlite import aiosqlite as sqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import IDLE_LIMIT, LIMITS, STATEMENT_SECONDS
from bot.store.sqlite_driver import DirectConnection
from bot.store.trouble import DRIVERS_OWN

CHANNEL: Final = "firebell"
"""The NOTIFY channel; its payload is the workspace."""

IDLE_AT_LEAST_SECONDS: Final = 1.0
COMMITTED: Final = "COMMIT"

Came = tuple[Sequence[Any], int]
"""The rows that a statement returned, and how many it changed."""

_SQLITE: Final = sqlite.dialect()
_POSTGRESQL: Final = postgresql.dialect()  # type: ignore[no-untyped-call]


class DeadConnection(ConnectionError):
    """A transaction was to be begun over a connection that had died while it rested."""


class RolledBack(Exception):
    """COMMIT was answered, and the answer is that nothing was committed."""


class Driver(Protocol):
    """One connection. What it raises is the driver's own; `bot.store.trouble` says what that means."""

    @property
    def dialect(self) -> DefaultDialect:
        """In which statements are put together for it."""

    async def begin(self, seconds: float) -> None:
        """Begin to write. PostgreSQL ends by itself what takes longer than so many seconds.

        Whatever it raises, a cancellation or a timeout too, nothing stays begun that `roll_back` would not undo.

        Raises:
            DeadConnection: nothing can be asked over this connection any more.
        """

    async def commit(self, news_for: str) -> None:
        """Commit, and tell the other processes of this workspace that there is something to do; "" tells nobody.

        Raises:
            RolledBack: nothing was committed, since a statement had failed before. Any other error may mean either.
        """

    async def roll_back(self) -> None:
        """Undo what was begun here and not committed, if anything was."""

    async def run(self, text: str, parameters: Sequence[Any], *, returns: bool) -> Came: ...
    async def run_all(self, text: str, several: Sequence[Sequence[Any]]) -> None: ...


def driver_of(connection: AsyncConnection) -> Driver:
    """Return the driver's connection that one of SQLAlchemy's stands for."""
    sync: Any = connection.sync_connection
    own: Any = sync.connection.driver_connection
    return SqliteDriver(own) if isinstance(own, DirectConnection) else PostgresDriver(own)


@dataclass(frozen=True, slots=True)
class SqliteDriver:
    """Statements run on the event loop's thread wherever they wait for nobody."""

    own: DirectConnection

    @property
    def dialect(self) -> DefaultDialect:
        return _SQLITE

    async def begin(self, seconds: float) -> None:
        del seconds
        await self.own.begin_to_write()

    async def commit(self, news_for: str) -> None:
        del news_for  # there is no other process
        # A full or failing disk ends a transaction with the statement that met it, and COMMIT has nothing to commit.
        if not self.own.plain.in_transaction:
            raise RolledBack("SQLite had rolled the transaction back")
        await self.own.commit()

    async def roll_back(self) -> None:
        await self.own.rollback()

    async def run(self, text: str, parameters: Sequence[Any], *, returns: bool) -> Came:
        del returns
        if not self.own.is_free:
            visit = await self.own.cursor().execute(text, parameters)
            return list(await visit.fetchall()), visit.rowcount
        cursor = self.own.cursor_here()
        try:
            cursor.execute(text, parameters)
            return cursor.fetchall(), cursor.rowcount
        finally:
            cursor.close()

    async def run_all(self, text: str, several: Sequence[Sequence[Any]]) -> None:
        if not self.own.is_free:
            await self.own.cursor().executemany(text, several)
            return
        cursor = self.own.cursor_here()
        try:
            cursor.executemany(text, several)
        finally:
            cursor.close()


@dataclass(frozen=True, slots=True)
class PostgresDriver:
    """asyncpg keeps each statement prepared, so that asking again is one round trip."""

    own: Any

    @property
    def dialect(self) -> DefaultDialect:
        return _POSTGRESQL

    async def begin(self, seconds: float) -> None:
        try:
            await self.own.execute("; ".join(("BEGIN", *_limits(seconds))))
        except DRIVERS_OWN as error:
            if not self.own.is_closed():
                raise
            raise DeadConnection(type(error).__name__) from error
        except BaseException:
            # asyncpg knows of a transaction by the server's last answer, and here there was none.
            self.own.terminate()
            raise

    async def commit(self, news_for: str) -> None:
        quoted = news_for.replace("'", "''")
        told = f"SELECT pg_notify('{CHANNEL}', '{quoted}'); " if news_for else ""
        try:
            answer = await self.own.execute(f"{told}COMMIT")
        except asyncpg.PostgresError as error:
            # COMMIT ends a transaction even where it fails: while there is one, the server came no further than NOTIFY.
            if self.own.is_closed() or not self.own.is_in_transaction():
                raise
            raise RolledBack(type(error).__name__) from error
        # A transaction in which a statement failed is rolled back by COMMIT, and no error tells of it.
        if answer != COMMITTED:
            raise RolledBack("a statement had failed before COMMIT")

    async def roll_back(self) -> None:
        if not self.own.is_closed() and self.own.is_in_transaction():
            await self.own.execute("ROLLBACK")

    async def run(self, text: str, parameters: Sequence[Any], *, returns: bool) -> Came:
        if returns:
            return await self.own.fetch(text, *parameters), 0
        told: str = await self.own.execute(text, *parameters)
        return (), int(told.rpartition(" ")[2])

    async def run_all(self, text: str, several: Sequence[Sequence[Any]]) -> None:
        await self.own.executemany(text, several)


def _limits(seconds: float) -> Sequence[str]:
    """Return what sets this transaction's limits, where they are tighter than a connection's own."""
    if seconds >= STATEMENT_SECONDS:
        return ()
    limits = dict.fromkeys(LIMITS, max(1, round(seconds * 1000)))
    # Between two statements it is we who are slow; that is not worth a connection until it lasts.
    limits[IDLE_LIMIT] = round(max(seconds, IDLE_AT_LEAST_SECONDS) * 1000)
    return [f"SET LOCAL {name} = '{milliseconds}ms'" for name, milliseconds in limits.items()]
