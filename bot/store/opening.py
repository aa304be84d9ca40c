"""Opening the store for a running bot: one owner on SQLite, news between replicas on PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final

import asyncpg
import structlog
from sqlalchemy import URL

from bot.ports import Clock
from bot.store.drivers import CHANNEL
from bot.store.engine import CONNECT_SECONDS, database_url, make_engine, sole_owner
from bot.store.ledger import SqlLedger

RECONNECT_SECONDS: Final = 2.0
LISTEN_CHECK_SECONDS: Final = 20.0
"""How often the listening connection is asked for a sign of life. News that it misses is found by the heartbeats."""

START_SECONDS: Final = 60.0
"""How long a server may take to start beside Firebell, as after a power cut. Whoever starts both does the rest."""

PASSES: Final = ("53", "57")
"""Classes of a server's answers that it is full, or starting or stopping; any other is a matter of settings."""

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
                log.warning("database_awaited", error=reason)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), RECONNECT_SECONDS)


async def _unready(address: URL) -> str:
    """Return why the server takes no connection yet; "" if it does, or never will with these settings."""
    try:
        connection = await asyncpg.connect(_plain(address), timeout=CONNECT_SECONDS)
    except asyncpg.PostgresError as error:
        return type(error).__name__ if str(error.sqlstate).startswith(PASSES) else ""
    except asyncpg.ClientConfigurationError:
        return ""
    except (OSError, TimeoutError, asyncpg.InterfaceError) as error:
        return type(error).__name__
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
