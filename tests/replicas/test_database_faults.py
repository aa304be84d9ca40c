"""The database goes away or fills up under running bots: people are told so, nothing is half done, and all goes on."""

from __future__ import annotations

import asyncio
import resource
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.crash.nursery import Nursery
from tests.replicas import play
from tests.replicas.entry import PAGES
from tests.replicas.server import server
from tests.replicas.story import logged
from tests.replicas.town import SAM, Replica, Site, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("replicas")]


@pytest.mark.postgres
async def test_connections_drop_and_the_server_restarts_and_nothing_is_lost_or_doubled(
    nursery: Nursery, tmp_path: Path
) -> None:
    async with server() as postgres, play.cast(Site(nursery, tmp_path, postgres.url), 2) as cast:
        found = await play.take_the_database_away(cast, postgres, incidents=1)

        found.check()
        assert unforeseen(cast) == []


def unforeseen(cast: play.Cast) -> list[str]:
    """Errors in the replicas' logs: whatever befalls the database is foreseen, and told in one line of warning."""
    lines = (line for one in cast.replicas for line in one.log.read_text().splitlines())
    return [line for line in lines if "[error" in line]


Act = Callable[[Replica], Awaitable[None]]


@dataclass(frozen=True)
class Disk:
    """A database whose disk can be filled under a bot and freed again; `faults` go to the bot."""

    url: str
    fill: Act
    free: Act
    faults: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def pages_run_out(folder: Path) -> AsyncIterator[Disk]:
    """SQLite held to the pages that it has: statements fail."""
    pages = folder / "pages"

    def hold(number: int) -> Act:
        async def act(_: Replica) -> None:
            pages.write_text(str(number))

        return act

    pages.write_text(str(2**32 - 2))
    yield Disk(f"sqlite:///{folder / 'firebell.db'}", hold(1), hold(2**32 - 2), {PAGES: str(pages)})


@asynccontextmanager
async def files_stop_growing(folder: Path) -> AsyncIterator[Disk]:
    """SQLite's process held to the sizes that the database's files have: COMMIT fails, where the log is written."""
    database = folder / "firebell.db"

    async def fill(bot: Replica) -> None:
        largest = max(one.stat().st_size for one in folder.glob("firebell.db*"))
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    async def free(bot: Replica) -> None:
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    yield Disk(f"sqlite:///{database}", fill, free)


@asynccontextmanager
async def postgres_fills_up(_: Path) -> AsyncIterator[Disk]:
    """PostgreSQL held to the sizes that its files have."""
    if shutil.which("prlimit") is None:
        pytest.skip("needs prlimit, which Linux distributions ship in util-linux")
    async with server() as postgres:
        yield Disk(postgres.url, lambda _: postgres.fill_the_disk(), lambda _: postgres.free_the_disk())


@pytest.mark.parametrize(
    "trouble",
    [pages_run_out, files_stop_growing, pytest.param(postgres_fills_up, marks=pytest.mark.postgres)],
)
async def test_on_a_full_disk_people_get_their_line_back_and_later_everything_goes_on(
    trouble: Callable[[Path], AbstractAsyncContextManager[Disk]], nursery: Nursery, tmp_path: Path
) -> None:
    async with trouble(tmp_path) as disk, play.cast(Site(nursery, tmp_path, disk.url), 1) as cast:
        (bot,), crowd = cast.replicas, cast.crowd
        await bot.start(**disk.faults)
        number = await crowd.declare("Trouble in place1x")
        await crowd.settled()
        room = await crowd.town.room(number)
        assert room is not None

        await disk.fill(bot)
        line, answer = await until_refused(crowd, room)
        crowd.town.skip(minutes=26)  # a reminder falls due meanwhile
        await asyncio.sleep(2)
        assert not await crowd.book.rows(logged(line))
        await disk.free(bot)

        assert answer.startswith("Nothing changed.")
        assert line in answer
        assert bot.running
        await crowd.tell(SAM, room, f"/incident note {line}", logged(line))
        await until(lambda: crowd.book.rows("SELECT 1 FROM events WHERE type = 'ReminderSent'"), "no reminder")
        await crowd.settled()
        (await cast.reckon()).check()
        noted = f"SELECT 1 FROM events WHERE type = 'NoteAdded' AND data LIKE '%{line}%'"
        assert len(await crowd.book.rows(noted)) == 1
        assert unforeseen(cast) == []


async def until_refused(crowd: play.Crowd, room: str) -> tuple[str, str]:
    """Write notes until one is refused; returns it and the answer."""
    for n in range(300):
        line = f"What we saw at {n:03}"
        answered = await crowd.town.types(SAM, room, f"/incident note {line}")
        if answered and not await crowd.book.rows(logged(line)):
            return line, (await crowd.town.whispers(SAM))[-1]
    raise AssertionError("the disk did not fill")
