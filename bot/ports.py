"""What the inside needs of the outside: protocols and the values that cross them. Nothing here knows the chat."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol

from bot.alarm import AlarmRow, Lateness, Replica
from bot.domain.bulletins import Issued, Kind
from bot.domain.effects import Effect, Facts
from bot.domain.events import Recorded
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.priority import Shown
from bot.domain.subscriptions import Subscription
from bot.domain.venue import Venue
from bot.roster import WordRows
from bot.rows import BulletinRows, EffectRows, RankRows, TimerRows
from bot.subscriptions import SubscriptionRows


class Clock(Protocol):
    """Wall time for facts (UTC-aware) and monotonic seconds for waiting."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """A command's result. `incident` is the fold after it; `repeat`: the same request had been carried out before."""

    incident: Incident
    events: tuple[Recorded, ...]
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. A private incident exists only for those inside it (`Incident.inside`) and, in its room, for all."""

    user: str


EVERYBODY: Final = Viewer("")
"""Sees what everybody may see: no private incident."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the inbox keeps of an accepted request: its incident and the seqs it made (none when last < first)."""

    incident_id: str
    first_seq: int
    last_seq: int


class UnitOfWork(Protocol):
    """One open transaction. It is rolled back unless `commit` is called."""

    @property
    def effects(self) -> EffectRows: ...
    @property
    def timers(self) -> TimerRows: ...
    @property
    def alarm(self) -> AlarmRow: ...
    @property
    def ranks(self) -> RankRows: ...
    @property
    def words(self) -> WordRows: ...
    @property
    def subscriptions(self) -> SubscriptionRows: ...
    @property
    def bulletins(self) -> BulletinRows: ...
    @property
    def brings_work(self) -> bool:
        """Whether the outbox or the scheduler has something new to look at once this is committed."""

    async def incident(self, incident_id: str) -> Incident | None:
        """Lock an incident and return its fold; every change to an incident begins here."""

    async def incidents(self, incident_ids: Collection[str]) -> Mapping[str, Incident]:
        """Lock several, in an order that is everybody's; those that exist and can be read, by id."""

    async def folds(self, incident_ids: Collection[str]) -> Mapping[str, Incident]:
        """Read those that can be read as they stand, without a lock: nothing may be decided by them."""

    async def next_number(self) -> int:
        """Take the workspace's next incident number; rolled back with the transaction, so that none is left out."""

    async def count(self, what: str) -> int:
        """Count one more of `what` in the workspace; returns how many there are now."""

    async def record(self, before: Incident | None, after: Incident, events: Sequence[Recorded], rank: int) -> None:
        """Append events to the log and write the fold; `rank` is the severity's, for the outbox's order.

        Raises:
            Conflict: when another writer was first.
        """

    async def log(self, incident_id: str, *, until: int | None = None) -> Sequence[Recorded]: ...
    async def answered(self, request_id: str) -> Stored | None: ...
    async def remember(self, request_id: str, stored: Stored, at: datetime) -> None: ...
    async def forget(self, before: datetime) -> int:
        """Drop inbox rows older than `before` and buckets that have filled up since; returns how many of the former."""

    async def sign_in(self, me: Replica, at: datetime) -> None:
        """Note that a process is alive; forgets those that have not been seen for a week."""

    async def store_blob(self, data: bytes, media_type: str, at: datetime) -> str: ...
    async def commit(self) -> None:
        """Commit, if the deadline has not passed.

        Raises:
            Busy: the deadline has passed; nothing was sent.
            OutcomeUnknown: COMMIT was sent and its answer was lost.
        """


class Ledger(Protocol):
    """Where transactions come from. `alone`: no other process can use this database while we do."""

    @property
    def alone(self) -> bool: ...

    def transaction(self, *, seconds: float) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a transaction that must reach its commit within `seconds`.

        Raises:
            Busy: the database did not answer in time; nothing was committed.
            Conflict: another writer was first.
        """

    async def answer(self, request_id: str) -> Stored | None:
        """Look the inbox up after a lost COMMIT: waits for a transaction in flight, so that None is certain.

        Raises:
            Busy: that could not be found out.
        """

    async def end_stalled(self) -> int:
        """End the transactions of processes that are paused in the middle of a statement; returns how many.

        Raises:
            Busy: the database did not answer.
        """

    def subscribe(self) -> asyncio.Event:
        """An event that is set after each commit, here or in another replica, that brings effects or timers."""

    def follow(self) -> set[str]:
        """A set that the ids of incidents are added to before anybody hears that a transaction of this process changed
        them; whoever follows takes them out.
        """


class Observer(Protocol):
    """What service, outbox and scheduler tell whoever measures them. Labels carry no text of people."""

    def command(self, name: str, outcome: str, seconds: float) -> None:
        """A command ended: "accepted", "repeat", "refused", "busy", "unknown" (whether it took effect) or "failed"."""

    def effect(self, integration: str, what: str, outcome: str, seconds: float) -> None:
        """One attempt ended. `outcome` is "done", "expanded", "reconciled", "dead", "lost" or a retried reason."""

    def timer(self, kind: str, outcome: str, late_seconds: float) -> None:
        """One timer fired ("fired") or failed ("failed")."""

    def lateness(self, lateness: Lateness) -> None:
        """The watchdog looked."""


class Silent:
    """An observer that measures nothing."""

    def command(self, name: str, outcome: str, seconds: float) -> None:
        del name, outcome, seconds

    def effect(self, integration: str, what: str, outcome: str, seconds: float) -> None:
        del integration, what, outcome, seconds

    def timer(self, kind: str, outcome: str, late_seconds: float) -> None:
        del kind, outcome, late_seconds

    def lateness(self, lateness: Lateness) -> None:
        del lateness


READ_AT_ONCE: Final = 25
"""Incidents that are read before others get a turn: some ten milliseconds."""


class Queries(Protocol):
    """Read side. Every method that takes a viewer returns only what that person may see."""

    async def by_id(self, incident_id: str) -> Incident | None: ...
    async def subscriptions_of(self, user: str) -> Sequence[Subscription]:
        """A person's own, the narrowest kind first."""

    async def by_ids(self, incident_ids: Collection[str]) -> Mapping[str, Incident]:
        """Those of the incidents that exist and can be read, by id."""

    async def by_number(self, number: int, viewer: Viewer) -> Incident | None: ...
    async def by_channel(self, channel: str, viewer: Viewer) -> Incident | None: ...
    async def by_message(self, channel: str, ts: str, viewer: Viewer) -> Incident | None:
        """The incident one of whose messages (card, summary card, update ...) stands there."""

    async def open_incidents(self, viewer: Viewer, *, limit: int = 50) -> Sequence[Incident]: ...
    async def open_ids(self) -> Sequence[str]:
        """Every open incident, private ones too: for Firebell's own work only."""

    async def open_heads(self, viewer: Viewer | None = None) -> Mapping[str, int]:
        """Each open incident's id and the seq of its log's head; without a viewer all, for Firebell's own work only."""

    async def open_inside(self, viewer: Viewer) -> Collection[str]:
        """The ids of the open private incidents that this person is inside of."""

    async def shown(self) -> tuple[Shown, int]:
        """Return the displayed order that was written last, and the seq of the workspace's log at that moment."""

    async def issued(self, kind: Kind) -> Issued | None:
        """Return the newest bulletin of a kind."""

    async def with_timer(self, kind: str, viewer: Viewer) -> Sequence[Incident]:
        """Incidents, whatever their status, for which a timer of this kind is set."""

    async def timers_of(self, kind: str) -> Mapping[str, datetime]:
        """When the timers of a kind are due, by incident; private ones too: for Firebell's own work only."""

    async def recent(self, viewer: Viewer, *, limit: int = 20) -> Sequence[Incident]: ...
    async def held_by(self, user: str) -> Sequence[Incident]: ...
    async def log(self, incident_id: str) -> Sequence[Recorded]: ...
    async def blob(self, digest: str) -> bytes | None: ...
    async def claimed_by_other(self, channel: str, incident_id: str) -> bool:
        """Whether another incident than this one has the channel as its room."""

    async def until_attempt(self) -> float | None:
        """Seconds until the next effect may be tried, 0.0 when one may be now; None when none is to be."""

    async def bucket_wait(self, bucket: str) -> float:
        """Seconds until a bucket may be drawn from again; 0 when it may be now."""

    async def lateness(self, now: datetime) -> Lateness: ...
    async def next_due(self) -> datetime | None:
        """When the next timer may be fired, which may have been long ago; None where none is set."""

    async def last_alive(self) -> datetime | None:
        """When a process that serves the workspace signed in last, by its own clock."""

    async def failures(self, *, limit: int = 20) -> Sequence[Mapping[str, str]]: ...


@dataclass(frozen=True, slots=True)
class View:
    """What a handler sees beside its effect: the current fold, the policy, and the key that goes out as metadata.

    `first_attempt_at` is set from the second attempt on; `progress` is what this effect has checkpointed so far.
    """

    incident: Incident
    policy: Policy
    key: str
    attempt: int = 1
    first_attempt_at: datetime | None = None
    progress: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class Desk(Protocol):
    """What a handler may use of the house while it works, all outside any transaction."""

    async def checkpoint(self, progress: Mapping[str, str]) -> None:
        """Settle one step of a longer effect; raises `LeaseLost` through when another worker has taken over."""

    async def store_blob(self, data: bytes, media_type: str) -> str:
        """Keep bytes under their SHA-256 (hex), which is returned."""

    async def blob(self, digest: str) -> bytes | None: ...
    async def log(self) -> Sequence[Recorded]: ...
    async def parts(self) -> Mapping[int, Sequence[Recorded]]:
        """The logs of what was merged into the incident, by number."""

    async def pace(self, bucket: str, interval: float, *, burst: int = 1) -> float:
        """Reserve the next slot of a bucket that all replicas share; returns the seconds to wait first.

        After a rest up to `burst` calls go out at once.
        """

    async def claimed_by_other(self, channel: str) -> bool:
        """Whether another incident already holds this channel as its room."""

    async def venues(self) -> Sequence[Venue]:
        """What the newest incidents were told about canvases, the newest first; of private ones nothing."""


Handler = Callable[[Effect, View, Desk], Awaitable[Facts]]
Reconcile = Callable[[Effect, View, Desk], Awaitable[Facts | None]]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `firebell doctor`: what was looked at, whether it is well, and how to mend it."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Performer:
    """A running integration: handlers by effect type name, and what it can say about effects whose outcome is unknown.

    `reconcile` returns the facts if the earlier attempt did succeed, None if it is known not to have.
    """

    name: str
    handlers: Mapping[str, Handler]
    reconcile: Mapping[str, Reconcile] = field(default_factory=lambda: MappingProxyType({}))
    check: Callable[[], Awaitable[Sequence[Check]]] | None = None
    call_timeout: float = 10.0


class Integration(Protocol):
    """One outside system: opened by the composition root, closed on drain."""

    name: str

    def open(self) -> AbstractAsyncContextManager[Performer]: ...


class Directory(Protocol):
    """What the chat system knows about people, cached; never lists a workspace."""

    async def members(self, group: str) -> Sequence[str]:
        """User ids of a user group (id or handle); empty when unknown."""

    async def name(self, user: str) -> str:
        """What a person is called in the chat; the id itself when it cannot be had."""

    async def full_name(self, user: str) -> str:
        """A person's real name, for documents that are read outside the chat; the id itself when it cannot be had."""

    async def zone(self, user: str) -> str:
        """A person's IANA time zone; "UTC" when it cannot be had."""


class Emails(Protocol):
    """Which e-mail belongs to whom in the chat; "" for what cannot be had. Other systems know people by it."""

    async def email(self, user: str) -> str:
        """A person's e-mail."""

    async def user(self, email: str) -> str:
        """The id of whom an e-mail belongs to."""
