"""The composition root: the only module that knows every class. It starts, drains and stops Firebell."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import __version__, doorway, ops
from bot.adoption import adopt_policy
from bot.alarm import Replica
from bot.bulletins import Bulletins, habit_of
from bot.calling import calls_of
from bot.config import Settings
from bot.domain.model import FIREBELL
from bot.errors import ConfigError, IntegrationError
from bot.heartbeat import Heartbeat
from bot.mailing import mail_of
from bot.observations import Observations
from bot.opening import CORE, open_store
from bot.outbox import Outbox, People
from bot.ports import Clock, Performer
from bot.ranking import Ranking
from bot.relating import Relating
from bot.scheduler import CalendarJob, Scheduler
from bot.service import Service
from bot.staffing import Staffing
from bot.status_board import Keeping, board_of
from bot.store.ledger import SqlLedger
from bot.store.opening import await_server
from bot.store.queries import SqlQueries
from bot.store.retention import Keep, Retention
from bot.store.roster import SqlRoster
from bot.subscribing import Subscribing
from bot.tasks import finish, start
from bot.telemetry import Metrics
from bot.watchdog import Operators, Watchdog
from commands.context import CommandContext
from commands.slack import register
from integrations import load
from integrations.documents import DocumentSettings
from integrations.metrics import MetricsSettings
from integrations.pagerduty.settings import services_of, settings_of
from integrations.slack.settings import SlackSettings
from integrations.slack.workspace import Gather, Standings, nothing_gathered, unranked
from integrations.statuspage.settings import settings_of as statuspage_of
from migrations import runner
from templates.studio import Studio

DRAIN_SECONDS: Final = 8.0
"""For what is under way when the process is asked to stop; orchestrators kill after ten seconds or more."""

LAG_SECONDS: Final = 0.5
WARM_AFTER_SECONDS: Final = 10.0
"""Until the drawing process starts: the start itself, and what it has to catch up with, need the machine first."""

log = structlog.get_logger(__name__)


def slack_settings(settings: Settings, haste: float = 1.0) -> SlackSettings:
    """Return what the chat needs; raises ConfigError naming the variable that is missing."""
    environment = settings.environment
    if environment.slack_bot_token is None:
        raise ConfigError("SLACK_BOT_TOKEN is not set. It begins with xoxb- and stands on the app's Install page.")
    if environment.slack_app_token is None and environment.slack_signing_secret is None:
        raise ConfigError(
            "Set SLACK_APP_TOKEN (xapp-, for Socket Mode) or SLACK_SIGNING_SECRET (for signed HTTP); both are missing."
        )
    values: dict[str, Any] = {
        "bot_token": environment.slack_bot_token,
        "app_token": environment.slack_app_token,
        "api_url": environment.slack_api_url,
        "command": settings.file.command,
        "haste": haste,
    }
    if environment.slack_signing_secret is not None:
        values["signing_secret"] = environment.slack_signing_secret
    return SlackSettings(**values)


class App:
    """A running Firebell. `haste` divides the time between calls that Slack wants; a local Slack may want less."""

    def __init__(self, settings: Settings, clock: Clock, *, haste: float = 1.0) -> None:
        self.settings, self.clock, self.haste = settings, clock, haste
        self.metrics = Metrics()
        self.pager: Any = None
        self.relating: Any = None
        self.mail: Any = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve until the block is left; then claim nothing more, finish what is under way, and close."""
        settings, clock, policy = self.settings, self.clock, self.settings.policy
        async with AsyncExitStack() as stack:
            ledger = await stack.enter_async_context(open_store(settings, clock))
            queries = SqlQueries(ledger)
            studio = await stack.enter_async_context(Studio())
            ranking = Ranking(ledger, queries, policy=policy, clock=clock)
            bulletins = Bulletins(
                ledger, queries, ranking, clock, habit_of(settings.file.bulletins, settings.file.working_hours.zone)
            )
            chat, performers = await self.integrations(stack, studio, ranking.standing, bulletins.gather)
            watchdog = Watchdog(settings.file.watchdog.late_after, clock)
            seen = Observations(self.metrics, watchdog)
            service = self._service(ledger, frozenset(performers), seen)
            people = People(chat.directory.expand, chat.directory.own_zone, chat.directory.present)
            outbox = Outbox(
                ledger, queries, service, performers, policy=policy, clock=clock, observer=seen, people=people
            )
            adopt = partial(adopt_policy, service, queries, policy, clock)
            adopting = CalendarJob("adopt policy", {"hour": 4, "minute": 20}, adopt, at_start=True)
            telling = CalendarJob("bulletins", {"minute": "*"}, bulletins.look, at_start=True)
            calendar = (adopting, telling, *daily_jobs(settings, clock, ledger))
            me, leases = _replica(ledger, clock), outbox.leases
            scheduler = Scheduler(
                ledger, queries, service, clock=clock, calendar=calendar, leases=leases, observer=seen, me=me
            )
            staffing = Staffing(
                ledger,
                queries,
                SqlRoster(ledger),
                service,
                boards=ranking,
                workshop=await stack.enter_async_context(Studio()),
                policy=policy,
                clock=clock,
                rota=self.pager,
            )
            subscribing = Subscribing(ledger, queries, clock)
            self.relating = Relating(service)
            context = self._context(chat, service, queries, subscribing, ranks=ranking, staffing=staffing)
            register(chat.app, context)
            probes = _probes(ledger, [outbox, scheduler, ranking])
            page = self._page(stack, ledger, queries, probes)
            await self._serve_http(stack, chat, service, subscribing, probes, more=page)
            start(stack, "outbox", outbox.run(), lambda: outbox.stop(within=DRAIN_SECONDS))
            start(stack, "scheduler", scheduler.run(), scheduler.stop)
            start(stack, "ranking", ranking.run(), ranking.stop)
            start(stack, "lag", self._watch_lag())
            self._raise_alarms(stack, chat, ledger, watchdog, probes)
            start(stack, "first ranking", ranking.warm())
            await stack.enter_async_context(chat.listen())
            stack.push_async_callback(finish, context.background)
            if settings.environment.prometheus_url:
                start(stack, "studio", _warm(studio))
            # First of all that happens at the end, so that the seconds of the drain run while the rest is closed.
            stack.callback(outbox.stop, within=DRAIN_SECONDS)
            log.info("ready", mode="socket" if settings.environment.slack_app_token else "http")
            yield

    def _service(self, ledger: SqlLedger, enabled: frozenset[str], seen: Observations) -> Service:
        return Service(
            ledger,
            CORE,
            clock=self.clock,
            policy=self.settings.policy,
            new_id=lambda: secrets.token_hex(12),
            workspace=self.settings.environment.workspace,
            enabled=enabled,
            observer=seen,
        )

    def _context(
        self,
        chat: Any,
        service: Service,
        queries: SqlQueries,
        subscribing: Subscribing,
        *,
        ranks: Ranking,
        staffing: Staffing,
    ) -> CommandContext:
        return CommandContext(
            service=service,
            queries=queries,
            subscribing=subscribing,
            people=chat.directory,
            ranks=ranks,
            staffing=staffing,
            relating=self.relating,
            policy=self.settings.policy,
            clock=self.clock,
            command=self.settings.file.command,
            team=chat.team,
            links=chat.links,
            pager=self.pager,
            mail=chat.directory if self.mail else None,
        )

    async def integrations(
        self, stack: AsyncExitStack, studio: Studio, standing: Standings = unranked, gather: Gather = nothing_gathered
    ) -> tuple[Any, dict[str, Performer]]:
        """Open them all on the stack; returns the chat, and what performs effects by name."""
        chat = load("chat")(
            slack_settings(self.settings, self.haste),
            summary_channel=self.settings.policy.summary_channel,
            drill_channel=self.settings.policy.drill_channel,
            operators_channel=self.settings.file.watchdog.operators_channel.removeprefix("#"),
            clock=self.clock,
            draw=studio.draw,
            standing=standing,
            gather=gather,
        )
        performers: dict[str, Performer] = {"chat": await stack.enter_async_context(chat.open())}
        metrics = load("metrics")(MetricsSettings(url=self.settings.environment.prometheus_url))
        documents = load("documents")(
            DocumentSettings(command=self.settings.file.command), directory=chat.directory, studio=studio
        )
        if self.settings.policy.pager is not None:
            self.pager = load("pager")(
                settings_of(self.settings), emails=chat.directory, services=services_of(self.settings)
            )
        self.mail = mail_of(self.settings, chat, self.clock)
        page, calls = statuspage_of(self.settings), calls_of(self.settings, self.clock)
        hosted = load("statuspage")(page) if page is not None else None
        for integration in filter(None, (metrics, documents, self.pager, self.mail, calls, hosted)):
            performers[integration.name] = await stack.enter_async_context(integration.open())
        return chat, performers

    def _page(self, stack: AsyncExitStack, ledger: SqlLedger, queries: SqlQueries, asked: list[ops.Probe]) -> list[Any]:
        """Keep our own status page in its folder, watched by a probe; return the routes to it, where it is wanted."""
        wanted = self.settings.file.status_page
        board = board_of(self.settings, queries, self.clock)
        if wanted.folder:
            keeping = Keeping(board, Path(wanted.folder), ledger.subscribe(), self.clock)
            asked.append(ops.loop_probe("status page", lambda: keeping.silent_for))
            start(stack, "status page", keeping.run())
        return board.routes() if wanted.serve else []

    async def _serve_http(
        self,
        stack: AsyncExitStack,
        chat: Any,
        service: Service,
        subscribing: Subscribing,
        probes: Sequence[ops.Probe],
        *,
        more: Sequence[Any],
    ) -> None:
        async def hear(told: Any) -> None:
            """What the paging system tells by itself; the same telling again is the same request."""
            await service.execute(told.command, FIREBELL, told.request_id, incident_id=told.incident_id)

        environment = self.settings.environment
        unsubscribing = self.mail.routes(subscribing.end_one) if self.mail is not None else ()
        inbound = self.pager.routes(hear) if self.pager is not None else ()
        routes = [*ops.routes(self.metrics.registry, probes), *chat.routes(), *inbound, *unsubscribing, *more]
        try:
            await stack.enter_async_context(
                doorway.serving(routes, environment.host, environment.port, drain=DRAIN_SECONDS)
            )
        except OSError as error:
            raise ConfigError(
                f"Port {environment.port} on {environment.host} cannot be used ({error.strerror}). Set PORT to another."
            ) from error

    def _raise_alarms(
        self, stack: AsyncExitStack, chat: Any, ledger: SqlLedger, watchdog: Watchdog, probes: Sequence[ops.Probe]
    ) -> None:
        """Tell the operators' channel and the outside monitor, where there are such."""
        environment, board, asked = self.settings.environment, chat.operators, [*probes, watchdog.probe]
        if board is not None:
            operators = Operators(ledger, board, watchdog, self.clock, workspace=environment.workspace)
            asked.append(ops.loop_probe("operators", lambda: operators.silent_for))
            start(stack, "operators", operators.run())
        if environment.heartbeat_url is not None:
            count = self.metrics.heartbeats
            heartbeat = Heartbeat(
                environment.heartbeat_url, asked, self.clock, told=lambda outcome: count.labels(outcome).inc()
            )
            start(stack, "heartbeat", heartbeat.run())

    async def _watch_lag(self) -> None:
        """Measure how late the event loop runs: blocking work shows here before anybody feels it."""
        while True:
            expected = self.clock.monotonic() + LAG_SECONDS
            await asyncio.sleep(LAG_SECONDS)
            self.metrics.loop_lag.set(max(0.0, self.clock.monotonic() - expected))


def _probes(ledger: SqlLedger, loops: Sequence[Outbox | Scheduler | Ranking]) -> list[ops.Probe]:
    """Return what readiness asks: the database at a schema of ours, and loops that come round."""

    async def database() -> ops.Readiness:
        try:
            revision = await runner.current(ledger.engine)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            return ops.Readiness("database", f"does not answer ({type(error).__name__})")
        return ops.Readiness("database", "" if runner.serves(revision) else f"is at revision {revision}")

    return [
        database,
        *(ops.loop_probe(type(one).__name__.lower(), lambda one=one: one.silent_for) for one in loops),  # type: ignore[misc]
    ]


def _replica(ledger: SqlLedger, clock: Clock) -> Replica:
    """Say who this process is; a SQLite file has only ever one, whose row is always the same."""
    known_as = "alone" if ledger.alone else secrets.token_hex(8)
    return Replica(known_as, socket.gethostname(), os.getpid(), __version__, clock.now())


def daily_jobs(settings: Settings, clock: Clock, ledger: SqlLedger) -> tuple[CalendarJob, ...]:
    """Return the daily jobs that the settings ask for."""
    kept = settings.file.retention
    keep = Keep(text=kept.text, files=kept.files, deliveries=kept.deliveries)
    if keep == Keep():
        return ()
    retention = Retention(ledger, CORE.fold, clock.now, keep)
    return (CalendarJob("retention", {"hour": 3, "minute": 40}, retention.run, at_start=True),)


async def _warm(studio: Studio) -> None:
    """Load what drawing needs before anybody waits for a chart: it takes seconds, which a start needs for itself."""
    await asyncio.sleep(WARM_AFTER_SECONDS)
    with contextlib.suppress(IntegrationError):  # the process ended; the first chart starts another
        await studio.warm()
        log.info("drawing is ready")


async def serve(settings: Settings, clock: Clock, stop: asyncio.Event) -> None:
    """Run until `stop` is set; a database that is still starting is waited for."""
    await await_server(settings.environment.database_url, stop)
    if stop.is_set():
        return
    async with App(settings, clock).running():
        await stop.wait()
        log.info("stopping")
