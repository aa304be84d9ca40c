"""Opening the store for a running bot: one owner on SQLite, news between replicas on PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sqlite3
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import asyncpg
import structlog
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from bot.ports import Clock
from bot.store.drivers import CHANNEL
from bot.store.engine import CONNECT_SECONDS, NotConnected, database_url, make_engine, sole_owner
from bot.store.ledger import SqlLedger

RECONNECT_SECONDS: Final = 2.0
LISTEN_CHECK_SECONDS: Final = 20.0
"""How often the listening connection is asked for a sign of life. News that it misses is found by the heartbeats."""

START_SECONDS: Final = 60.0
"""How long a server may take to start beside Firebell, as after a power cut. Whoever starts both does the rest."""

PASSES: Final = ("53", "57")
"""Classes of a server's answers that it is full, or starting or stopping; any other is a matter of settings."""

IN_WORDS: Final[Sequence[tuple[type[BaseException], str]]] = (
    (asyncpg.InvalidAuthorizationSpecificationError, "the server refuses the user or the password"),
    (asyncpg.InvalidCatalogNameError, "the server has no database of that name"),
    (asyncpg.CannotConnectNowError, "the server is starting or stopping"),
    (asyncpg.TooManyConnectionsError, "the server takes no more connections"),
    (asyncpg.ClientConfigurationError, "the options of the address are not understood"),
    (socket.gaierror, "the name of its host is not known here"),
    (ConnectionRefusedError, "nobody listens at its host and port"),
    (TimeoutError, "the server did not answer in time"),
)

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def open_ledger(url: str, workspace: str, clock: Clock) -> AsyncIterator[SqlLedger]:
    """Open the database for as long as the bot runs. The schema is the caller's concern (`migrations.runner`).

    Raises:
        ConfigError: the URL is wrong, or another process holds the SQLite file.
    """
    address = database_url(url)
    with sole_owner(address):
        engine = make_engine(address)
        ledger = SqlLedger(engine, workspace, clock)
        listening = None
        if engine.dialect.name == "postgresql":
            listening = asyncio.create_task(_listen(address, ledger), name="listen")
        try:
            yield ledger
        finally:
            if listening is not None:
                listening.cancel()
                await asyncio.wait({listening})
            await engine.dispose()


@contextlib.asynccontextmanager
async def open_beside(url: str, workspace: str, clock: Clock) -> AsyncIterator[SqlLedger]:
    """Open the database to read from it (verify, export) while a bot may be running on it."""
    engine = make_engine(database_url(url))
    try:
        yield SqlLedger(engine, workspace, clock)
    finally:
        await engine.dispose()


def in_words(error: BaseException) -> str:
    """Say why a database does not open, for whoever wrote its address."""
    asked = error.__cause__ if isinstance(error, NotConnected) and error.__cause__ else error
    if isinstance(asked, DBAPIError) and isinstance(asked.orig, sqlite3.Error):
        return str(asked.orig)
    return next((words for kind, words in IN_WORDS if isinstance(asked, kind)), type(asked).__name__)


async def await_server(url: str, stop: asyncio.Event, *, most: float = START_SECONDS) -> None:
    """Wait for a PostgreSQL that starts later than we do, for so many seconds or until `stop`.

    What is wrong with one that stays away is said by whoever opens it next.
    """
    address = database_url(url)
    if address.get_backend_name() != "postgresql":
        return
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(most):
            while not stop.is_set() and (reason := await _unready(address)):
                where = f"{address.host or 'its socket'}:{address.port or 5432}"
                log.warning("database_awaited", at=where, error=reason, most_seconds=most)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), RECONNECT_SECONDS)


async def _unready(address: URL) -> str:
    """Return why the server takes no connection yet; "" if it does, or never will with these settings."""
    try:
        connection = await asyncpg.connect(_plain(address), timeout=CONNECT_SECONDS)
    except asyncpg.PostgresError as error:
        return in_words(error) if str(error.sqlstate).startswith(PASSES) else ""
    except asyncpg.ClientConfigurationError:
        return ""
    except (OSError, TimeoutError, asyncpg.InterfaceError) as error:
        return in_words(error)
    connection.terminate()
    return ""


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


async def _listen(url: URL, ledger: SqlLedger) -> None:
    """Ring the bell for commits of other replicas; keeps trying while the database is away."""
    while True:
        try:
            await _listen_once(_plain(url), ledger)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("listen_lost", error=type(error).__name__)
        await asyncio.sleep(RECONNECT_SECONDS)


async def _listen_once(address: str, ledger: SqlLedger) -> None:
    def heard(_connection: Any, _pid: int, _channel: str, workspace: str) -> None:
        if workspace == ledger.workspace:
            ledger.ring()

    lost = asyncio.Event()
    connection = await asyncpg.connect(address, timeout=CONNECT_SECONDS)
    connection.add_termination_listener(lambda _: lost.set())
    try:
        await connection.add_listener(CHANNEL, heard)
        ledger.ring()
        while not lost.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LISTEN_CHECK_SECONDS):
                    await lost.wait()
            await connection.execute("SELECT 1", timeout=CONNECT_SECONDS)
    finally:
        connection.terminate()
