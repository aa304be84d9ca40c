"""Opening the database for whoever serves or looks after it: at a schema that serves, with every log folded anew."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Settings
from bot.domain.decide import decide
from bot.domain.evolve import apply
from bot.domain.react import react
from bot.errors import ConfigError
from bot.ports import Clock
from bot.service import Core
from bot.store.audit import fold_anew
from bot.store.ledger import SqlLedger
from bot.store.opening import in_words, open_beside, open_ledger
from migrations import runner

log = structlog.get_logger(__name__)

CORE: Final = Core(decide, apply, react)


@asynccontextmanager
async def open_store(settings: Settings, clock: Clock) -> AsyncIterator[SqlLedger]:
    """Open the database at a schema that serves: SQLite is migrated here, PostgreSQL must have been before.

    Raises:
        ConfigError: the database cannot be opened, or its schema is an older release's.
    """
    environment = settings.environment
    async with open_ledger(environment.database_url, environment.workspace, clock) as ledger:
        if ledger.alone:
            await bring_up_to_date(ledger)
        revision = await _revision(ledger)
        if not runner.serves(revision):
            raise ConfigError(
                f"The database is at revision {revision or 'none'}; this release needs {runner.head()}. "
                "Run `firebell migrate` first."
            )
        yield ledger


@asynccontextmanager
async def look_into_store(settings: Settings, clock: Clock) -> AsyncIterator[SqlLedger]:
    """Open the database beside a Firebell that may be running; one of an older schema as `open_store` does."""
    environment = settings.environment
    async with open_beside(environment.database_url, environment.workspace, clock) as ledger:
        if runner.serves(await _revision(ledger)):
            yield ledger
            return
    async with open_store(settings, clock) as ledger:
        yield ledger


async def _revision(ledger: SqlLedger) -> str | None:
    with opening():
        return await runner.current(ledger.engine)


async def bring_up_to_date(ledger: SqlLedger, *, finish: bool = False) -> None:
    """Migrate. If that changed the schema, fold every log anew: a release may also have changed what a fold is.

    With `finish` they are folded anew at this release's schema, too: an earlier call may have ended halfway.
    """
    before = await _revision(ledger)
    if runner.serves(before) and not (finish and before == runner.head()):
        return
    if before is None:
        log.info("database_made", at=ledger.engine.url.render_as_string())
    with opening():
        await runner.upgrade(ledger.engine)
        await fold_anew(ledger, CORE.fold)


@contextlib.contextmanager
def opening() -> Iterator[None]:
    """Say of a database that does not open that it is a matter of settings."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise ConfigError(f"The database cannot be opened: {in_words(error)}. Check DATABASE_URL.") from error
