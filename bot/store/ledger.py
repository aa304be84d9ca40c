"""Where transactions come from: connections, deadlines and the write lock."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import Busy
from bot.ports import Clock, Stored
from bot.store.drivers import DeadConnection, driver_of
from bot.store.engine import APPLICATION, AUTOCOMMIT, PLAIN, STATEMENT_SECONDS
from bot.store.trouble import TROUBLE, translated
from bot.store.unit_of_work import SqlUnitOfWork, commit, to_the_end

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
        self._plain = engine.execution_options(**(PLAIN if self.alone else AUTOCOMMIT))
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
            return await self._begin_on(await self._plain.connect().start(), seconds)
        except DeadConnection:
            return await self._begin_on(await self._plain.connect().start(), seconds)

    async def _begin_on(self, connection: AsyncConnection, seconds: float) -> AsyncConnection:
        driver = driver_of(connection)
        try:
            await driver.begin(seconds)
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
            plain = await self._plain.connect().start()
            try:
                yield plain
            finally:
                # On SQLite nothing was begun, so that nothing is waited for.
                await (_close(plain) if self.alone else to_the_end(_close(plain)))


async def _close(connection: AsyncConnection) -> None:
    """Give a connection back; what was not committed is rolled back, and a broken one is thrown away."""
    try:
        if not connection.invalidated:
            await driver_of(connection).roll_back()
        await connection.close()
    except TROUBLE:
        if not connection.closed:
            await connection.invalidate()
