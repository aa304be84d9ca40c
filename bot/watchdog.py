"""The watchdog: what is late beyond a bound is said once, in the log, as a metric and to the operators' channel."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from bot.alarm import Alarm, Behind, Lateness, Noticeboard
from bot.errors import OUTCOME_UNKNOWN, BotError, IntegrationError
from bot.ops import SILENT_SECONDS, Readiness
from bot.ports import Clock, Ledger
from bot.service import INTERNAL_DEADLINE_SECONDS
from bot.tasks import outlived

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. What is late must stay so for `late`, and what is well for `well`, before that counts as a change.

    `look` is how often the operators' loop looks, `refresh` how often it asks the database what they were told, since
    another replica may have told them. Between two words to them lies `rest`, after a failure twice as much each time
    and `rest_most` at most. Within `quiet` after a message no other is posted: it is edited, which notifies nobody.
    """

    late: float = 10.0
    well: float = 60.0
    look: float = 5.0
    refresh: float = 60.0
    rest: float = 60.0
    rest_most: float = 900.0
    quiet: float = 3600.0


class Watchdog:
    """Judges what the scheduler measures. `behind`, which it is `since` then, is None until enough has been seen."""

    def __init__(self, late_after: timedelta, clock: Clock, patience: Patience | None = None) -> None:
        self._bound = late_after.total_seconds()
        self._clock = clock
        self._patience = patience or Patience()
        self._differs_since: float | None = None
        self._looked = clock.monotonic()
        self.behind: bool | None = None
        self.since = clock.now()
        self.lateness = Lateness(0.0, 0.0, 0, 0)

    def saw(self, lateness: Lateness) -> None:
        """Take a measurement; says in the log when it makes Firebell behind, or well again."""
        self.lateness, self._looked = lateness, self._clock.monotonic()
        late = max(lateness.oldest_timer, lateness.oldest_effect) > self._bound
        if late is self.behind:
            self._differs_since = None
            return
        if self._differs_since is None:
            self._differs_since = self._looked
        if self._looked - self._differs_since >= self._hold(late):
            self._change(late)

    def _hold(self, late: bool) -> float:
        if late:
            return self._patience.late
        return 0.0 if self.behind is None else self._patience.well

    def _change(self, late: bool) -> None:
        was, now, began = self.behind, self._clock.now(), self.since
        if late:
            worst = max(self.lateness.oldest_timer, self.lateness.oldest_effect)
            self.since = now - timedelta(seconds=worst - self._bound)
            log.warning("behind", **_facts(self.lateness))
        else:
            self.since = now - timedelta(seconds=self._hold(late))
            if was:
                log.info("caught_up", behind_for=round((now - began).total_seconds()), **_facts(self.lateness))
        self.behind, self._differs_since = late, None

    async def probe(self) -> Readiness:
        """Say whether work is done in time; not a part of `/readyz`, since a replica that is behind must go on."""
        silent = self._clock.monotonic() - self._looked
        if silent > SILENT_SECONDS:
            return Readiness("watchdog", f"has measured nothing for {silent:.0f} s")
        if self.behind is None:
            return Readiness("watchdog", "has not seen enough yet")
        return Readiness("watchdog", "timers or effects are late" if self.behind else "")


def _facts(lateness: Lateness) -> dict[str, int]:
    return {
        "due_timers": lateness.due_timers,
        "oldest_timer": round(lateness.oldest_timer),
        "pending_effects": lateness.pending_effects,
        "oldest_effect": round(lateness.oldest_effect),
        "dead_effects": lateness.dead_effects,
    }


class Operators:
    """Tells the operators' channel, one replica for all: whoever claims the workspace's alarm row says it.

    The outbox is not asked: it is what may be late.
    """

    def __init__(
        self,
        ledger: Ledger,
        board: Noticeboard,
        watchdog: Watchdog,
        clock: Clock,
        *,
        workspace: str,
        patience: Patience | None = None,
        new_token: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self._ledger = ledger
        self._board = board
        self._watchdog = watchdog
        self._clock = clock
        self._workspace = workspace
        self._patience = patience or Patience()
        self._new_token = new_token
        self._told: bool | None = None
        self._asked = self._beat = clock.monotonic()

    @property
    def silent_for(self) -> float:
        """Seconds since the loop last came round."""
        return self._clock.monotonic() - self._beat

    async def run(self) -> None:
        """Keep them told, until cancelled."""
        while True:
            self._beat = self._clock.monotonic()
            with outlived("telling operators", BotError):
                await self.tell()
            await asyncio.sleep(self._patience.look)

    async def tell(self) -> bool:
        """Say what they do not know yet, if it is this replica's turn; returns whether anything was said."""
        behind, now = self._watchdog.behind, self._clock.monotonic()
        if behind is None or (behind is self._told and now - self._asked < self._patience.refresh):
            return False
        token = self._new_token()
        claimed = await self._claim(behind, token)
        if claimed is None:
            return False
        was, alarm = claimed
        try:
            place = await self._say(behind, was, alarm)
        except IntegrationError as error:
            await self._settle_failure(token, was.unknown or error.reason in OUTCOME_UNKNOWN)
            raise
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            new = place is not None and place != alarm.place
            await unit.alarm.told(token, late=behind, place=place, new=new, rest=self._patience.rest)
            await unit.commit()
        self._told = behind
        return place is not None

    async def _claim(self, behind: bool, token: str) -> tuple[Alarm, Alarm] | None:
        """Return the alarm as it was and as this replica is about to tell it; None when there is nothing to tell."""
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            was = await unit.alarm.lock()
            self._asked = self._clock.monotonic()
            if was.late is behind and not was.unknown:
                self._told = behind
                await unit.commit()
                return None
            if 0 < was.rest <= self._patience.rest_most:  # a longer one comes from a clock that was set back since
                return None
            alarm = self._next(behind, was)
            lease = min(self._patience.rest * 2.0 ** min(was.attempts, 30), self._patience.rest_most)
            await unit.alarm.claim(token, alarm, lease=lease)
            await unit.commit()
        return was, alarm

    def _next(self, behind: bool, was: Alarm) -> Alarm:
        """Decide which message speaks: the last one edited, or another one if that is long past."""
        alarm = replace(was, attempts=was.attempts + 1)
        in_doubt = was.unknown and was.place is None
        if not behind or was.late or in_doubt:
            return alarm
        alarm = replace(alarm, since=self._watchdog.since)
        if was.place is None or was.age > self._patience.quiet:
            alarm = replace(alarm, episode=was.episode + 1, place=None)
        return alarm

    async def _say(self, behind: bool, was: Alarm, alarm: Alarm) -> tuple[str, str] | None:
        """Edit or post; None when there is no message and none is needed."""
        until = None if behind else max(alarm.since, self._watchdog.since)
        told = Behind(alarm.since, self._watchdog.lateness, until)
        place = alarm.place
        if place is None and was.unknown and was.episode == alarm.episode:
            place = await self._board.find(self._key(alarm), alarm.since)
        if place is not None and await self._board.edit(place, told):
            return place
        return await self._board.post(told, self._key(alarm)) if behind else None

    async def _settle_failure(self, token: str, unknown: bool) -> None:
        async with self._ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
            await unit.alarm.failed(token, unknown=unknown)
            await unit.commit()

    def _key(self, alarm: Alarm) -> str:
        return f"alarm:{self._workspace}:{alarm.episode}"
