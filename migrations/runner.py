"""Alembic without a command line of its own: configured from code, on the engine that the house already has.

It is imported where something is migrated. Most starts only look at which revision the database is, and Alembic is a
tenth of what they would import.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, column, func, inspect, select, table, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.engine import LIMITS, WRITES

if TYPE_CHECKING:
    from alembic.config import Config

HERE: Final = Path(__file__).parent
VERSION_TABLE: Final = table("alembic_version", column("version_num"))

ADVISORY_LOCK: Final = 0x46495245
"""PostgreSQL's lock that makes a second `firebell migrate` wait for the first ("FIRE")."""


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration; `alembic.ini` is not needed."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.attributes["connection"] = connection
    return made


@cache
def revisions() -> tuple[str, ...]:
    """Return this release's revisions, oldest first. A file begins with its revision's number."""
    return tuple(sorted(path.name.partition("_")[0] for path in (HERE / "versions").glob("[0-9]*_*.py")))


def head() -> str:
    """Return the newest revision of this release."""
    if not revisions():
        raise LookupError("there are no migrations beside migrations/runner.py")
    return revisions()[-1]


def knows(revision: str) -> bool:
    """Whether this release has a revision; one of a newer release it has not."""
    return revision in revisions()


def serves(revision: str | None) -> bool:
    """Whether this release can work on a database of that revision: its own newest, or a newer release's.

    A revision only adds what an older release need not know; the tests of the migrations hold each revision to that.
    Schema is not all. A fold of another shape is made from the log where it is read, but an event or effect that only
    the newer release knows cannot be read by an older one (docs/operations.md, "Upgrade").
    """
    return revision is not None and (revision == head() or not knows(revision))


async def current(engine: AsyncEngine) -> str | None:
    """Return the database's revision, or None if it is empty."""
    async with engine.connect() as connection:
        if not await connection.run_sync(lambda sync: inspect(sync).has_table(VERSION_TABLE.name)):
            return None
        revision: str | None = (await connection.execute(select(VERSION_TABLE))).scalar_one_or_none()
        return revision


async def upgrade(engine: AsyncEngine, revision: str = "head") -> None:
    """Bring the database to a revision, in one transaction and however long it takes; a second caller waits."""
    from alembic import command

    async with engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        async with connection.begin():
            if engine.dialect.name == "postgresql":
                await connection.execute(select(*(func.set_config(name, "0", True) for name in LIMITS)))
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            await connection.run_sync(lambda sync: command.upgrade(config(sync), revision))
