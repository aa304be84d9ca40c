"""The outbox's loop: effects of different streams run at the same time, those of one stream in order."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import structlog

from bot import faultpoints
from bot.domain.commands import Command, RecordFailure, RecordOutcome
from bot.domain.decisions.outcomes import says_nothing
from bot.domain.effects import EMAIL, Facts, Gone, Recipients, SendEmail, TellAudience, route
from bot.domain.model import Incident
from bot.domain.needs import needs_met
from bot.domain.policy import Policy
from bot.domain.quiet import Waiting
from bot.domain.reading_hours import observed
from bot.domain.subscriptions import AUDIENCES, concerned
from bot.errors import Busy, Conflict, IntegrationError, LeaseLost, OutcomeUnknown, Reason
from bot.leases import Leases
from bot.merged import subscribed
from bot.outbox import audience, unread
from bot.outbox.attempt import Attempting
from bot.outbox.desk import EffectDesk, Later
from bot.outbox.settling import Settling
from bot.outbox.verdict import Again, Attempt, Habits, judge
from bot.ports import Clock, Ledger, Observer, Performer, Queries, Silent, UnitOfWork
from bot.rows import UNREADABLE, Claimed
from bot.service import INTERNAL_DEADLINE_SECONDS, TRIES, Service
from bot.telemetry import redact

log = structlog.get_logger(__name__)

T = TypeVar("T")

GIVE_WAY_SECONDS: Final = 0.01
GIVE_WAY_TIMES: Final = 10

UNREADABLE_SECONDS: Final = 10.0
"""For how long the effects of an incident are put off whose log only a newer release can read. Short, since such a
release may serve beside this one; and not counted, so that they are not given up before it does.
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed effect, its incident's fold as read after the claim, and when its lease began at the latest.

    Without an incident, its log cannot be read.
    """

    effect: Claimed
    incident: Incident | None
    since: float


class Outbox:
    """Performs effects of the integrations it is given, until `stop`."""

    def __init__(
        self,
        ledger: Ledger,
        queries: Queries,
        service: Service,
        performers: Mapping[str, Performer],
        *,
        policy: Policy,
        clock: Clock,
        habits: Habits | None = None,
        observer: Observer | None = None,
        people: audience.People | None = None,
        jitter: Callable[[], float] = random.random,
        new_token: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self._ledger = ledger
        self._queries = queries
        self._service = service
        self._performers = performers
        self._policy = policy
        self._clock = clock
        self._habits = habits or Habits()
        self.leases = Leases(clock)
        self._observer = observer or Silent()
        self._people = people or audience.People()
        self._jitter = jitter
        self._new_token = new_token
        self._settling = Settling(ledger, service, self._habits, jitter)
        self._bell = ledger.subscribe()
        self._running: set[asyncio.Task[None]] = set()
        self._shut_until: dict[str, float] = {}
        self._stopping = False
        self._patience_at_end = 0.0
        self._unread = unread.Met(clock)
        self._beat = clock.monotonic()

    @property
    def silent_for(self) -> float:
        """Seconds since the loop last came round; for `/readyz`."""
        return self._clock.monotonic() - self._beat

    async def run(self) -> None:
        """Work until `stop`; leases that a dead process of the same SQLite file left behind are taken back first."""
        if self._ledger.alone:
            await self._safely(self._sweep())
        try:
            while not self._stopping:
                self._beat = self._clock.monotonic()
                self._bell.clear()
                pause = await self._safely(self._fill())
                await self._rest(self._habits.heartbeat if pause is None else pause)
        finally:
            await self._drain()

    def stop(self, *, within: float) -> None:
        """Claim no more. `run` returns when running attempts have ended; what takes longer is left to its lease."""
        self._patience_at_end = within
        self._stopping = True
        self._bell.set()

    async def _drain(self) -> None:
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=self._patience_at_end)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._settling.rest()

    async def _rest(self, seconds: float) -> None:
        """Wait for the bell, or until a look, which waits for no writer, tells that something may be due."""
        while seconds > 0:
            try:
                async with asyncio.timeout(seconds):
                    await self._bell.wait()
                return
            except TimeoutError:
                self._beat = self._clock.monotonic()
                seconds = await self._safely(self._until_due()) or 0.0

    async def _until_due(self) -> float:
        """Return the seconds until the next look, 0.0 if anything may be claimed now."""
        wait = await self._queries.until_attempt()
        return self._habits.heartbeat if wait is None else min(wait, self._habits.heartbeat)

    async def _safely(self, step: Awaitable[T]) -> T | None:
        """Keep the loop alive whatever happens in one round; None means that it failed."""
        try:
            return await step
        except (Busy, OutcomeUnknown, Conflict) as error:
            log.warning("outbox_waits", error=str(error))
        except Exception:  # the loop must outlive every bug in one round
            log.exception("outbox_round_failed")
        return None

    async def _sweep(self) -> float:
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            await self.leases.sweep_all(unit)
            await unit.commit()
        return 0.0

    async def _fill(self) -> float:
        """Start as many attempts as there is room for; returns how long nothing will be due."""
        while not self._stopping and len(self._running) < self._habits.concurrency:
            await self._give_way()
            claims, wait = await self._claim(self._habits.concurrency - len(self._running))
            if not claims:
                return min(wait, self._habits.heartbeat)
            for claim in claims:
                task = asyncio.create_task(self._supervise(claim), name=f"effect {claim.effect.key}")
                self._running.add(task)
                task.add_done_callback(self._ended)
        return self._habits.heartbeat

    async def _give_way(self) -> None:
        """Let commands go first for a while: people wait for their answers, but not for the start of an effect."""
        for _ in range(GIVE_WAY_TIMES):
            if not self._service.in_flight:
                return
            await asyncio.sleep(GIVE_WAY_SECONDS)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._bell.set()

    async def _claim(self, most: int) -> tuple[Sequence[Claim], float]:
        """Claim what is due, at most so many; when there is nothing, say how long there will be nothing."""
        leases = {name: self._habits.lease(performer.call_timeout) for name, performer in self._performers.items()}
        for _ in range(TRIES):
            since = self._clock.monotonic()
            try:
                async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
                    shut = self._shut(since)
                    claimed = await unit.effects.claim(leases, self._new_token(), most=most, without=shut)
                    wait = 0.0 if claimed else await self._until_next(unit, shut)
                    # Only now: what replaced a twin before its claim is in these folds.
                    folds = await unit.folds({one.incident_id for one in claimed})
                    if claimed or unit.brings_work:  # what this release cannot read was put off; look behind it
                        await unit.commit()
                if claimed:
                    faultpoints.reach(faultpoints.AFTER_CLAIM)
            except Conflict:
                continue
            for one in self._unread.too_long(unit.effects.unreadable):
                await self._safely(unread.give_up(self._ledger, self._service, one))
            if claimed or not unit.brings_work:
                return [Claim(one, folds.get(one.incident_id), since) for one in claimed], wait
        return (), self._habits.heartbeat

    async def _until_next(self, unit: UnitOfWork, shut: Mapping[str, float]) -> float:
        waits = [await unit.effects.next_attempt(), *shut.values(), self._habits.heartbeat]
        return min(wait for wait in waits if wait is not None)

    async def work_off(self) -> int:
        """Perform one after another what can be performed now; returns how many attempts that took."""
        attempts = 0
        while True:
            claims, _ = await self._claim(1)
            if not claims:
                return attempts
            await self._supervise(claims[0])
            attempts += 1

    async def _supervise(self, claim: Claim) -> None:
        started, claimed = self._clock.monotonic(), claim.effect
        try:
            with self.leases.performing(claimed.key):
                outcome = await self._attempt(claim, started)
        except LeaseLost:
            outcome = "lost"
        except (Busy, OutcomeUnknown, Conflict) as error:
            outcome = "lost"
            log.warning("effect_unsettled", effect=claimed.key, error=str(error))
        except Exception:  # an attempt must not end the loop; its lease gives the effect back
            outcome = "lost"
            log.exception("effect_attempt_failed", effect=claimed.key)
        way, what = route(claimed.effect), type(claimed.effect).__name__
        seconds = self._clock.monotonic() - started
        self._observer.effect(way.integration, what, outcome, seconds)
        log.info("effect", effect=claimed.key, what=what, outcome=outcome, attempt=claimed.attempt)

    async def _attempt(self, claim: Claim, started: float) -> str:
        claimed, incident = claim.effect, claim.incident
        if incident is None:
            again = Again(min(UNREADABLE_SECONDS, self._habits.backoff_most), claimed.unknown, counts=False)
            return await self._postpone(claimed, again, UNREADABLE, "this release cannot read the incident's log")
        way = route(claimed.effect)
        if claimed.unread and not needs_met(incident, way):
            return await self._wait(claimed)
        performer = self._performers[way.integration]
        if isinstance(claimed.effect, TellAudience):
            return await self._tell(claim, claimed.effect, started, performer.call_timeout)
        if audience.too_late(incident, claimed.effect):
            return "done" if await self._settle(claimed, Gone("They are no longer in the incident.")) else "lost"
        attempting = Attempting(claimed, performer, self._desk(claim, performer), self._policy)
        try:
            facts = await attempting.perform(incident)
        except Later as later:
            self._shut_after(claimed, later.bucket, later.seconds)
            again = Again(later.seconds, attempting.unknown, counts=False)
            return await self._postpone(claimed, again, Reason.RATE_LIMITED, str(later))
        except IntegrationError as error:
            elapsed = self._clock.monotonic() - started
            stand = Attempt(claimed.attempt, elapsed, performer.call_timeout, attempting.unknown)
            return await self._failed(claimed, error, stand, attempting.bucket)
        faultpoints.reach(faultpoints.AFTER_SEND)
        done = "reconciled" if attempting.reconciled else "done"
        return done if await self._settle(claimed, facts) else "lost"

    async def _wait(self, claimed: Claimed) -> str:
        """Give back what a replica let go that could not read what it needs."""

        async def work(unit: UnitOfWork, incident: Incident) -> Command | None:
            await unit.effects.wait(claimed, incident)
            return None

        await self._settling.end(claimed, work)
        return "waits"

    def _shut_after(self, claimed: Claimed, bucket: str, seconds: float) -> None:
        """Claim no more effects of this type until the bucket that they all draw from has something again.

        Otherwise a thousand that wait for one slot would be claimed and put back for each slot anew.
        """
        if bucket and ":" not in bucket:
            self._shut_until[type(claimed.effect).__name__] = self._clock.monotonic() + seconds

    def _shut(self, now: float) -> dict[str, float]:
        """Return the types that are not to be claimed, and for how many seconds yet."""
        self._shut_until = {name: until for name, until in self._shut_until.items() if until > now}
        return {name: until - now for name, until in self._shut_until.items()}

    def _desk(self, claim: Claim, performer: Performer) -> EffectDesk:
        return EffectDesk(
            self._ledger,
            self._queries,
            self._clock,
            claim.effect,
            since=claim.since,
            call_timeout=performer.call_timeout,
            habits=self._habits,
        )

    async def _settle(self, claimed: Claimed, facts: Facts) -> bool:
        async def work(unit: UnitOfWork, _: Incident) -> Command | None:
            settled = await unit.effects.settle(claimed)
            return RecordOutcome(claimed.key, claimed.effect, facts) if settled else None

        return await self._settling.end(claimed, None if says_nothing(claimed.effect, facts) else work)

    async def _tell(self, claim: Claim, effect: TellAudience, started: float, call_timeout: float) -> str:
        """Look up who belongs to the audience's user groups, if it names any, and then replace the effect."""
        claimed = claim.effect
        try:
            members = await audience.look_up(effect.groups, self._people.members, seconds=call_timeout)
        except IntegrationError as error:
            elapsed = self._clock.monotonic() - started
            return await self._failed(claimed, error, Attempt(claimed.attempt, elapsed, call_timeout, False), "")
        readers = await self._readers_of(claim.incident, effect, call_timeout)
        return "expanded" if await self._expand(claimed, members, readers) else "lost"

    async def _readers_of(self, incident: Incident | None, effect: TellAudience, seconds: float) -> audience.Known:
        """Look up who of its subscribers is in the channel, and where they live, if their quiet hours matter."""
        if incident is None or effect.audience not in AUDIENCES:
            return audience.Known()
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            found = concerned(incident, await subscribed(unit, incident, effect.severities))
            await unit.commit()
        if not found:
            return audience.Known()
        present = await audience.present_in(incident, self._people.present, seconds=seconds)
        if not observed(incident, self._policy):
            return audience.Known(present=present)
        return audience.Known(await audience.zones_of(found, self._people.zone, seconds=seconds), present)

    async def _expand(self, claimed: Claimed, members: Mapping[str, Sequence[str]], readers: audience.Known) -> bool:
        """Replace an effect for an audience by one for each person, in the transaction that settles it."""

        async def work(unit: UnitOfWork, incident: Incident) -> Command | None:
            if not await unit.effects.settle(claimed):
                return None
            effect = await unit.effects.standing(claimed)
            if not isinstance(effect, TellAudience):
                raise TypeError(f"{claimed.key} was for an audience")
            found = audience.messages(incident, effect, members)
            later: tuple[Waiting, ...] = ()
            if effect.audience in AUDIENCES:
                wishes = await subscribed(unit, incident, effect.severities)
                mail, present = EMAIL in self._performers, readers.present
                reached = audience.by_subscription(incident, effect, wishes, mail=mail, present=present)
                hours = audience.Hours(self._policy, readers.zones, self._clock.now())
                now, later = audience.by_hours(incident, effect, reached, hours)
                found |= now
            await unit.effects.expand(claimed, found)
            mailed = sum(isinstance(one, SendEmail) for one in found.values())
            return RecordOutcome(claimed.key, effect, Recipients(tuple(found), mailed, later))

        return await self._settling.end(claimed, work)

    async def _failed(self, claimed: Claimed, error: IntegrationError, stand: Attempt, bucket: str) -> str:
        verdict, detail = judge(error, stand, self._habits, self._jitter()), redact(error.detail)
        if isinstance(verdict, Again):
            if error.reason is Reason.RATE_LIMITED:
                self._shut_after(claimed, bucket, verdict.delay)
            return await self._postpone(claimed, verdict, error.reason, detail, bucket=bucket)

        async def work(unit: UnitOfWork, _: Incident) -> Command | None:
            buried = await unit.effects.bury(claimed, error.reason.value, detail)
            return RecordFailure(claimed.key, claimed.effect, error.reason.value, detail) if buried else None

        return "dead" if await self._settling.end(claimed, work) else "lost"

    async def _postpone(self, claimed: Claimed, again: Again, reason: str, detail: str, *, bucket: str = "") -> str:
        """Give the effect back. A rate limit holds back the bucket, for everybody who draws from it."""
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            if bucket and reason == Reason.RATE_LIMITED:
                await unit.effects.hold_back(bucket, again.delay)
            kept = await unit.effects.postpone(
                claimed,
                again.delay,
                reason=str(reason),
                detail=detail,
                unknown=again.unknown,
                counts=again.counts,
            )
            await unit.commit()
        return str(reason) if kept else "lost"
