"""Small working parts that stand in for the outside: a clock, ids, and a chat that really keeps what it is sent."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain import effects as f
from bot.errors import IntegrationError
from bot.ports import Desk, Performer, View

START = datetime(2026, 3, 2, 2, 47, tzinfo=UTC)
"""A Monday, in the small hours."""


class FakeClock:
    """A wall clock that moves only when told; monotonic time is the machine's, as waiting is real."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return time.monotonic()

    def advance(self, **span: float) -> datetime:
        """Move on by `timedelta(**span)` and return the new time."""
        self._now += timedelta(**span)
        return self._now


class StillClock(FakeClock):
    """Monotonic time stands still as well, for tests of deadlines."""

    def __init__(self, now: datetime = START) -> None:
        super().__init__(now)
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


def numbered(prefix: str) -> Iterator[str]:
    """Yield `prefix1`, `prefix2` ..."""
    return (f"{prefix}{number}" for number in itertools.count(1))


@dataclass(frozen=True, slots=True)
class Posted:
    """One message that the fake chat keeps."""

    channel: str
    ts: str
    key: str
    what: str


@dataclass
class FakeChat:
    """A chat that keeps rooms and messages, refuses what it is told to, and can be asked what it holds.

    `failures` maps an effect type name to errors that its next calls raise, oldest first; with `lost` the call is
    carried out before the error is raised, as when an answer is lost on the way. `pace` is the interval asked of the
    shared bucket.
    """

    failures: dict[str, list[IntegrationError]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    messages: list[Posted] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    delay: float = 0.0
    pace: float = 0.0
    rooms: dict[str, str] = field(default_factory=dict)
    busiest: int = 0
    _busy: int = 0
    _stamps: Iterator[int] = field(default_factory=itertools.count)

    def performer(self, *, call_timeout: float = 10.0, names: Sequence[type] = ()) -> Performer:
        """Return it as a running integration named "chat", for every effect or only those named."""
        handled = names or (
            f.OpenRoom,
            f.InviteToRoom,
            f.PostCard,
            f.RefreshCard,
            f.SetTopic,
            f.PinCard,
            f.AddBookmark,
            f.PostMessage,
            f.DirectMessage,
            f.EditMessage,
        )
        return Performer(
            name="chat",
            handlers={kind.__name__: self.handle for kind in handled},
            reconcile={kind.__name__: self.reconcile for kind in handled},
            call_timeout=call_timeout,
        )

    async def handle(self, effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        what = type(effect).__name__
        if self.pace:
            await asyncio.sleep(await desk.pace(f"method:{what}", self.pace))
        self.calls.append((view.key, what))
        self._busy += 1
        self.busiest = max(self.busiest, self._busy)
        try:
            await asyncio.sleep(self.delay)
            error = self._failure(what)
            if error is not None and what not in self.lost:
                raise error
            facts = self._carry_out(effect, view)
            if error is not None:
                raise error
            return facts
        finally:
            self._busy -= 1

    async def reconcile(self, effect: f.Effect, view: View, desk: Desk) -> f.Facts | None:
        """Look the key up, as a chat's history is looked through for a message's metadata."""
        del desk
        self.calls.append((view.key, f"reconcile {type(effect).__name__}"))
        if isinstance(effect, f.OpenRoom):
            channel = self.rooms.get(view.incident.id)
            return None if channel is None else f.RoomFacts(channel, "room")
        found = [posted for posted in self.messages if posted.key == view.key]
        return f.Placed(found[0].channel, found[0].ts) if found else None

    def sent(self, what: str = "") -> list[str]:
        """Return the keys of messages kept, in order, of one effect type or of all."""
        return [posted.key for posted in self.messages if what in ("", posted.what)]

    def _failure(self, what: str) -> IntegrationError | None:
        waiting = self.failures.get(what)
        return waiting.pop(0) if waiting else None

    def _carry_out(self, effect: f.Effect, view: View) -> f.Facts:
        if isinstance(effect, f.OpenRoom):
            channel = self.rooms.setdefault(view.incident.id, f"C{view.incident.number}")
            return f.RoomFacts(channel, f"inc-{view.incident.number}")
        room = view.incident.room
        channel = f"D{effect.user}" if isinstance(effect, f.DirectMessage) else room.channel if room else "summary"
        ts = f"1700000000.{next(self._stamps):06d}"
        self.messages.append(Posted(channel, ts, view.key, type(effect).__name__))
        placed = isinstance(effect, f.PostCard | f.PostMessage | f.DirectMessage)
        return f.Placed(channel, ts) if placed else f.Done()


def counts(keys: Sequence[str]) -> Mapping[str, int]:
    """Return how often each key occurs."""
    return {key: keys.count(key) for key in keys}
