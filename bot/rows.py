"""What a transaction does to the rows of effects, timers and the displayed order, and what it hands out of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol

from bot.domain.bulletins import Issued, Kind
from bot.domain.effects import Effect
from bot.domain.model import Incident
from bot.domain.priority import Shown
from bot.domain.reaction import Arm
from bot.domain.unread import UNREADABLE as UNREADABLE
from bot.domain.unread import Unread

UNREADABLE_KEPT_HOURS: Final = 6
"""For how long one process must have met an effect of a known kind that it cannot read before that is given up: until
an upgrade, or the way back from one, has long been over.
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An effect that this worker may perform while its lease lasts. `token` is new with each claim.

    `attempt` counts from 1; `unknown` says that an earlier attempt may have been carried out all the same, and `unread`
    that whoever had it last could not read it, nor what it needs.
    """

    key: str
    incident_id: str
    effect: Effect
    token: str
    attempt: int
    first_attempt_at: datetime | None = None
    unknown: bool = False
    unread: bool = False
    progress: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An effect that was met, and that this release cannot read.

    `queued` is when it was queued, or put back, by the database's clock: it tells one wait from the next and is
    compared with nothing else. With `again`, whoever met it last could not read it either.
    """

    key: str
    incident_id: str
    effect: Unread
    queued: int
    again: bool


@dataclass(frozen=True, slots=True)
class Lease:
    """What stands in the row of an effect that some worker performs: for how many seconds, and since `begun`, which
    tells one lease from the next and is compared with nothing else. `over` is what the database's clock says of it.
    """

    key: str
    token: str
    begun: int
    seconds: float
    over: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer whose time has come. `attempt` counts from 1."""

    incident_id: str
    kind: str
    due_at: datetime
    step: int
    attempt: int = 1


class EffectRows(Protocol):
    """The outbox's rows, inside one transaction. Durations are in seconds and run on the database's clock.

    Methods that take a `Claimed` change the row only while its lease token is still that one; False means it is not.
    """

    async def enqueue(self, incident: Incident, effects: Sequence[tuple[int, int, Effect]]) -> None:
        """Add effects as (seq, n, effect). A collapsing effect replaces the facts of a twin that nobody has claimed."""

    @property
    def unreadable(self) -> Sequence[Unreadable]:
        """What claims in this transaction met and could not read."""

    async def release(self, incident: Incident) -> None:
        """Let waiting effects go whose needs the fold now meets, and those that only a newer release can read: it
        looks at what they need.
        """

    async def revive(self, key: str, incident: Incident) -> None:
        """Put a dead effect back, with its attempts counted afresh."""

    async def claim(
        self, leases: Mapping[str, float], token: str, *, most: int = 1, without: Collection[str] = ()
    ) -> Sequence[Claimed]:
        """Take the most urgent effects at the heads of their streams, among the integrations named in `leases`.

        Those of the types in `without` are left where they are.
        """

    async def settle(self, claimed: Claimed) -> bool:
        """Mark it done."""

    async def settle_all(self, claimed: Sequence[Claimed]) -> Collection[str]:
        """Mark them done; returns the keys of those whose lease had not been lost."""

    async def bury(self, claimed: Claimed, reason: str, detail: str) -> bool:
        """Mark it dead: no longer tried, no longer in the way of its stream."""

    async def give_up(self, unreadable: Unreadable, detail: str) -> bool:
        """Mark it dead; False when somebody has read it meanwhile, or put it back."""

    async def wait(self, claimed: Claimed, incident: Incident) -> None:
        """Give it back, to go once the fold knows what it needs; this attempt is not counted."""

    async def postpone(
        self, claimed: Claimed, delay: float, *, reason: str, detail: str, unknown: bool, counts: bool
    ) -> bool:
        """Give it back for another try; with `counts` false this attempt is not counted."""

    async def standing(self, claimed: Claimed) -> Effect:
        """Return the effect as its row has it now: text may have been taken out of it since it was claimed."""

    async def expand(self, claimed: Claimed, effects: Mapping[str, Effect]) -> None:
        """Add one effect for each recipient, keyed (this effect, recipient)."""

    async def checkpoint(self, claimed: Claimed, progress: Mapping[str, str]) -> bool: ...
    async def hold(self, claimed: Claimed, *, wait: float, lease: float) -> bool:
        """Look whether the lease stands: it does until somebody takes it back. It begins anew after `wait`."""

    async def reserve(self, bucket: str, interval: float, *, within: float, burst: int = 1) -> tuple[float, bool]:
        """Return (seconds until the next free slot, whether it was taken); it is not when further off than `within`.

        Slots lie `interval` apart. A bucket that rested has up to `burst` of them free at once: any span of time
        sees at most `burst` + span / interval.
        """

    async def hold_back(self, bucket: str, seconds: float) -> None:
        """Let nobody use a bucket for so long."""

    async def leases(self) -> Sequence[Lease]:
        """Return the leases of all effects that are being sent."""

    async def sweep(self, leases: Sequence[Lease], *, wait: bool) -> int:
        """Give back effects whose leases these still are; returns how many.

        With `wait` they are not looked into before the traces of an attempt must be visible that was just made.
        """

    async def next_attempt(self) -> float | None:
        """Return the seconds until a postponed effect may be tried again."""


class TimerRows(Protocol):
    """The timers' rows, inside one transaction. Their times are the house's clock, which a demo may move on."""

    async def arm(self, incident_id: str, arm: Arm) -> None: ...
    async def disarm(self, incident_id: str, kind: str) -> None: ...
    async def claim(self, now: datetime) -> DueTimer | None:
        """Take out the timer that is due longest, with its incident locked and not yet read."""

    async def postpone(self, timer: DueTimer, until: datetime, error: str) -> None: ...


class RankRows(Protocol):
    """The displayed order in the workspace's log, inside one transaction."""

    async def show(self, shown: Shown, at: datetime, *, head: int) -> None:
        """Write what is shown from now on; `head` is the log's head as `Queries.shown` told it.

        Raises:
            Conflict: the log has gone on since.
        """


class BulletinRows(Protocol):
    """Bulletins in the workspace's log, inside one transaction."""

    async def newest(self, kind: Kind) -> Issued | None:
        """Return the newest of a kind."""

    async def issue(self, issued: Issued) -> int:
        """Write that one was decided on; returns its place in the log.

        Raises:
            Conflict: another replica wrote the log first.
        """
