"""A whole Firebell for generated input: its door, its database, its outbox, and everything it says under watch."""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import structlog
from aiohttp import web

from bot.app import slack_settings
from bot.clock import OffsetClock
from bot.config import load
from bot.domain import commands as c
from bot.domain.model import Actor
from bot.domain.relations import Relation
from bot.opening import CORE
from bot.outbox import Outbox
from bot.outbox.verdict import Habits
from bot.scheduler import Scheduler
from bot.store.audit import Audit
from bot.store.engine import database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.queries import SqlQueries
from integrations.documents import DocumentSettings, DocumentsIntegration
from integrations.slack.integration import SlackIntegration
from sandbox.delivery import sign
from sandbox.seed import ANA, BEA
from templates.studio import Studio
from tests.commands.kit import FrontDesk, front_desk
from tests.fuzz import watch
from tests.fuzz.forms import forms
from tests.fuzz.payloads import RESPONSE, TRIGGER, VIEW, Knock, Stock
from tests.stories.stage import ROOT

JSON = dict[str, Any]

HELD_BACK: Final = """
    UPDATE effects SET not_before = 0 WHERE status IN ('pending', 'waiting') AND integration != 'metrics'
"""
"""Metrics have no integration here: their effects wait."""

NO_QUEUES: Final = """
    CREATE TRIGGER nobody_waits_{0} AFTER {0} ON buckets WHEN NEW.next_at != 0
    BEGIN UPDATE buckets SET next_at = 0 WHERE workspace = NEW.workspace AND name = NEW.name; END
"""
"""Slots of a channel lie a second apart; here the next one is always now."""


@dataclass
class Findings:
    """What went wrong, counted, each with the first input that showed it."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    knock: str = ""
    round: int = 0
    fresh: list[str] = field(default_factory=list)

    def add(self, flaw: str) -> None:
        flaw = flaw[:300]
        self.counts[flaw] += 1
        if flaw not in self.first:
            self.fresh.append(flaw)
        self.first.setdefault(flaw, f"round {self.round}: {self.knock[:6000]}")


@dataclass
class House:
    """A running Firebell. `receive` puts one request in front of its door."""

    desk: FrontDesk
    session: aiohttp.ClientSession
    outbox: Outbox
    scheduler: Scheduler
    audit: Audit
    queries: SqlQueries
    stock: Stock
    findings: Findings
    ear: str
    reading: sqlite3.Connection
    statuses: Counter[str] = field(default_factory=Counter)

    def events(self) -> int:
        """How many events were recorded so far."""
        found: int = self.reading.execute("SELECT count(*) FROM events").fetchone()[0]
        return found

    async def receive(self, knock: Knock) -> tuple[int, str]:
        """Send a signed request and look at the answer; returns status and body."""
        local = self.desk.local
        trigger = local._workspace.triggers.issue(ANA)
        body = knock.body.replace(TRIGGER.encode(), trigger.encode())
        body = body.replace(VIEW.encode(), f"V{trigger}".encode())
        body = body.replace(RESPONSE.encode(), quote(self.ear, safe="").encode())
        self.findings.knock = f"{knock.kind} {knock.content_type} {body!r}"
        headers = {"Content-Type": knock.content_type} if knock.content_type else {}
        signed = headers | sign(local.signing_secret, body, None)
        async with self.session.post(self.desk.door, data=body, headers=signed, skip_auto_headers=_NO_TYPE) as answer:
            text, status = await answer.text(), answer.status
        self.statuses[f"{knock.kind} {status}"] += 1
        if status not in (200, 400, 401, 404):
            self.findings.add(f"{knock.kind} answered {status}")
        for flaw in watch.flaws_of_answer(text):
            self.findings.add(flaw)
        await self.desk.answered()
        return status, text

    async def work_off(self) -> int:
        """Perform every effect, however long its turn would take to come; returns how many attempts that took."""
        attempts = 0
        for _ in range(20):
            done = await self.outbox.work_off()
            attempts += done
            with sqlite3.connect(self.desk.database, timeout=5) as connection:
                held_back = connection.execute(HELD_BACK).rowcount
            if not held_back and not done:
                break
            self.desk.skip(minutes=0.5)
        return attempts

    async def fire_timers(self) -> None:
        """Let a day go by in steps, so that reminders come with their drafts."""
        for minutes in (5, 11, 20, 60, 1440):
            self.desk.skip(minutes=minutes)
            while await self.scheduler.fire_due():
                pass


_NO_TYPE = ("Content-Type",)


class Unlimited:
    """Stands for the local Slack's rate limits: what they do is tried elsewhere, and here they only cost time."""

    def spend(self, method: str, channel: str | None = None) -> None:
        return None


class InOneProcess(Studio):
    """Draws here and now: a worker process for each round would be all that a campaign waits for."""

    async def run(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        return work(*args, **kwargs)


@asynccontextmanager
async def house(folder: Path, template: Path, findings: Findings) -> AsyncIterator[House]:
    """A house with seven incidents: three open with rooms, of which one has another merged into it and one is linked to
    that one, one private, one resolved, one closed drill.
    """
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(front_desk(folder, template))
        stack.enter_context(_overheard(findings))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        ear = await stack.enter_async_context(_ear(findings))
        desk.local._gate._rates = Unlimited()  # type: ignore[assignment]
        with sqlite3.connect(desk.database) as connection:
            for change in ("INSERT", "UPDATE"):
                connection.execute(NO_QUEUES.format(change))
        desk.local._traffic.listen(lambda entry: _look(entry, findings))
        settings = load(
            {
                "SLACK_API_URL": desk.local.api_url,
                "SLACK_BOT_TOKEN": desk.local.bot_token,
                "SLACK_SIGNING_SECRET": desk.local.signing_secret,
                "FIREBELL_CONFIG": str(ROOT / "deploy/firebell.example.yaml"),
                "FIREBELL_CLOCK_OFFSET_FILE": str(desk.offset),
            }
        )
        clock = OffsetClock(desk.offset)
        engine = make_engine(database_url(f"sqlite:///{desk.database}"))
        stack.push_async_callback(engine.dispose)
        ledger = SqlLedger(engine, "default", clock)
        studio = InOneProcess()
        chat = SlackIntegration(slack_settings(settings), summary_channel="incidents", clock=clock, draw=studio.draw)
        performers = {"chat": await stack.enter_async_context(chat.open())}
        documents = DocumentsIntegration(DocumentSettings(), directory=chat.directory, studio=studio)
        performers["documents"] = await stack.enter_async_context(documents.open())
        await stack.enter_async_context(chat.listen())
        queries = SqlQueries(ledger)
        outbox = Outbox(
            ledger,
            queries,
            desk.service,
            performers,
            policy=desk.policy,
            clock=clock,
            habits=Habits(patience=0.0, attempts=4),
            jitter=lambda: 0.0,
        )
        stock = await _furnish(desk)
        reading = sqlite3.connect(f"file:{desk.database}?mode=ro", uri=True, isolation_level=None)
        stack.callback(reading.close)
        scheduler = Scheduler(ledger, queries, desk.service, clock=clock, jitter=lambda: 0.0)
        yield House(desk, session, outbox, scheduler, Audit(ledger, CORE.fold), queries, stock, findings, ear, reading)


async def _furnish(desk: FrontDesk) -> Stock:
    rooms = [await desk.room(title="Checkout returns 500s", services=("checkout",))]
    rooms.append(await desk.room(title="Search is slow", severity="sev3"))
    await desk.declared("Payroll is late", private=True)
    over = await desk.declared("Images fail to load", severity="sev2")
    await desk.do(over, c.Resolve("rolled back"), Actor(ANA))
    filed = await desk.declared("A practice", severity="sev4", drill=True)
    await desk.do(await desk.do(filed, c.Resolve("done"), Actor(ANA)), c.Close("done"), Actor(ANA))
    first = await desk.it(1)
    await desk.do(first, c.PostUpdate("Half of all payments fail"), Actor(ANA))
    await desk.do(first, c.SaveActionItem("Alert on the pool", BEA, "2026-12-01", False, None), Actor(ANA))
    rooms.append(await desk.room(title="Baskets are empty", severity="sev2"))
    await desk.room(title="Nobody can pay", severity="sev2")
    whole, part = await desk.it(6), await desk.it(7)
    await desk.context.relating.link(first.id, whole.id, Relation.CAUSED_BY, Actor(ANA), "link")
    await desk.context.relating.merge(part.id, whole.id, "the same deploy", Actor(ANA), "merge")
    whole = await desk.it(6)
    about = ((await desk.it(1), whole), (await desk.it(4), whole), (await desk.it(7), whole))
    return Stock(
        [(await desk.it(number)).id for number in range(1, 8)],
        rooms,
        {name: view for incident, other in about for name, view in forms(desk, incident, other)},
    )


def _look(entry: JSON, findings: Findings) -> None:
    if entry["kind"] == "web_api":
        request = entry["request"] if isinstance(entry["request"], dict) else {}
        for flaw in watch.flaws_of_call(entry["name"], request, entry["error"]):
            findings.add(flaw)


@asynccontextmanager
async def _ear(findings: Findings) -> AsyncIterator[str]:
    """An address that takes what is answered later."""

    async def hear(request: web.Request) -> web.Response:
        body = await request.json()
        for flaw in watch.flaws_of_message(body.get("text"), body.get("blocks")):
            findings.add(flaw)
        return web.Response(text="ok")

    server = web.Application()
    server.add_routes([web.post("/ear", hear)])
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/ear"
    await runner.cleanup()


@contextmanager
def _overheard(findings: Findings) -> Iterator[None]:
    """Take every log line; errors are findings, named by exception and place."""

    def hear(_: Any, level: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if level in ("error", "exception", "critical"):
            error = line.get("exc_info")
            findings.add(f"log: {line.get('event')} {_place(error)}")
        raise structlog.DropEvent

    class Standard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            error = record.exc_info[1] if record.exc_info else None
            findings.add(f"log of {record.name}: {record.getMessage()[:80]} {_place(error)}")

    before = structlog.get_config()
    structlog.configure(processors=[hear])
    handler = Standard(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        structlog.configure(**before)


def _place(error: Any) -> str:

    error = sys.exc_info()[1] if error is True else error
    if not isinstance(error, BaseException):
        return ""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__}({str(error)[:100]}) at {where}"
