"""Many generated inputs, in rounds: each round has a fresh house, and is looked over when its inputs are through.

A campaign gathers what goes wrong rather than stopping at the first. Every round is known by its seed.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bot.store.engine import database_url, make_engine
from migrations import runner as migrations
from tests.config.test_any_text import documents, scribbles, settle
from tests.fuzz.house import Findings, House, house
from tests.fuzz.inspection import inspect
from tests.fuzz.kept import flaws_of_keeping
from tests.fuzz.payloads import Knock, knocks
from tests.fuzz.texts import texts

ROUND: Final = 500
SETTINGS_SHARE: Final = 10
"""Every tenth input is a settings file."""

BUGS: Final = (AssertionError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a settings file might bring about beside our own complaint."""


@dataclass
class Report:
    """What a campaign did and found."""

    inputs: int = 0
    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    findings: Findings = field(default_factory=Findings)


def campaign(count: int, first_seed: int, *, told: Callable[[Report], None] = lambda _: None) -> Report:
    """Send about `count` inputs; `told` hears of the report after each round."""
    report, started = Report(), time.monotonic()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="firebell-fuzz-", dir=memory if memory.is_dir() else None) as place:
        template = Path(place) / "template.db"
        asyncio.run(migrate(template))
        number = 0
        while report.inputs < count:
            folder = Path(place) / f"round{number}"
            folder.mkdir()
            report.findings.round = first_seed + number
            _round(folder, template, min(ROUND, count - report.inputs), report)
            shutil.rmtree(folder)
            report.seconds = time.monotonic() - started
            told(report)
            number += 1
    return report


async def migrate(template: Path) -> None:
    engine = make_engine(database_url(f"sqlite:///{template}"))
    await migrations.upgrade(engine)
    await engine.dispose()


def _round(folder: Path, template: Path, count: int, report: Report) -> None:
    number = report.findings.round
    files = max(1, count // SETTINGS_SHARE)
    report.inputs += _settings_files(files, number, report)
    with asyncio.Runner() as runner:
        opening = house(folder, template, report.findings)
        inside = runner.run(opening.__aenter__())
        try:
            report.inputs += _inputs(runner, inside, max(1, count - files), number)
            runner.run(inspect(inside))
        finally:
            runner.run(opening.__aexit__(None, None, None))
        report.statuses += inside.statuses
        for table in ("incidents", "events", "effects"):
            report.rows[table] += inside.desk.rows(f"SELECT count(*) FROM {table}")[0][0]


def _inputs(runner: asyncio.Runner, inside: House, count: int, number: int) -> int:
    sent = 0

    def receive(knock: Knock) -> None:
        nonlocal sent
        sent += 1
        runner.run(_received(inside, knock))

    _generated(count, number, knocks(inside.stock), receive)
    return sent


async def _received(inside: House, knock: Knock) -> None:
    before = inside.events()
    status, text = await inside.receive(knock)
    for flaw in flaws_of_keeping(knock, status, text, recorded=inside.events() - before):
        inside.findings.add(flaw)


def _settings_files(count: int, number: int, report: Report) -> int:
    read = 0

    def read_one(one: Any) -> None:
        nonlocal read
        read += 1
        report.findings.knock = repr(one)
        try:
            settle(one if isinstance(one, str) else yaml.safe_dump(one, allow_unicode=True))
        except BUGS as error:
            report.findings.add(f"settings: {type(error).__name__}({str(error)[:120]})")

    _generated(count, number, scribbles() | texts | documents, read_one)
    report.statuses["settings file"] += read
    return read


def _generated(count: int, number: int, inputs: st.SearchStrategy[Any], take: Callable[[Any], None]) -> None:
    """Draw from a strategy without stopping, replaying or shrinking: a campaign gathers."""

    @seed(number)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs)
    def each(one: Any) -> None:
        take(one)

    each()
