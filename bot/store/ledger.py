"""Where transactions come from: deadlines, the write lock, and what a database error means to those above."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

from sqlalchemy import Text, bindparam, func, select, text
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InvalidRequestError,
    OperationalError,
    PendingRollbackError,
    ResourceClosedError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import BotError, Busy, Conflict
from bot.ports import Clock, Stored
from bot.store.engine import APPLICATION, IDLE_LIMIT, LIMITS, READS, STATEMENT_SECONDS, WRITES
from bot.store.unit_of_work import SqlUnitOfWork, commit, to_the_end

SQLITE_NOT_NOW: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_INTERRUPT,
    }
)

_SET_LIMITS: Final = select(*(func.set_config(name, bindparam(name, type_=Text), True) for name in LIMITS))

AUTOCOMMIT: Final = {"isolation_level": "AUTOCOMMIT"}
IDLE_AT_LEAST_SECONDS: Final = 1.0
LOOK_UP_SECONDS: Final = 2.0

_END_STALLED: Final = text("""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND application_name = :application
AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND state = 'active' AND wait_event = 'ClientRead'
AND state_change < clock_timestamp() - make_interval(secs => :seconds)
""")
"""A driver prepares a statement in one message and has it run by the next. In between the session counts as active and
the server waits for its client without any limit: neither the one on idle transactions nor the one on statements ends
it, and PostgreSQL has one on whole transactions only since version 17.
"""

TRY_AGAIN: Final = frozenset({"40001", "40P01"})
"""PostgreSQL: serialization failure, deadlock."""

NOT_NOW: Final = frozenset({"55P03", "25P03", "25006"})
"""PostgreSQL: lock_timeout, a transaction that was left idle, and a server that only reads, as after a failover."""

NOT_NOW_CLASSES: Final = frozenset({"08", "53", "57", "58", "XX"})
"""PostgreSQL's classes of trouble that passes: the connection, resources (a full disk, too many connections), an
operator who stops the server or a statement, the system below it, and what the server lays to itself, such as a file
that may not grow.
"""


class SqlLedger:
    """Implements `ports.Ledger` for one workspace. `new_salt` must yield ASCII that nobody can guess."""

    def __init__(
        self,
        engine: AsyncEngine,
        workspace: str,
        clock: Clock,
        *,
        new_salt: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self.engine = engine
        self.workspace = workspace
        self._clock = clock
        self._new_salt = new_salt
        self.alone = engine.dialect.name == "sqlite"
        self._writing = asyncio.Lock()
        self._subscribers: list[asyncio.Event] = []
        self._followers: list[set[str]] = []

    def subscribe(self) -> asyncio.Event:
        bell = asyncio.Event()
        self._subscribers.append(bell)
        return bell

    def follow(self) -> set[str]:
        changed: set[str] = set()
        self._followers.append(changed)
        return changed

    def ring(self) -> None:
        """Wake everybody who subscribed."""
        for bell in self._subscribers:
            bell.set()

    @contextlib.asynccontextmanager
    async def transaction(self, *, seconds: float) -> AsyncIterator[SqlUnitOfWork]:
        deadline = self._clock.monotonic() + seconds
        async with self._turn(seconds):
            with translated():
                connection = await self._begin(seconds)
            unit = SqlUnitOfWork(
                connection,
                workspace=self.workspace,
                late=lambda: self._clock.monotonic() > deadline,
                new_salt=self._new_salt,
            )
            try:
                with translated():
                    yield unit
            finally:
                # Also where the answer to COMMIT was lost: who looks once too often finds nothing new.
                for changed in self._followers:
                    changed.update(unit.touched)
                # After COMMIT nothing is left to be waited for.
                await (_close(connection) if unit.committed else to_the_end(_close(connection)))
        if unit.committed and unit.brings_work:
            self.ring()

    @contextlib.asynccontextmanager
    async def _turn(self, seconds: float) -> AsyncIterator[None]:
        """Wait for the one write lock of this process (SQLite); elsewhere rows are locked instead."""
        if not self.alone:
            yield
            return
        try:
            async with asyncio.timeout(seconds):
                await self._writing.acquire()
        except TimeoutError:
            raise Busy("other writers were in the way for too long; nothing changed") from None
        try:
            yield
        finally:
            self._writing.release()

    async def _begin(self, seconds: float) -> AsyncConnection:
        """Begin; a second time with another connection if the first was found dead, since nothing was asked of it."""
        try:
            return await self._begin_once(seconds)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return await self._begin_once(seconds)

    async def _begin_once(self, seconds: float) -> AsyncConnection:
        connection = self.engine.connect()
        connection = await connection.start()
        try:
            connection = await connection.execution_options(**WRITES)
            await connection.begin()
            if not self.alone and seconds < STATEMENT_SECONDS:
                limits = {name: f"{max(1, round(seconds * 1000))}ms" for name in LIMITS}
                # Between two statements it is we who are slow; that is not worth a connection until it lasts.
                limits[IDLE_LIMIT] = f"{round(max(seconds, IDLE_AT_LEAST_SECONDS) * 1000)}ms"
                await connection.execute(_SET_LIMITS, limits)
        except BaseException:
            await to_the_end(_close(connection))
            raise
        return connection

    async def answer(self, request_id: str) -> Stored | None:
        async with self.transaction(seconds=LOOK_UP_SECONDS) as unit:
            await unit.occupy(request_id)
            stored = await unit.answered(request_id)
            return stored if stored is not None and stored.incident_id else None

    async def end_stalled(self) -> int:
        """End the transactions that a paused process left in the middle of a statement; returns how many.

        Raises:
            Busy: the database did not answer.
        """
        if self.alone:
            return 0
        async with self.reading() as connection:
            limits = {"application": APPLICATION, "seconds": STATEMENT_SECONDS}
            return len((await connection.execute(_END_STALLED, limits)).all())

    @contextlib.asynccontextmanager
    async def writing(self, *, seconds: float) -> AsyncIterator[AsyncConnection]:
        """Open a transaction for housekeeping, which waits its turn as commands do and commits unless the block raises.

        Raises:
            Busy: the database did not answer in time; nothing changed.
            OutcomeUnknown: COMMIT was sent and its answer was lost.
        """
        async with self._turn(seconds):
            with translated():
                connection = await self._begin(seconds)
                try:
                    yield connection
                    await commit(connection)
                finally:
                    await to_the_end(_close(connection))

    @contextlib.asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection for reading that sees one moment of the database, however long it reads."""
        async with self.engine.connect() as plain:
            if not self.alone:
                await plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield plain

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection for reading only; on SQLite it waits for no writer. Each statement sees its own moment.

        Raises:
            Busy: the database did not answer.
        """
        with translated():
            plain = await self.engine.connect().start()
            try:
                yield await plain.execution_options(**(READS if self.alone else AUTOCOMMIT))
            finally:
                # On SQLite nothing was begun, so that nothing is waited for.
                await (_close(plain) if self.alone else to_the_end(_close(plain)))


async def _close(connection: AsyncConnection) -> None:
    """Give a connection back; what was not committed is rolled back, and a broken one is thrown away."""
    try:
        await connection.close()
    except (SQLAlchemyError, OSError, TimeoutError):
        if not connection.closed:
            await connection.invalidate()


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Say in the house's words what went wrong before COMMIT: nothing was committed, whichever it was."""
    try:
        yield
    except BotError:
        raise
    except (IntegrityError, sqlite3.IntegrityError) as error:
        raise Conflict("another writer was first") from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in SQLITE_NOT_NOW:
            raise
        raise Busy(f"the database did not do it ({error}); nothing changed") from error
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state in TRY_AGAIN:
            raise Conflict("another writer was first") from error
        if passes(error, str(state or "")):
            raise Busy(f"the database did not do it ({state or error.orig}); nothing changed") from error
        raise
    except InvalidRequestError as error:
        # How SQLAlchemy tells of a connection that died while it was not looking, and twice in a row at that.
        if not isinstance(error, (PendingRollbackError, ResourceClosedError)) and "is closed" not in str(error):
            raise
        raise Busy("the database dropped the connection; nothing changed") from error
    except (PoolTimeout, OSError, TimeoutError) as error:
        raise Busy(f"the database did not answer in time ({type(error).__name__}); nothing changed") from error


def passes(error: DBAPIError, state: str) -> bool:
    """Whether the same may succeed later."""
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    if isinstance(error, OperationalError):
        # SQLite also tells of a column that does not exist by this error: its primary code says which it is.
        return getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_BUSY) & 0xFF in SQLITE_NOT_NOW
    return state in NOT_NOW or state[:2] in NOT_NOW_CLASSES
