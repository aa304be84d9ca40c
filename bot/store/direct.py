"""Statements of the path on which people wait, put together once and on SQLite handed straight to the driver.

SQLAlchemy works some sixty microseconds around a statement that SQLite answers in four, and a command asks a dozen of
them. Here its compiler is asked once for each statement, for the text, the order of the parameters and what the columns
are read as; on SQLite the driver's own cursor then does the rest, in the same connection and transaction. PostgreSQL,
where the way to the server costs more than that, and a SQLite connection that its own thread is busy with, are asked
through SQLAlchemy.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.sqlite_driver import DirectConnection

Values = Mapping[str, Any]

_SQLITE: Final[DefaultDialect] = sqlite_dialect()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a statement came to. `rows` have their columns' names; `rowcount` counts what was changed."""

    rows: Sequence[Any]
    rowcount: int

    def first(self) -> Any:
        """Return the first row, None if there is none."""
        return self.rows[0] if self.rows else None


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement as SQLite's driver takes it.

    `names` are its parameters in order, `fixed` those of them that the statement itself has a value for. `read` makes a
    row of what the driver returns.
    """

    text: str
    names: tuple[str, ...]
    fixed: Values
    read: Callable[[Any], Any] | None

    def in_order(self, values: Values) -> list[Any]:
        """Return the parameters as the text has them."""
        known = {**self.fixed, **values} if self.fixed else values
        return [known[name] for name in self.names]


class Statement:
    """A statement of SQLAlchemy's, or one for each dialect, whose parameters all have names.

    No parameter stands for a list, and none is of a type that the driver does not know itself.
    """

    def __init__(self, query: Any) -> None:
        self._queries: Mapping[str, Any] = query if isinstance(query, Mapping) else {}
        self._query = query
        self._ready: dict[tuple[str, ...], _Ready] = {}

    async def run(self, connection: AsyncConnection, values: Values) -> Answer:
        """Run it with these values."""
        plain = _plain(connection)
        if plain is None:
            return await self._through(connection, values)
        ready = self._for(values)
        cursor = plain.cursor()
        try:
            cursor.execute(ready.text, ready.in_order(values))
            rows = cursor.fetchall() if ready.read is not None else ()
            return Answer([ready.read(row) for row in rows] if ready.read is not None else (), cursor.rowcount)
        finally:
            cursor.close()

    async def run_all(self, connection: AsyncConnection, several: Sequence[Values]) -> None:
        """Run it once for each of these values, which all have the same names."""
        plain = _plain(connection)
        if plain is None:
            await self._through(connection, several)
            return
        ready = self._for(several[0])
        cursor = plain.cursor()
        try:
            cursor.executemany(ready.text, [ready.in_order(values) for values in several])
        finally:
            cursor.close()

    async def _through(self, connection: AsyncConnection, values: Values | Sequence[Values]) -> Answer:
        query = self._queries.get(connection.dialect.name, self._query)
        result = await connection.execute(query, values)
        return Answer(result.all() if result.returns_rows else (), result.rowcount)

    def _for(self, values: Values) -> _Ready:
        names = tuple(values)
        ready = self._ready.get(names)
        if ready is None:
            ready = self._ready[names] = _prepared(self._queries.get(_SQLITE.name, self._query), names)
        return ready


def _plain(connection: AsyncConnection) -> Any:
    """Return SQLite's own connection if it may be used here and now."""
    if connection.dialect.name != _SQLITE.name:
        return None
    driver: Any = connection.sync_connection
    direct: DirectConnection = driver.connection.driver_connection
    return direct.plain if direct.is_free else None


def _prepared(query: Any, given: tuple[str, ...]) -> _Ready:
    compiled: Any = query.compile(dialect=_SQLITE, column_keys=None if isinstance(query, Select) else list(given))
    if compiled.post_compile_params:
        raise ValueError("a parameter that stands for a list is put in anew each time")
    names = tuple(compiled.positiontup)
    binds = compiled.binds
    fixed = {name: binds[name].value for name in names if name not in given and not binds[name].required}
    columns = compiled._result_columns
    return _Ready(str(compiled), names, fixed, _reader(columns, _SQLITE) if columns else None)


def _reader(columns: Sequence[Any], dialect: Dialect) -> Callable[[Any], Any]:
    """Return what makes a named row of a driver's tuple, its values read as the columns' types."""
    make = namedtuple("Row", [column.keyname for column in columns], rename=True)  # type: ignore[misc]
    processors = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    if not any(processors):
        return make._make

    def read(row: Sequence[Any]) -> Any:
        return make._make(
            value if process is None else process(value) for value, process in zip(row, processors, strict=True)
        )

    return read
