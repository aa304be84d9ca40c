"""A machine whose wall clock steps: the bot's own is moved by its offset file, and this moves the database's with it.

On SQLite the database's clock is the machine's, so that a step moves both. On PostgreSQL it is another machine's, and
stays. `python -m tests.chaos.skew bot run` is `tests.crash.entry` with that added.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from tests.crash import entry

UNIX_EPOCH: Final = 2440587.5
"""As a Julian day."""

DAY: Final = 86_400.0


def move_sqlite(clock: Path) -> None:
    """Have each SQLite connection that is opened from here on read its time with the offset in the file."""

    def julian_day(_: str) -> float:
        return (time.time() + float(clock.read_text(encoding="ascii"))) / DAY + UNIX_EPOCH

    def opened(connection: Any, _: object) -> None:
        driver = connection.driver_connection
        if hasattr(driver, "_conn"):
            driver._conn.create_function("julianday", 1, julian_day)

    event.listen(Engine, "connect", opened)


if __name__ == "__main__":
    move_sqlite(Path(os.environ["FIREBELL_CLOCK_OFFSET_FILE"]))
    entry.main(sys.argv[1:])
