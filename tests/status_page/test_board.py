"""The page as it is served and kept: cheap however many ask, and never older than the last commit by much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from bot import data, doorway
from bot.cli import main
from bot.config import load
from bot.domain import commands as c
from bot.domain.model import Actor, Incident, Status
from bot.domain.policy import Policy
from bot.domain.public_page import Posted
from bot.domain.publishing import PublicStatus
from bot.errors import Busy
from bot.status_board import Keeping, StatusBoard, check
from tests.conftest import House
from tests.fakes import FakeClock
from tests.status_page.facts import NOW, PAGE, going_on, over

ANA = Actor("UANA")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Shelf:
    """Incidents that customers were told of, and how often somebody looked."""

    incidents: dict[str, Incident] = field(default_factory=dict)
    looks: int = 0
    reads: int = 0
    read: list[str] = field(default_factory=list)
    away: bool = False
    bad: bool = False

    def put(self, incident: Incident) -> None:
        self.incidents[incident.id] = incident

    async def told(self, since: datetime) -> Mapping[str, Posted]:
        self.looks += 1
        if self.away:
            raise Busy("the database did not answer")
        if self.bad:
            raise RuntimeError("a row that nobody understands")
        return {
            key: Posted(len(one.posts), len(one.posts), one.posts[-1].at)
            for key, one in self.incidents.items()
            if one.is_open or one.posts[-1].at >= since
        }

    async def by_ids(self, incident_ids: Collection[str]) -> Mapping[str, Incident]:
        self.reads += 1
        self.read += incident_ids
        return {key: self.incidents[key] for key in incident_ids}


class Turned(FakeClock):
    """A clock whose monotonic time moves with its wall time."""

    def monotonic(self) -> float:
        return self.now().timestamp()


@pytest.fixture
def clock() -> FakeClock:
    return Turned(NOW)


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put(going_on())
    return shelf


def board(shelf: Shelf, clock: FakeClock) -> StatusBoard:
    return StatusBoard(shelf, PAGE, clock, title="Larkspur status")


@asynccontextmanager
async def served(made: StatusBoard) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        doorway.serving(made.routes(), "127.0.0.1", 0, drain=1) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        yield client


async def test_however_many_ask_the_database_is_asked_once_in_two_seconds(shelf: Shelf, clock: FakeClock) -> None:
    made = board(shelf, clock)
    await asyncio.gather(*(made.current() for _ in range(50)))
    assert (shelf.looks, shelf.reads) == (1, 1)
    clock.advance(seconds=3)
    await made.current()
    assert (shelf.looks, shelf.reads) == (2, 1), "where nothing moved nothing is read"
    shelf.put(replace(going_on(), seq=99))
    clock.advance(seconds=3)
    await made.current()
    assert shelf.reads == 1, "what customers do not read moves nothing"
    shelf.put(over())
    clock.advance(seconds=3)
    await made.current()
    assert shelf.read == [going_on().id, over().id], "what stayed as it was is not read again"


async def test_what_was_over_long_ago_is_let_go_and_what_goes_on_stays(shelf: Shelf, clock: FakeClock) -> None:
    shelf.put(replace(over(), status=Status.CLOSED))
    made = board(shelf, clock)
    await made.current()
    clock.advance(seconds=200 * 86_400)
    assert b"We have found the cause" in (await made.current()).html
    assert shelf.reads == 1


async def test_a_first_look_reads_nothing_that_was_over_before_the_counted_days(shelf: Shelf, clock: FakeClock) -> None:
    shelf.put(replace(over(), status=Status.CLOSED))
    clock.advance(seconds=200 * 86_400)
    files = await board(shelf, clock).current()
    assert shelf.read == [going_on().id]
    assert b"We have found the cause" in files.html


async def test_with_the_database_away_the_page_stays_as_it_was(shelf: Shelf, clock: FakeClock) -> None:
    made = board(shelf, clock)
    before = await made.current()
    shelf.away = True
    clock.advance(seconds=3)
    assert await made.current() == before


async def test_a_page_that_was_never_read_says_so(shelf: Shelf, clock: FakeClock) -> None:
    shelf.away = True
    async with served(board(shelf, clock)) as http:
        assert (await http.get("/status")).status_code == 503


async def test_a_cold_start_with_the_database_away_asks_it_once_in_two_seconds(shelf: Shelf, clock: FakeClock) -> None:
    shelf.away = True
    made = board(shelf, clock)
    answers = await asyncio.gather(*(made.current() for _ in range(50)), return_exceptions=True)
    assert {type(one) for one in answers} == {Busy}
    assert shelf.looks == 1
    shelf.away = False
    clock.advance(seconds=3)
    assert await made.current()


async def test_it_is_served_with_what_browsers_and_caches_need(shelf: Shelf, clock: FakeClock) -> None:
    async with served(board(shelf, clock)) as http:
        answer = await http.get("/status")
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "public, max-age=15"
        assert "We have found the cause" in answer.text
        assert 'href="status/feed.atom"' in answer.text
        again = await http.get("/status", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        shelf.put(over())
        clock.advance(seconds=3)
        changed = await http.get("/status", headers={"If-None-Match": answer.headers["ETag"]})
        assert "Search is as fast as before." in changed.text


async def test_the_feed_stands_where_the_page_says(shelf: Shelf, clock: FakeClock) -> None:
    async with served(board(shelf, clock)) as http:
        answer = await http.get("/status/feed.atom")
        assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert "Identified: Shop checkout: outage" in answer.text


async def test_the_folder_follows_each_commit_and_is_replaced_whole(
    shelf: Shelf, clock: FakeClock, tmp_path: Path
) -> None:
    folder, woken = tmp_path / "site", asyncio.Event()
    keeping = asyncio.create_task(Keeping(board(shelf, clock), folder, woken, clock).run())
    try:
        await _until((folder / "feed.atom").is_file)
        shelf.put(over())
        woken.set()
        await _until(lambda: "Search is as fast" in (folder / "index.html").read_text(encoding="utf-8"))
        assert sorted(path.name for path in folder.iterdir()) == ["feed.atom", "index.html"]
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})


async def test_a_folder_that_cannot_be_written_is_tried_again_and_stops_nothing(
    shelf: Shelf, clock: FakeClock, tmp_path: Path
) -> None:
    folder, woken = tmp_path / "site", asyncio.Event()
    folder.write_text("a file stands in the way", encoding="utf-8")
    assert not check(folder).ok
    keeping = asyncio.create_task(Keeping(board(shelf, clock), folder, woken, clock).run())
    try:
        await _until(lambda: shelf.looks == 1)
        folder.unlink()
        woken.set()
        await _until((folder / "index.html").is_file)
        assert check(folder).ok
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})


async def test_an_unexpected_error_does_not_end_the_folders_loop(
    shelf: Shelf, clock: FakeClock, tmp_path: Path
) -> None:
    woken = asyncio.Event()
    shelf.bad = True
    loop = Keeping(board(shelf, clock), tmp_path / "site", woken, clock)
    keeping = asyncio.create_task(loop.run())
    try:
        await _until(lambda: shelf.looks == 1)
        shelf.bad = False
        clock.advance(seconds=7)
        assert loop.silent_for == 7
        woken.set()
        await _until((tmp_path / "site" / "index.html").is_file)
        await _until(lambda: loop.silent_for == 0)
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})


async def _until(found: Callable[[], bool]) -> None:
    deadline = asyncio.get_running_loop().time() + 10
    while not found():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.01)


@pytest.fixture
def policy(policy: Policy) -> Policy:
    """The rules of a house that has a page of its own."""
    return replace(policy, status_page=PAGE)


async def test_only_incidents_that_customers_were_told_of_are_found(house: House) -> None:
    service = house.service
    words = c.PublishPost("Slow", "It is slow.", PublicStatus.INVESTIGATING)
    first = (await service.execute(c.Declare("a", severity="sev1"), ANA, "r1")).incident
    await service.execute(c.Declare("b", severity="sev1"), ANA, "r2")
    assert await house.queries.told(LONG_AGO) == {}
    after = (await service.execute(words, ANA, "r3", incident_id=first.id)).incident
    assert await house.queries.told(LONG_AGO) == {first.id: Posted(1, 1, after.posts[0].at)}


async def test_what_is_over_is_found_for_as_long_as_its_last_words_count(house: House) -> None:
    service = house.service
    words = c.PublishPost("Slow", "It is slow.", PublicStatus.INVESTIGATING)
    first = (await service.execute(c.Declare("a", severity="sev3"), ANA, "r1")).incident
    said = (await service.execute(words, ANA, "r2", incident_id=first.id)).incident.posts[0].at
    later = said + timedelta(microseconds=1)
    assert set(await house.queries.told(later)) == {first.id}, "it is open"
    await service.execute(c.Cancel("no alarm"), ANA, "r3", incident_id=first.id)
    assert set(await house.queries.told(said)) == {first.id}
    assert await house.queries.told(later) == {}


async def test_an_index_finds_what_was_said_lately_among_all_that_ever_was(house: House) -> None:
    look = "SELECT incident FROM events WHERE workspace = 'w' AND type = 'PostConfirmed' AND at >= 5"
    on_postgres = house.ledger.engine.dialect.name == "postgresql"
    async with house.ledger.writing(seconds=30) as connection:
        if on_postgres:
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await connection.execute(text(f"EXPLAIN {'' if on_postgres else 'QUERY PLAN '}{look}"))
        assert "ix_events_told_at" in " ".join(str(row) for row in plan)


async def test_the_command_line_writes_the_page_once(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    variables = {"DATABASE_URL": f"sqlite:///{tmp_path / 'firebell.db'}"}
    files = await data.status_page(load(variables), clock)
    assert b"Everything works" in files.html
    monkeypatch.setenv("DATABASE_URL", variables["DATABASE_URL"])
    status = await asyncio.to_thread(main, ["status-page", "--out", str(tmp_path / "out")])
    assert status == 0
    assert "index.html" in capsys.readouterr().out
    assert (tmp_path / "out" / "feed.atom").is_file()
