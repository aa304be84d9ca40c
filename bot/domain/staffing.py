"""Who leads what when there are more fires than commanders: the values. `bot.analysis.staffing` proposes.

Money is in the workspace's currency, times are hours unless a name says otherwise. A proposal is never carried out by
itself: people accept it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.catalog import NOTHING, Range

OWN_FIGURE_BOUND: Final = 3.0
"""A commander's own figure counts up to this factor above or below history."""


@dataclass(frozen=True, slots=True)
class Fire:
    """One open incident as staffing sees it.

    `per_hour` is the cost of waiting, whose expected value decides. `hours` is the expected time to mitigate by a team
    with every skill in `skills`. `speeds` names incidents whose work takes so many times as long while this one is open
    (a lost tool).
    """

    incident: str
    per_hour: Range
    hours: float
    skills: frozenset[str] = frozenset()
    safety: bool = False
    commander: str | None = None
    commander_since: datetime | None = None
    speeds: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who could help. `load` is the share (0 to below 1) of their time that other things take."""

    user: str
    skills: frozenset[str] = frozenset()
    may_command: bool = True
    available: bool = True
    """Whoever is not and commands is left in command, and given nothing else."""
    load: float = 0.0
    hours_awake: float | None = None
    incident: str | None = None


@dataclass(frozen=True, slots=True)
class StaffingRules:
    """The figures behind a proposal.

    A moved person loses `handover`; a commander is left alone for `settled` after taking over; without a needed skill
    work takes `unskilled` times as long; whoever is awake for `rest_after` hours gets nothing new; a plan within
    `worth_moving` (a share) of the best one is preferred when it moves fewer people.
    """

    handover: timedelta = timedelta(minutes=15)
    settled: timedelta = timedelta(minutes=30)
    unskilled: float = 2.0
    rest_after: float = 16.0
    worth_moving: float = 0.01


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that a proposal rests on."""

    now: datetime
    fires: tuple[Fire, ...]
    people: tuple[Person, ...]
    rules: StaffingRules = StaffingRules()


class Part(StrEnum):
    """What a placed person does."""

    LEADS = "leads"
    HELPS = "helps"


@dataclass(frozen=True, slots=True)
class Place:
    """One person on one incident. `left` is the incident that they are taken off, if any."""

    user: str
    incident: str
    part: Part
    left: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An incident that is deliberately left for later: `hours` until someone leads it, and what that costs.

    `hours` is None where nobody will be free for it within the horizon that `price` covers.
    """

    incident: str
    per_hour: Range
    hours: float | None
    price: Range


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is where, and what that is expected to cost until everything is mitigated.

    `done` is the expected hours from now until each incident is mitigated; `lacking` the skills that nobody on an
    incident has.
    """

    places: tuple[Place, ...]
    waiting: tuple[Waiting, ...]
    price: Range
    done: Mapping[str, float] = field(default_factory=dict)
    lacking: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def moves(self) -> tuple[Place, ...]:
        """Those who are taken off an incident for another one."""
        return tuple(place for place in self.places if place.left is not None)

    def leader(self, incident: str) -> str | None:
        """Return who leads an incident, if anyone."""
        return next((one.user for one in self.places if one.incident == incident and one.part is Part.LEADS), None)

    def price_of(self, fires: Iterable[Fire]) -> Range:
        """Return what the plan is expected to cost on these incidents. Danger to people has no price."""
        return sum((one.per_hour.times(self.done[one.incident]) for one in fires if not one.safety), NOTHING)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The plan that is proposed beside "keep everyone", where only people without an incident are placed.

    `resting` are available people who have been awake for too long to be given anything new.
    """

    plan: Plan
    keep: Plan
    resting: tuple[str, ...] = ()

    @property
    def saving(self) -> float:
        """What the plan is expected to save against keeping everyone."""
        return self.keep.price.expected - self.plan.price.expected


@dataclass(frozen=True, slots=True)
class Estimate:
    """Expected hours to mitigate, and whose figure that is: empty for history."""

    hours: float
    by: str = ""
    bounded: bool = False


def estimate(history: float, own: float | None = None, by: str = "") -> Estimate:
    """Return the time to plan with: history, or a commander's own figure within a factor of three of it."""
    if own is None:
        return Estimate(history)
    hours = min(max(own, history / OWN_FIGURE_BOUND), history * OWN_FIGURE_BOUND)
    return Estimate(hours, by, bounded=hours != own)
