"""An archive is one moment of the database, and fills an empty one of either kind with exactly that."""

from __future__ import annotations

import hashlib
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from bot import data
from bot.config import Settings, load
from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import evolve
from bot.domain.model import Actor
from bot.domain.notices import NoCommander
from bot.errors import ConfigError
from bot.opening import open_store
from bot.rows import Claimed
from bot.store.archive import ArchiveError
from bot.store.backup import back_up
from bot.store.engine import WRITES, database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.redaction import Redactor, bare
from bot.store.tables import METADATA, effects, events
from migrations import runner
from tests.conftest import House, _command, named, run
from tests.fakes import FakeClock

pytestmark = pytest.mark.slow

ANA = Actor("UANA")
Edit = Callable[[dict[str, bytes]], Mapping[str, bytes]]


def quiet(what: str, done: int, total: int) -> None:
    assert 0 < done <= total, what


@pytest.fixture
async def full(house: House) -> House:
    """A house with two incidents, one redacted text, blobs, and one effect in flight."""
    for number in (1, 2):
        accepted = await house.service.execute(
            c.Declare(f"Checkout fails {number} ✓", severity="sev1"), ANA, f"d{number}"
        )
        note = c.AddNote("A secret")
        await house.service.execute(note, ANA, f"n{number}", incident_id=accepted.incident.id)
    await Redactor(house.ledger, evolve.fold, house.clock.now).apply("inc1", bare, by="UANA", reason="x")
    async with house.ledger.transaction(seconds=30) as unit:
        await unit.store_blob(bytes(range(256)), "image/png", house.clock.now())
        await unit.store_blob(b"text", "text/plain", house.clock.now())
        assert await unit.effects.claim({"chat": 30.0}, "token") is not None
        await unit.commit()
    return house


@pytest.fixture
async def archive(full: House, tmp_path: Path) -> Path:
    path = tmp_path / "backup.zip"
    await back_up(full.ledger, path, revision=runner.head(), now=full.clock.now(), progress=quiet)
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings that lead to an empty database of either kind, whatever the source is."""
    if request.param == "sqlite":
        yield load({"DATABASE_URL": f"sqlite:///{tmp_path / 'restored.db'}", "FIREBELL_WORKSPACE": "T1"})
        return
    server, name = request.getfixturevalue("postgres"), f"r{uuid.uuid4().hex}"
    run(_command(server, f"CREATE DATABASE {name}"))
    yield load({"DATABASE_URL": named(server, name), "FIREBELL_WORKSPACE": "T1"})
    run(_command(server, f"DROP DATABASE {name} WITH (FORCE)"))


async def restored(settings: Settings, path: Path, clock: FakeClock, seal: str | None = None) -> list[data.Finding]:
    return [one async for one in data.restore(settings, clock, path, seal=seal, progress=quiet)]


async def content(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    engine = make_engine(database_url(url))
    found = {}
    async with engine.connect() as connection:
        for name, table in METADATA.tables.items():
            query = select(table).order_by(*table.primary_key)
            found[name] = [row._asdict() for row in (await connection.execute(query)).all()]
    await engine.dispose()
    return found


async def test_everything_arrives_and_every_log_verifies(
    archive: Path, url: str, target: Settings, clock: FakeClock
) -> None:
    findings = await restored(target, archive, clock)

    assert [(one.log, one.problems) for one in findings] == [("INC-1", ()), ("INC-2", ()), ("workspace", ())]
    before, after = await content(url), await content(target.environment.database_url)
    assert [one["type"] for one in after["workspace_events"]] == ["TextRedacted", "DatabaseRestored"]
    assert after["workspace_events"][:1] == before["workspace_events"]
    for name in set(before) - {"workspace_events", "effects", "buckets"}:
        assert after[name] == before[name], name
    assert len(after["blobs"]) == 2


async def test_what_was_open_is_doubted_and_nothing_is_leased(
    archive: Path, url: str, target: Settings, clock: FakeClock
) -> None:
    assert [row["status"] for row in (await content(url))["effects"]].count("sending") == 1
    await restored(target, archive, clock)
    rows = (await content(target.environment.database_url))["effects"]
    assert {row["status"] for row in rows} == {"pending", "waiting"}
    assert {(row["outcome_unknown"], row["lease_token"]) for row in rows} == {(True, None)}
    assert all(row["first_attempt_at"] is not None for row in rows)


async def test_a_restored_database_goes_on_where_it_was(
    archive: Path, target: Settings, clock: FakeClock, make_house: Callable[..., House]
) -> None:
    await restored(target, archive, clock)

    async with open_store(target, clock) as ledger:
        house = make_house(ledger)
        repeated = await house.service.execute(c.AddNote("A secret"), ANA, "n2", incident_id="inc2")
        assert repeated.repeat, "a repeated request is answered from the inbox"
        third = await house.service.execute(c.Declare("Third"), ANA, "d3")
        assert third.incident.number == 3


async def test_an_archive_of_an_older_schema_is_restored_and_migrated(
    empty_url: str, tmp_path: Path, clock: FakeClock
) -> None:
    engine = make_engine(database_url(empty_url))
    await runner.upgrade(engine, "0001")
    await engine.dispose()
    source = load({"DATABASE_URL": empty_url})
    await data.back_up(source, clock, tmp_path / "old.zip", quiet)
    target = load({"DATABASE_URL": f"sqlite:///{tmp_path / 'restored.db'}"})

    await restored(target, tmp_path / "old.zip", clock)

    engine = make_engine(database_url(target.environment.database_url))
    assert await runner.current(engine) == runner.head()
    await engine.dispose()


async def test_the_archive_is_its_owners_alone_and_never_written_over(full: House, archive: Path) -> None:
    assert archive.stat().st_mode & 0o777 == 0o600
    before = archive.read_bytes()
    with pytest.raises(ArchiveError, match="exists already"):
        await back_up(full.ledger, archive, revision=runner.head(), now=full.clock.now(), progress=quiet)
    assert archive.read_bytes() == before
    assert [path.name for path in archive.parent.iterdir() if "partial" in path.name] == []


async def test_a_backup_is_one_moment_although_people_go_on(full: House, tmp_path: Path, clock: FakeClock) -> None:
    """Somebody writes while the tables are read: the archive has nothing of it, in no table."""
    written: list[str] = []

    def meanwhile(what: str, done: int, total: int) -> None:
        if not written:
            written.append(what)
            run(write_beside(full))

    path = tmp_path / "moment.zip"
    made = await back_up(full.ledger, path, revision=runner.head(), now=clock.now(), progress=meanwhile)

    assert (written, made.incidents) == (["blobs"], 2)
    target = load({"DATABASE_URL": f"sqlite:///{tmp_path / 'restored.db'}", "FIREBELL_WORKSPACE": "T1"})
    assert [one.problems for one in await restored(target, path, clock)] == [(), (), ()]
    assert "written meanwhile" not in str((await content(target.environment.database_url))["events"])


async def write_beside(house: House) -> None:
    """Write as the bot would, over a connection of its own loop."""

    engine = make_engine(house.ledger.engine.url)
    async with SqlLedger(engine, "T1", house.clock).transaction(seconds=30) as unit:
        before = await unit.incident("inc1")
        await house.service.carry_out(unit, before, c.AddNote("written meanwhile"), ANA, "meanwhile")
        await unit.commit()
    await engine.dispose()


def tampered(archive: Path, edit: Edit) -> Path:
    """Return a copy with other members."""
    with zipfile.ZipFile(archive) as old:
        members = {name: old.read(name) for name in old.namelist()}
    path = archive.with_name("tampered.zip")
    with zipfile.ZipFile(path, "w") as new:
        for name, content in edit(members).items():
            new.writestr(name, content)
    return path


def another_severity(members: dict[str, bytes]) -> Mapping[str, bytes]:
    return members | {"tables/events.jsonl": members["tables/events.jsonl"].replace(b"sev1", b"sev4")}


def another_severity_with_fitting_sums(members: dict[str, bytes]) -> Mapping[str, bytes]:
    """As somebody would who knows the format: only the chain tells."""

    changed = dict(another_severity(members))
    manifest = json.loads(changed["manifest.json"])
    manifest["tables"]["events"]["sha256"] = hashlib.sha256(changed["tables/events.jsonl"]).hexdigest()
    return changed | {"manifest.json": json.dumps(manifest).encode()}


def without_a_blob(members: dict[str, bytes]) -> Mapping[str, bytes]:
    gone = next(name for name in members if name.startswith("blobs/"))
    return {name: content for name, content in members.items() if name != gone}


TAMPERED: dict[str, Edit] = {
    "a row": another_severity,
    "a row, and its sum": another_severity_with_fitting_sums,
    "a blob's bytes": lambda all_: {name: b"x" if name.startswith("blobs/") else one for name, one in all_.items()},
    "a blob is missing": without_a_blob,
    "a stranger": lambda members: members | {"tables/../../etc/passwd": b"root"},
    "no manifest": lambda members: {name: one for name, one in members.items() if name != "manifest.json"},
    "no sense": lambda members: members | {"manifest.json": b'{"format":1}'},
    "a format to come": lambda members: members | {"manifest.json": b'{"format":2}'},
}


@pytest.mark.parametrize("what", TAMPERED)
async def test_a_changed_archive_is_refused_before_anything_is_written(
    archive: Path, tmp_path: Path, clock: FakeClock, what: str
) -> None:
    target = load({"DATABASE_URL": f"sqlite:///{tmp_path / 'restored.db'}"})
    with pytest.raises(ArchiveError):
        await restored(target, tampered(archive, TAMPERED[what]), clock)
    assert not (tmp_path / "restored.db").exists()


@pytest.mark.parametrize("cut", [10, 1000])
async def test_a_damaged_archive_is_refused(archive: Path, tmp_path: Path, clock: FakeClock, cut: int) -> None:
    archive.write_bytes(archive.read_bytes()[:-cut])
    target = load({"DATABASE_URL": f"sqlite:///{tmp_path / 'restored.db'}"})
    with pytest.raises(ArchiveError, match="damaged"):
        await restored(target, archive, clock)


async def test_another_archive_than_the_sealed_one_is_refused(
    archive: Path, target: Settings, clock: FakeClock
) -> None:
    with pytest.raises(ArchiveError, match="seal"):
        await restored(target, archive, clock, seal="0" * 64)


async def test_a_database_with_data_is_left_alone(
    archive: Path, full: House, url: str, clock: FakeClock, tmp_path: Path
) -> None:
    before = await content(url)
    with pytest.raises(ArchiveError, match="holds data already"):
        await restored(load({"DATABASE_URL": url, "FIREBELL_WORKSPACE": "T1"}), archive, clock)
    assert await content(url) == before


async def test_an_empty_database_of_another_revision_is_refused(
    archive: Path, target: Settings, clock: FakeClock
) -> None:
    engine = make_engine(database_url(target.environment.database_url))
    await runner.upgrade(engine, "0001")
    await engine.dispose()
    with pytest.raises(ArchiveError, match="revision 0001"):
        await restored(target, archive, clock)


async def test_a_migrated_and_empty_database_will_do(archive: Path, target: Settings, clock: FakeClock) -> None:
    await data.migrate(target, clock)
    assert [one.problems for one in await restored(target, archive, clock)] == [(), (), ()]


async def test_there_must_be_something_to_back_up(empty_url: str, tmp_path: Path, clock: FakeClock) -> None:
    with pytest.raises(ConfigError, match="nothing to back up"):
        await data.back_up(load({"DATABASE_URL": empty_url}), clock, tmp_path / "a.zip", quiet)
    assert not (tmp_path / "a.zip").exists()
    with pytest.raises(ConfigError):
        await data.back_up(
            load({"DATABASE_URL": f"sqlite:///{tmp_path / 'gone' / 'x.db'}"}), clock, tmp_path / "a.zip", quiet
        )


async def test_what_was_broken_before_the_backup_is_refused_with_its_place(
    full: House, tmp_path: Path, clock: FakeClock
) -> None:

    guard = "DROP TRIGGER events_no_update" if full.ledger.alone else "ALTER TABLE events DISABLE TRIGGER ALL"
    async with full.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        await connection.execute(text(guard))
        await connection.execute(update(events).where(events.c.incident == "inc2").values(actor_id="UEVE"))
        await connection.commit()
    path = tmp_path / "broken.zip"
    await back_up(full.ledger, path, revision=runner.head(), now=clock.now(), progress=quiet)
    target = load({"DATABASE_URL": f"sqlite:///{tmp_path / 'restored.db'}"})
    with pytest.raises(ArchiveError, match="inc2 does not verify: event 1"):
        await restored(target, path, clock)


async def test_doubt_about_an_audience_is_doubt_about_each_message(house: House) -> None:
    """Restored, a `TellAudience` is expanded again: its messages may have been sent already."""

    accepted = await house.service.execute(c.Declare("Checkout fails", severity="sev1"), ANA, "d1")
    async with house.ledger.engine.connect() as plain:
        connection = await plain.execution_options(**WRITES)
        one = (await connection.execute(select(effects).limit(1))).one()
        await connection.execute(
            update(effects).where(effects.c.id == one.id).values(first_attempt_at=one.created_at, outcome_unknown=True)
        )
        await connection.commit()
    tell = f.TellAudience("declarer", NoCommander(5))
    since = datetime(2026, 1, 1, tzinfo=UTC)
    claimed = Claimed(
        key=one.id,
        incident_id=accepted.incident.id,
        effect=tell,
        token="t",
        attempt=2,
        first_attempt_at=since,
        unknown=True,
    )
    async with house.ledger.transaction(seconds=30) as unit:
        await unit.effects.expand(claimed, {"UANA": f.DirectMessage("UANA", NoCommander(5))})
        await unit.commit()
    async with house.ledger.reading() as connection:
        child = (await connection.execute(select(effects).where(effects.c.id == f"{one.id}:UANA"))).one()
    assert (child.outcome_unknown, child.first_attempt_at) == (True, one.created_at)
