"""What firebell.yaml says about retention becomes a daily job that does it."""

from __future__ import annotations

import json
from pathlib import Path

from bot import app, data
from bot.config import Settings, load
from bot.domain import commands as c
from bot.domain.model import Actor
from bot.domain.personal import REDACTED
from bot.opening import CORE, open_store
from bot.service import Service
from tests.fakes import FakeClock

ANA = Actor("UANA")


def settings(folder: Path, retention: str) -> Settings:
    path = folder / "firebell.yaml"
    path.write_text(f"retention:\n  {retention}\n" if retention else "command: /incident\n")
    return load({"DATABASE_URL": f"sqlite:///{folder / 'firebell.db'}", "FIREBELL_CONFIG": str(path)})


async def test_text_is_taken_out_by_the_day(tmp_path: Path, clock: FakeClock) -> None:
    chosen = settings(tmp_path, "text: 365d")
    async with open_store(chosen, clock) as ledger:
        service = Service(
            ledger, CORE, clock=clock, policy=chosen.policy, new_id=lambda: "inc1", workspace=ledger.workspace
        )
        await service.execute(c.Declare("Checkout fails"), ANA, "r1")
        await service.execute(c.Cancel("a mistake"), ANA, "r2", incident_id="inc1")
        (job,) = app.daily_jobs(chosen, clock, ledger)
        for days, gone in ((364, False), (2, True)):
            clock.advance(days=days)
            await job.run()
            first = json.loads(await anext(data.export(chosen, clock, 1)))
            assert (json.loads(first["data"])["title"] == REDACTED) == gone
    assert job.at_start, "machines that sleep at that hour do it when they wake"


async def test_nothing_is_asked_for_and_nothing_is_done(tmp_path: Path, clock: FakeClock) -> None:
    chosen = settings(tmp_path, "")
    async with open_store(chosen, clock) as ledger:
        assert app.daily_jobs(chosen, clock, ledger) == ()
