"""What the inside needs of the outside: protocols, and the values that cross them. Nothing here says which chat system it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from bot.domain.effects import Effect, Facts
from bot.domain.events import Recorded
from bot.domain.model import Incident
from bot.domain.policy import Policy


class Clock(Protocol):
    """Wall time for facts (UTC-aware) and monotonic seconds for waiting."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """A command's result. `incident` is the fold after it; `repeat` says that the same request had been carried out before."""

    incident: Incident
    events: tuple[Recorded, ...]
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. Private incidents exist only for people inside them (declarer, role holders, followers, members of the room)."""

    user: str


@dataclass(frozen=True, slots=True)
class Lateness:
    """What is late: for the watchdog, `/metrics` and `firebell doctor`. Seconds; 0 when nothing is."""

    oldest_timer: float
    oldest_effect: float
    pending_effects: int
    dead_effects: int


class Queries(Protocol):
    """Read side. Every method that takes a viewer returns only what that person may see."""

    async def by_id(self, incident_id: str) -> Incident | None: ...
    async def by_number(self, number: int, viewer: Viewer) -> Incident | None: ...
    async def by_channel(self, channel: str, viewer: Viewer) -> Incident | None: ...
    async def open_incidents(self, viewer: Viewer, *, limit: int = 50) -> Sequence[Incident]: ...
    async def recent(self, viewer: Viewer, *, limit: int = 20) -> Sequence[Incident]: ...
    async def held_by(self, user: str) -> Sequence[Incident]: ...
    async def log(self, incident_id: str) -> Sequence[Recorded]: ...
    async def blob(self, digest: str) -> bytes | None: ...
    async def lateness(self, now: datetime) -> Lateness: ...
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
    async def pace(self, bucket: str, interval: float) -> float:
        """Reserve the next slot of a bucket that all replicas share; returns the seconds to wait first."""

    async def claimed_by_other(self, channel: str) -> bool:
        """Whether another incident already holds this channel as its room."""


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
        """A person's display name; the id itself when it cannot be had. For plain-text documents."""

    async def zone(self, user: str) -> str:
        """A person's IANA time zone; "UTC" when it cannot be had."""
