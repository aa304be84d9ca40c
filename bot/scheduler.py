"""Time: due timers, stale leases, the watchdog, and the calendar.

The heartbeat is a loop on monotonic time, because APScheduler 3 stops firing when the wall clock steps back;
APScheduler runs the calendar jobs only, from code, and is armed anew after such a step.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from bot.alarm import Replica
from bot.domain.commands import FireTimer
from bot.domain.model import FIREBELL
from bot.errors import Busy, Conflict, OutcomeUnknown
from bot.leases import Leases
from bot.ports import Clock, Ledger, Observer, Queries, Silent
from bot.presence import Presence
from bot.rows import DueTimer
from bot.service import INTERNAL_DEADLINE_SECONDS, Service
from bot.telemetry import redact

BETWEEN_LOOKS_SECONDS: Final = 0.05
INBOX_KEPT: Final = timedelta(days=7)
"""The chat system redelivers for hours at most; a week leaves room for a long outage."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds. `step` is how far wall and monotonic time may part before the calendar is armed anew.

    `backoff_most` caps the wait after failures; a failing timer is tried for ever: it is still due.
    """

    heartbeat: float = 1.0
    watch: float = 5.0
    free: float = 10.0
    sign_in: float = 60.0
    step: float = 30.0
    batch: int = 100
    backoff: float = 5.0
    backoff_most: float = 900.0

    def delay(self, attempt: int, jitter: float) -> timedelta:
        """Return the wait after the attempt-th failure in a row; `jitter` is in [0, 1)."""
        doubled = self.backoff * 2.0 ** min(attempt - 1, 30)
        return timedelta(seconds=min(doubled, self.backoff_most) * (0.5 + jitter / 2))


@dataclass(frozen=True, slots=True)
class CalendarJob:
    """Something to do at set times of the day. `cron` holds fields of a cron trigger in UTC, such as {"hour": 4}.

    With `at_start` it also runs once when the bot starts, for machines that sleep at that hour.
    """

    name: str
    cron: dict[str, int | str]
    run: Callable[[], Awaitable[None]]
    at_start: bool = False


class Scheduler:
    """Fires timers and keeps watch, until `stop`."""

    def __init__(
        self,
        ledger: Ledger,
        queries: Queries,
        service: Service,
        *,
        clock: Clock,
        calendar: Sequence[CalendarJob] = (),
        rhythm: Rhythm | None = None,
        leases: Leases | None = None,
        observer: Observer | None = None,
        me: Replica | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._ledger = ledger
        self._queries = queries
        self._service = service
        self._clock = clock
        self._jobs = (CalendarJob("purge inbox", {"hour": 4, "minute": 10}, self.purge_inbox, at_start=True), *calendar)
        self._rhythm = rhythm or Rhythm()
        self._leases = leases or Leases(clock)
        self._observer = observer or Silent()
        self._me = me
        self._signed_in = -math.inf
        self._presence = Presence(queries, clock)
        self._jitter = jitter
        self._bell = ledger.subscribe()
        self._calendar: Any = AsyncIOScheduler(timezone=UTC)
        self._stopping = asyncio.Event()
        self._beat = clock.monotonic()
        self._watched = self._freed = -math.inf
        self._offset = self._clock_offset()
        self._next_due: datetime | None = None

    @property
    def silent_for(self) -> float:
        """Seconds since the loop last came round; for `/readyz`."""
        return self._clock.monotonic() - self._beat

    async def run(self) -> None:
        """Beat until `stop`."""
        self._arm_calendar(starting=True)
        self._calendar.start()
        try:
            while not self._stopping.is_set():
                self._beat = self._clock.monotonic()
                self._bell.clear()
                await self._rest(await self._safely_beat())
        finally:
            self._calendar.shutdown(wait=False)

    def stop(self) -> None:
        """Fire nothing more; the transaction that is open comes to its end first."""
        self._stopping.set()
        self._bell.set()

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            return

    async def _safely_beat(self) -> float:
        try:
            return await self.beat()
        except (Busy, Conflict, OutcomeUnknown) as error:
            log.warning("scheduler_waits", error=str(error))
        except Exception:  # the loop must outlive every bug in one beat
            log.exception("scheduler_beat_failed")
        return self._rhythm.heartbeat

    async def beat(self) -> float:
        """Fire what is due and look around; returns the seconds until the next beat is needed."""
        if abs(self._clock_offset() - self._offset) > self._rhythm.step:
            log.warning("clock_stepped")
            self._offset = self._clock_offset()
            self._arm_calendar(starting=False)
            self._signed_in = self._watched = -math.inf
        await self._presence.beat()
        await self.fire_due()
        if self._clock.monotonic() - self._watched >= self._rhythm.watch:
            self._watched = self._clock.monotonic()
            await self.watch()
        return self._until_next()

    async def fire_due(self) -> int:
        """Fire what is due, longest due first; returns how many. A batch at a time, so that others get on."""
        fired = 0
        for _ in range(self._rhythm.batch):
            try:
                timer = await self._fire_one()
            except Conflict:
                continue
            if timer is None:
                break
            fired += 1
        return fired

    async def _fire_one(self) -> DueTimer | None:
        """Claim a timer and carry out its command in one transaction; a failure is put off in another."""
        now, timer = self._clock.now(), None
        # Only what is due needs a transaction: this is asked after every commit that sets a timer.
        self._next_due = await self._queries.next_due()
        if self._next_due is None or self._next_due > now:
            return None
        try:
            async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
                timer = await unit.timers.claim(now)
                if timer is None:
                    return None
                incident = await unit.incident(timer.incident_id)
                command = FireTimer(timer.kind, timer.due_at, timer.step, self._presence.away)
                await self._service.carry_out(unit, incident, command, FIREBELL, _request_id(timer))
                await unit.commit()
        except (Busy, Conflict, OutcomeUnknown):
            raise
        except Exception as error:  # whatever is wrong with one timer must not hold up the others
            if timer is None:
                raise
            log.exception("timer_failed", incident=timer.incident_id, kind=timer.kind, attempt=timer.attempt)
            await self._put_off(timer, redact(f"{type(error).__name__}: {error}"))
            return timer
        self._observer.timer(timer.kind, "fired", (now - timer.due_at).total_seconds())
        return timer

    async def _put_off(self, timer: DueTimer, error: str) -> None:
        now = self._clock.now()
        until = now + self._rhythm.delay(timer.attempt, self._jitter())
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            await unit.timers.postpone(timer, until, error)
            await unit.commit()
        self._observer.timer(timer.kind, "failed", (now - timer.due_at).total_seconds())

    async def _free_the_way(self) -> None:
        """End what holds locks for a process that is paused: it would hold up all that is below."""
        if stalled := await self._ledger.end_stalled():
            log.warning("stalled_transactions_ended", transactions=stalled)

    async def watch(self) -> None:
        """Take back leases that ran out, sign in now and then, and measure what is late."""
        began = self._clock.monotonic()
        if began - self._freed >= self._rhythm.free:
            self._freed = began
            await self._free_the_way()
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            swept = await self._leases.sweep(unit)
            signing_in = self._me is not None and began - self._signed_in >= self._rhythm.sign_in
            if self._me is not None and signing_in:
                await unit.sign_in(self._me, self._clock.now())
            await unit.commit()
        if signing_in:
            self._signed_in = began
        if swept:
            log.warning("leases_ran_out", effects=swept)
        self._observer.lateness(await self._queries.lateness(self._clock.now()))

    def _until_next(self) -> float:
        """Seconds until the next timer is due, by the look that found nothing more to fire; at most a heartbeat."""
        if self._next_due is None:
            return self._rhythm.heartbeat
        left = (self._next_due - self._clock.now()).total_seconds()
        # What is due and was not fired belongs to an incident that somebody holds: it is not asked for without a pause.
        return min(left if left > 0 else BETWEEN_LOOKS_SECONDS, self._rhythm.heartbeat)

    async def purge_inbox(self) -> None:
        """Forget requests that nobody will repeat any more."""
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            forgotten = await unit.forget(self._clock.now() - INBOX_KEPT)
            await unit.commit()
        log.info("inbox_purged", requests=forgotten)

    def _clock_offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    def _arm_calendar(self, *, starting: bool) -> None:
        """Set every job's next time from the clock as it now is."""
        for job in self._jobs:
            first = {"next_run_time": datetime.now(UTC)} if starting and job.at_start else {}
            self._calendar.add_job(
                job.run,
                CronTrigger(timezone=UTC, **job.cron),
                id=job.name,
                replace_existing=True,
                coalesce=True,
                misfire_grace_time=None,
                **first,
            )


def _request_id(timer: DueTimer) -> str:
    return f"timer:{timer.incident_id}:{timer.kind}:{timer.due_at.isoformat()}"
