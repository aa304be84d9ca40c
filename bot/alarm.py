"""What is late, who serves the workspace, and what those who run Firebell are told: values and protocols."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Lateness:
    """What is late: for the watchdog, `/metrics` and `firebell doctor`. Seconds; 0 when nothing is.

    `unreadable` of the pending effects, and `given_up_unread` of the dead, could not be read by the release that met
    them last.
    """

    oldest_timer: float
    oldest_effect: float
    pending_effects: int
    dead_effects: int
    due_timers: int = 0
    unreadable: int = 0
    given_up_unread: int = 0


@dataclass(frozen=True, slots=True)
class Replica:
    """One process that serves the workspace. `started_at` is by its own clock."""

    id: str
    host: str
    pid: int
    release: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the operators were last told: whether Firebell is `late`, and by which message.

    `place` is (channel, ts) of the newest message, None while it has none that is known; it was posted `age` seconds
    ago. `unknown`: the last try to tell may have got through. `rest` is the seconds until the next try may be.
    """

    late: bool
    since: datetime
    episode: int
    place: tuple[str, str] | None
    age: float
    attempts: int
    unknown: bool
    rest: float


@dataclass(frozen=True, slots=True)
class Behind:
    """What the operators are told: behind since when, what is late, and, once it has caught up, until when."""

    since: datetime
    lateness: Lateness
    until: datetime | None = None


class Noticeboard(Protocol):
    """Where those who run Firebell read, in the chat. All raise `IntegrationError`. A place is (channel, ts)."""

    async def post(self, told: Behind, key: str) -> tuple[str, str]: ...
    async def find(self, key: str, since: datetime) -> tuple[str, str] | None:
        """Look for the message with this key among what was said since then."""

    async def edit(self, place: tuple[str, str], told: Behind) -> bool:
        """Write a message anew; False when somebody has deleted it."""


class AlarmRow(Protocol):
    """The workspace's one alarm, inside one transaction. Of many replicas, one at a time tells."""

    async def lock(self) -> Alarm: ...
    async def claim(self, token: str, alarm: Alarm, *, lease: float) -> None:
        """Write down that this alarm is about to be told; for `lease` seconds nobody else tries."""

    async def told(self, token: str, *, late: bool, place: tuple[str, str] | None, new: bool, rest: float) -> None:
        """Settle; `new` when a message was posted now. Nothing changes if somebody else has tried since."""

    async def failed(self, token: str, *, unknown: bool) -> None: ...
