"""`migrate`, `verify`, `export` and `redact`, beside a Firebell that is running on the same file."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import data
from bot.config import Settings, load
from bot.domain import commands as c
from bot.domain.model import Actor
from bot.errors import ConfigError, NotFound
from bot.opening import CORE, open_store
from bot.service import Service
from bot.store.engine import database_url, make_engine
from migrations import runner
from tests.fakes import FakeClock, numbered

ANA = Actor("UANA")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"DATABASE_URL": f"sqlite:///{tmp_path / 'firebell.db'}"})


@pytest.fixture
async def running(settings: Settings, clock: FakeClock) -> AsyncIterator[Service]:
    """A Firebell's own hold on the file, with one incident of three notes."""
    ids = numbered("inc")
    async with open_store(settings, clock) as ledger:
        service = Service(
            ledger,
            CORE,
            clock=clock,
            policy=settings.policy,
            new_id=lambda: next(ids),
            workspace=ledger.workspace,
        )
        declared = await service.execute(c.Declare("Checkout fails"), ANA, "r1")
        for n in range(3):
            await service.execute(c.AddNote(f"note {n}"), ANA, f"n{n}", incident_id=declared.incident.id)
        yield service


async def exported(settings: Settings, clock: FakeClock) -> list[dict[str, object]]:
    return [json.loads(line) async for line in data.export(settings, clock, 1)]


async def test_a_log_is_exported_and_verified_while_firebell_runs(
    settings: Settings, clock: FakeClock, running: Service
) -> None:
    lines = await exported(settings, clock)
    last = lines[-1]
    kept = f"{last['incident']}:{last['seq']}:{last['hash']}"

    verdicts = [verdict async for verdict in data.verify(settings, clock, kept_head=kept)]

    assert [(verdict.log, verdict.problems) for verdict in verdicts] == [("INC-1", ()), ("workspace", ())]
    other = [one async for one in data.verify(settings, clock, kept_head=f"{last['incident']}:{last['seq']}:0")]
    assert other[0].problems != ()


async def test_a_text_is_taken_out_while_firebell_runs(settings: Settings, clock: FakeClock, running: Service) -> None:
    seq = next(line["seq"] for line in await exported(settings, clock) if "note 1" in str(line["data"]))
    assert isinstance(seq, int)

    wanted = data.Wanted(incident=1, event=seq)
    taken = [one async for one in data.redact(settings, clock, wanted, by="UANA", reason="a card number", dry=False)]
    assert taken == [data.Taken("INC-1", (seq,), named=False)]

    lines = await exported(settings, clock)
    assert "note 1" not in str(lines)
    assert [finding.problems async for finding in data.verify(settings, clock, kept_head=None)] == [(), ()]
    await running.execute(c.AddNote("on we go"), ANA, "r9", incident_id="inc1")


async def test_a_backup_is_taken_while_firebell_runs_and_a_restore_is_not_let_in(
    settings: Settings, clock: FakeClock, running: Service, tmp_path: Path
) -> None:
    def quiet(_what: str, _done: int, _total: int) -> None: ...

    made = await data.back_up(settings, clock, tmp_path / "a.zip", quiet)
    assert made.incidents == 1
    with pytest.raises(ConfigError, match="in use"):
        await anext(data.restore(settings, clock, tmp_path / "a.zip", seal=made.seal, progress=quiet))


async def test_an_incident_that_is_not_there_is_named(settings: Settings, clock: FakeClock, running: Service) -> None:
    with pytest.raises(NotFound, match="#7"):
        await anext(data.export(settings, clock, 7))
    with pytest.raises(NotFound, match="Nothing changed"):
        await anext(data.redact(settings, clock, data.Wanted(incident=7), by="UANA", reason="x", dry=False))


async def test_a_running_firebell_is_not_migrated_under_its_feet(
    settings: Settings, clock: FakeClock, running: Service
) -> None:
    with pytest.raises(ConfigError, match="in use"):
        await data.migrate(settings, clock)


async def test_migrating_makes_a_database_of_this_release(settings: Settings, clock: FakeClock) -> None:
    assert await data.migrate(settings, clock) == runner.head()
    assert await data.migrate(settings, clock) == runner.head()
    engine = make_engine(database_url(settings.environment.database_url))
    assert await runner.current(engine) == runner.head()
    await engine.dispose()


async def test_a_database_that_cannot_be_opened_is_a_clear_error(clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "firebell.db").write_text("this is a letter, not a database, and long enough to be told apart from one")
    settings = load({"DATABASE_URL": f"sqlite:///{tmp_path / 'firebell.db'}"})
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        await data.migrate(settings, clock)
