"""Opening the database: which driver, how transactions begin, and who may open a SQLite file."""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, TextIO

import asyncpg
from sqlalchemy import URL, BigInteger, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from bot.errors import ConfigError
from bot.store.sqlite_driver import BEGIN_TO_READ, BEGIN_TO_WRITE, BUSY_MILLISECONDS, connecting
from bot.store.steady import STEADY_NOW, WALL_NOW, SteadyClock

DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}

WRITES: Final = {"firebell_writes": True}
"""Execution option of a connection whose transaction will write: on SQLite it takes the write lock as it begins."""

PLAIN: Final = {"firebell_plain": True}
"""Execution option of a SQLite connection on which SQLAlchemy begins nothing: each statement stands alone, or is part
of what was begun by the driver (`bot.store.drivers`).
"""

AUTOCOMMIT: Final = {"isolation_level": "AUTOCOMMIT"}
"""The same on PostgreSQL."""

CONNECT_SECONDS: Final = 2.0
IDLE_SECONDS: Final = 1.0
"""After how long a rest a connection of the pool is asked whether it still lives."""

LAST_USED: Final = "firebell_last_used"
IDLE_LIMIT: Final = "idle_in_transaction_session_timeout"
LIMITS: Final = ("lock_timeout", "statement_timeout", IDLE_LIMIT)
"""The last one ends the transaction of a process that is paused or cut off: its locks would hold up all others."""

APPLICATION: Final = "firebell"
"""What our connections call themselves in `pg_stat_activity`."""

STATEMENT_SECONDS: Final = 10.0
"""What PostgreSQL's limits are set to, unless a transaction asks for less."""

CALL_SECONDS: Final = 15.0
"""asyncpg's limit on any one statement, COMMIT included, so that a dead network is noticed at all."""


def database_url(text: str) -> URL:
    """Return the URL with its async driver.

    Raises:
        ConfigError: if it is no SQLAlchemy URL, or of another database, or a SQLite database without a file.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # ValueError: a port or a bracket that is none
        raise ConfigError("DATABASE_URL is no database URL; write for instance sqlite:///firebell.db") from None
    if url.drivername not in DRIVERS:
        raise ConfigError(f"DATABASE_URL names {url.drivername}; Firebell keeps its data in sqlite or postgresql")
    if url.drivername.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise ConfigError("DATABASE_URL names no file; write for instance sqlite:///firebell.db")
    return url.set(drivername=DRIVERS[url.drivername])


def make_engine(url: URL, *, pool_size: int = 10) -> AsyncEngine:
    """Make an engine for a URL that `database_url` has returned; nothing is opened yet.

    What people wrote stays out of its errors, and with that out of the logs.
    """
    pool: dict[str, Any] = {"pool_size": pool_size, "pool_timeout": CONNECT_SECONDS, "hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        creator = connecting(url.database or "")
        engine = create_async_engine(url, **pool, async_creator=creator)
        event.listen(engine.sync_engine, "connect", partial(_prepare_sqlite, SteadyClock()))
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    engine = create_async_engine(url, **pool, async_creator=lambda: _connect_postgres(url))
    event.listen(engine.sync_engine, "checkin", _note_time)
    event.listen(engine.sync_engine, "checkout", partial(_ping_if_idle, engine.dialect.loaded_dbapi.Error))
    return engine


class NotConnected(ConnectionError):
    """PostgreSQL answers and takes no connection: it is starting or stopping, is full, or does not know the user."""


async def _connect_postgres(url: URL) -> asyncpg.Connection:
    """Connect. SQLAlchemy passes on as it is what the driver raises here, so it is made an OSError like any other."""
    limit = f"{round(STATEMENT_SECONDS * 1000)}ms"
    try:
        return await asyncpg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False),
            timeout=CONNECT_SECONDS,
            command_timeout=CALL_SECONDS,
            server_settings={"application_name": APPLICATION, **dict.fromkeys(LIMITS, limit)},
        )
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise NotConnected(type(error).__name__) from error


def _note_time(_: object, record: ConnectionPoolEntry) -> None:
    record.info[LAST_USED] = time.monotonic()


def _ping_if_idle(error: type[Exception], connection: Any, record: ConnectionPoolEntry, _: object) -> None:
    """Look whether a connection was closed, and ask one that has rested for long; the pool replaces one that is dead.

    The pool's own way asks each time, which costs three round trips and is most of what a small transaction takes.
    """
    driver: Any = record.driver_connection
    if driver.is_closed():
        raise DisconnectionError("the connection was closed")
    if time.monotonic() - record.info.get(LAST_USED, math.inf) < IDLE_SECONDS:
        return
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        cursor.close()
    except (error, OSError) as died:
        raise DisconnectionError("the connection has died") from died


def _prepare_sqlite(clock: SteadyClock, connection: Any, _record: object) -> None:
    # The driver's own transaction control would begin "deferred" and only before writes; `_begin_sqlite` does it
    # instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",  # first: the one after it waits for a lock
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    clock.teach(connection)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("firebell_plain", False):
        connection.exec_driver_sql(BEGIN_TO_WRITE if options.get("firebell_writes", False) else BEGIN_TO_READ)


class db_now(FunctionElement[int]):  # noqa: N801 - reads as the SQL function that it is
    """The database's clock in microseconds: waits use it, since replicas' own clocks may disagree. On SQLite nobody
    can set it (`bot.store.steady`).
    """

    type = BigInteger()
    inherit_cache = True


class db_wall(FunctionElement[int]):  # noqa: N801 - reads as the SQL function that it is
    """The wall time of the database's machine in microseconds, to be compared with that of others."""

    type = BigInteger()
    inherit_cache = True


@compiles(db_now, "sqlite")
def _sqlite_now(_element: db_now, _compiler: SQLCompiler, **_options: Any) -> str:
    return f"{STEADY_NOW}()"


@compiles(db_wall, "sqlite")
def _sqlite_wall(_element: db_wall, _compiler: SQLCompiler, **_options: Any) -> str:
    return WALL_NOW


@compiles(db_now, "postgresql")
@compiles(db_wall, "postgresql")
def _postgresql_now(_element: db_now | db_wall, _compiler: SQLCompiler, **_options: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"


@contextlib.contextmanager
def sole_owner(url: URL) -> Iterator[None]:
    """Hold a SQLite file for this process alone, by a lock on `<file>.lock` that the kernel drops when the process
    ends.

    Raises:
        ConfigError: if another process holds it, naming its pid, or if no file can be made there.
    """
    if url.get_backend_name() != "sqlite" or url.database is None:
        yield
        return
    with _lock_file(url.database) as file:
        _lock(file, url.database)
        yield


def _lock_file(database: str) -> TextIO:
    path = Path(database + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+", encoding="ascii")
    except OSError as error:
        raise ConfigError(f"{database} cannot be made: {error.strerror}. Check DATABASE_URL.") from error


def _lock(file: TextIO, database: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        raise ConfigError(
            f"{database} is in use by another Firebell (process {holder}). SQLite serves one process; "
            "stop that one first, or use PostgreSQL for several."
        ) from None
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n")
    file.flush()
