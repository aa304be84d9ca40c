"""The few words of SQL in which the two databases differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

_INSERT: Final[dict[str, Callable[[Table], Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def upsert(connection: AsyncConnection, table: Table) -> Any:
    """Return an INSERT that has `on_conflict_do_nothing` and `on_conflict_do_update`; both databases spell them
    alike.
    """
    return _INSERT[connection.dialect.name](table)


def upserts(table: Table, build: Callable[[Any], Any]) -> Mapping[str, Any]:
    """Return by dialect what `build` makes of such an INSERT: for statements that are put together once."""
    return {name: build(insert(table)) for name, insert in _INSERT.items()}
