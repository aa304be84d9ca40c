"""What an incident's log says must exist in the world: worked out anew from the events alone.

Nothing here looks at the outbox. The same pure functions that the service calls, `apply`, `react` and the expansion of
audiences, are run over the stored log, so that an effect whose row was never written is found to be missing, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain.evolve import apply
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.react import react
from bot.domain.reaction import Arm, Disarm
from bot.outbox import audience

SPOKEN: Final = (f.PostCard, f.PostMessage, f.DirectMessage)
"""Effects of which each leaves exactly one message that carries its key."""

Members = Callable[[str], Sequence[str]]
"""Who is in a user group."""

TIMER: Final = "timer:"
"""How the request ids of fired timers begin; the due time is at their end."""


@dataclass(frozen=True, slots=True)
class Promise:
    """An effect that the log calls for, under the key that the outbox gives it. `place` is its order in its stream."""

    key: str
    place: tuple[int, int]
    effect: f.Effect

    @property
    def stream(self) -> str:
        return f.route(self.effect).stream


@dataclass(frozen=True)
class Promises:
    """Everything that one log calls for. `fired` lists the request ids of timers that left events, `armed` says which
    timers must stand now and when they are due. `retried` are effects that were given up and that somebody let be tried
    once more: these come late, as those after them went ahead.
    """

    incident: Incident
    effects: tuple[Promise, ...]
    armed: dict[str, datetime]
    fired: tuple[str, ...]
    doubled: tuple[str, ...]
    retried: frozenset[str] = frozenset()

    @property
    def messages(self) -> dict[str, Promise]:
        """What must have been said, by key."""
        return {one.key: one for one in self.effects if isinstance(one.effect, SPOKEN)}

    def of(self, kind: type[f.Effect]) -> list[f.Effect]:
        return [one.effect for one in self.effects if isinstance(one.effect, kind)]


@dataclass
class _Timers:
    """Follows the timers of one incident through its log."""

    armed: dict[str, datetime] = field(default_factory=dict)
    fired: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    done: set[tuple[str, type[e.Event]]] = field(default_factory=set)
    last: str = ""

    def happened(self, recorded: e.Recorded) -> None:
        """Note a firing: its events stand side by side under one request id. A timer may be armed anew for a time that
        is past, as when quiet hours end early, and then does something else; it never does the same once more.
        """
        request = recorded.request_id
        if request.startswith(TIMER):
            deed = (request, type(recorded.event))
            if request != self.last:
                self.fired.append(request)
                self.armed.pop(request.split(":")[2], None)
            if deed in self.done:
                self.doubled.append(f"{request} {type(recorded.event).__name__}")
            self.done.add(deed)
        self.last = request

    def follow(self, change: Arm | Disarm) -> None:
        if isinstance(change, Arm):
            self.armed[change.kind] = change.due_at
        else:
            self.armed.pop(change.kind, None)


def promises(log: Sequence[e.Recorded], policy: Policy, members: Members) -> Promises:
    """Work out what must exist after this log, which is not empty; nobody may have subscribed to anything."""
    incident: Incident | None = None
    effects: list[Promise] = []
    timers = _Timers()
    for recorded in log:
        before, incident = incident, apply(incident, recorded)
        timers.happened(recorded)
        for n, follows in enumerate(react(before, incident, recorded, policy)):
            if isinstance(follows, Arm | Disarm):
                timers.follow(follows)
            elif isinstance(follows, f.Effect):
                effects.extend(_promised(incident, (recorded.seq, n), follows, members))
    if incident is None:
        raise ValueError("an empty log promises nothing")
    retried = frozenset(one.event.effect_id for one in log if isinstance(one.event, e.EffectRetried))
    return Promises(incident, tuple(effects), timers.armed, tuple(timers.fired), tuple(timers.doubled), retried)


def _promised(incident: Incident, place: tuple[int, int], effect: f.Effect, members: Members) -> Iterator[Promise]:
    key = f"{incident.id}:{place[0]}:{place[1]}:{f.route(effect).integration}"
    if isinstance(effect, f.TellAudience):
        groups = {group: members(group) for group in effect.groups}
        for user, message in audience.messages(incident, effect, groups).items():
            yield Promise(f"{key}:{user}", place, message)
    else:
        yield Promise(key, place, effect)
