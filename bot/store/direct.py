"""Statements of the path on which people wait, put together once and handed straight to the driver.

SQLAlchemy's compiler is asked once for each of them and each database, for the text, the order of the parameters and
what the columns are read as; `bot.store.drivers` does the rest, in the same connection and transaction.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.drivers import driver_of

Values = Mapping[str, Any]


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
    """A statement as a driver takes it.

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
        driver = driver_of(connection)
        ready = self._for(driver.dialect, values)
        read = ready.read
        rows, count = await driver.run(ready.text, ready.in_order(values), returns=read is not None)
        return Answer((), count) if read is None else Answer([read(row) for row in rows], count)

    async def run_all(self, connection: AsyncConnection, several: Sequence[Values]) -> None:
        """Run it once for each of these values, which all have the same names."""
        driver = driver_of(connection)
        ready = self._for(driver.dialect, several[0])
        await driver.run_all(ready.text, [ready.in_order(values) for values in several])

    def _for(self, dialect: Dialect, values: Values) -> _Ready:
        key = (dialect.name, *values)
        ready = self._ready.get(key)
        if ready is None:
            query = self._queries.get(dialect.name, self._query)
            ready = self._ready[key] = _prepared(query, dialect, list(values))
        return ready


def _prepared(query: Any, dialect: Dialect, given: list[str]) -> _Ready:
    compiled: Any = query.compile(dialect=dialect, column_keys=None if isinstance(query, Select) else given)
    if compiled.post_compile_params:
        raise ValueError("a parameter that stands for a list is put in anew each time")
    names = tuple(compiled.positiontup)
    binds = compiled.binds
    fixed = {name: binds[name].value for name in names if name not in given and not binds[name].required}
    columns = compiled._result_columns
    return _Ready(str(compiled), names, fixed, _reader(columns, dialect) if columns else None)


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
