"""What people decided about a regulation in one incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain.regulation.rows import Trigger


class State(StrEnum):
    """What people decided about a duty."""

    TO_ASSESS = "to_assess"
    APPLIES = "applies"
    DOES_NOT_APPLY = "does_not_apply"
    FILED = "filed"


@dataclass(frozen=True, slots=True)
class Said:
    """Who said it, when they said it, and why or under which reference."""

    by: str
    at: datetime
    why: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """The moment a trigger happened, which may be before it was recorded."""

    at: datetime
    said: Said


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a regulation came up: services that name it, classes of data that it is about; neither where a person did."""

    regulation: str
    services: tuple[str, ...] = ()
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reminded:
    """The last reminder of a step: for which due time, and at how many per cent (100: it had passed)."""

    due_at: datetime
    percent: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder of one step's due time, at `percent` of the time allowed (100: it has passed)."""

    regulation: str
    step: str
    percent: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What people decided about one regulation in one incident.

    `starts` and `deciders` (who was asked) go by trigger, `filed` (the latest filing) and `reminded` by step.
    """

    regulation: str
    state: State = State.TO_ASSESS
    said: Said | None = None
    starts: Mapping[str, Start] = field(default_factory=dict)
    filed: Mapping[str, Said] = field(default_factory=dict)
    deciders: Mapping[str, str] = field(default_factory=dict)
    reminded: Mapping[str, Reminded] = field(default_factory=dict)
    cause: Cause | None = None

    def of_step(self, step: str) -> State:
        """Return the state of one step: what was filed stays filed, whatever is decided later."""
        return State.FILED if step in self.filed else self.state


def judged(standing: Standing, state: State, said: Said) -> Standing:
    """Record whether a regulation applies; that it does not needs a reason. Raises ValueError."""
    if state is State.FILED:
        raise ValueError("a step is filed, not a whole regulation")
    if state is State.DOES_NOT_APPLY and not said.why.strip():
        raise ValueError("that a duty does not apply needs a reason")
    return replace(standing, state=state, said=said)


def started(standing: Standing, trigger: Trigger, start: Start) -> Standing:
    """Record when a trigger happened; a later record corrects an earlier one. Raises ValueError."""
    if trigger is Trigger.FILED:
        raise ValueError("a filing is recorded with its step")
    if start.at > start.said.at:
        raise ValueError("a clock cannot have started in the future")
    return replace(standing, starts=MappingProxyType({**standing.starts, trigger: start}))


def filed(standing: Standing, step: str, said: Said) -> Standing:
    """Record that a step's report was filed, with its reference. Raises ValueError."""
    if not said.reference.strip():
        raise ValueError("a filing needs its reference")
    return replace(standing, filed=MappingProxyType({**standing.filed, step: said}))
