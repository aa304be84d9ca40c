"""The clock of a SQLite file: it runs evenly, whatever happens to the machine's.

One process owns the file, so that leases and waits need not be told by a clock that is set: they run on the machine's
monotonic time, counted from the wall time at which the file was opened. PostgreSQL keeps the time of its own machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from bot.clock import STEADY

SECOND: Final = 1_000_000

MOST_AHEAD: Final = 300 * SECOND
"""How far the file's clock follows what the file holds ahead of the wall: no longer than anything is ever put off."""

WALL_NOW: Final = "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"
"""The machine's clock as SQLite reads it, in microseconds since 1970."""

STEADY_NOW: Final = "firebell_now"

_RECENT: Final = """
SELECT max(max(created_at, coalesce(settled_at, 0)))
FROM (SELECT created_at, settled_at FROM effects ORDER BY rowid DESC LIMIT 200)
"""


class SteadyClock:
    """Begins with the first connection that is opened. `steady` is in seconds."""

    def __init__(self, steady: Callable[[], float] = lambda: time.clock_gettime(STEADY)) -> None:
        self._steady = steady
        self._began: int | None = None

    def teach(self, connection: Any) -> None:
        """Give a connection of Python's `sqlite3`, or one that looks like it, the function `STEADY_NOW`."""
        if self._began is None:
            self._began = _latest(connection) - self._passed()
        # "Deterministic" is what SQLite calls its own clock too: asked once for each statement, not for each row.
        connection.create_function(STEADY_NOW, 0, self.micros, deterministic=True)

    def micros(self) -> int:
        """Return the file's time in microseconds since 1970."""
        return (self._began or 0) + self._passed()

    def _passed(self) -> int:
        return round(self._steady() * SECOND)


def _latest(connection: Any) -> int:
    """Return the wall time, or the newest time in the file if the wall was set back a little since it was written.

    Otherwise what the last process put off for a second would wait for as long as the wall was set back.
    """
    wall: int = connection.execute(f"SELECT {WALL_NOW}").fetchone()[0]
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'effects'").fetchone():
        return wall
    newest: int = connection.execute(_RECENT).fetchone()[0] or 0
    return newest if wall < newest <= wall + MOST_AHEAD else wall
