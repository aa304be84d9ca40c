"""What a database error means to those above, whether SQLAlchemy tells of it or the driver itself."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Final

import asyncpg
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

from bot.errors import BotError, Busy, Conflict

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

TRY_AGAIN: Final = frozenset({"40001", "40P01"})
"""PostgreSQL: serialization failure, deadlock."""

NOT_NOW: Final = frozenset({"55P03", "25P03", "25006"})
"""PostgreSQL: lock_timeout, a transaction that was left idle, and a server that only reads, as after a failover."""

NOT_NOW_CLASSES: Final = frozenset({"08", "53", "57", "58", "XX"})
"""PostgreSQL's classes of trouble that passes: the connection, resources (a full disk, too many connections), an
operator who stops the server or a statement, the system below it, and what the server lays to itself, such as a file
that may not grow.
"""

CUT_OFF: Final = (InterfaceError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""How SQLAlchemy and asyncpg tell of a connection that cannot be used; the last one, of one that the server is closing
at this moment.
"""

DRIVERS_OWN: Final = (sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What the drivers raise themselves."""

TROUBLE: Final = (SQLAlchemyError, *DRIVERS_OWN, OSError, TimeoutError)
"""All that a statement, or a connection's end, may come to."""


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Say in the house's words what went wrong before COMMIT: nothing was committed, whichever it was."""
    try:
        yield
    except BotError:
        raise
    except (IntegrityError, sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError) as error:
        raise Conflict("another writer was first") from error
    except (DBAPIError, *DRIVERS_OWN) as error:
        state = _state(error)
        if state in TRY_AGAIN:
            raise Conflict("another writer was first") from error
        if passes(error, state):
            why = state or (error.orig if isinstance(error, DBAPIError) else error)
            raise Busy(f"the database did not do it ({why}); nothing changed") from error
        raise
    except InvalidRequestError as error:
        # How SQLAlchemy tells of a connection that died while it was not looking, and twice in a row at that.
        if not isinstance(error, (PendingRollbackError, ResourceClosedError)) and "is closed" not in str(error):
            raise
        raise Busy("the database dropped the connection; nothing changed") from error
    except (PoolTimeout, OSError, TimeoutError) as error:
        raise Busy(f"the database did not answer in time ({type(error).__name__}); nothing changed") from error


def passes(error: Exception, state: str) -> bool:
    """Whether the same may succeed later."""
    if isinstance(error, CUT_OFF):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, (OperationalError, sqlite3.OperationalError)):
        # SQLite also tells of a column that does not exist by this error: its primary code says which it is.
        own = error.orig if isinstance(error, OperationalError) else error
        return getattr(own, "sqlite_errorcode", sqlite3.SQLITE_BUSY) & 0xFF in SQLITE_NOT_NOW
    return state in NOT_NOW or state[:2] in NOT_NOW_CLASSES


def _state(error: Exception) -> str:
    """Return PostgreSQL's name for what happened, "" if it has none."""
    own = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(own, "sqlstate", None) or "")
