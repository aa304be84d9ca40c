"""What a priority is made of: an incident as ranking sees it, the factors of its cost, and its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.catalog import Range
from bot.domain.impact import NO_IMPACT, Impact, Override, Safety


@dataclass(frozen=True, slots=True)
class Case:
    """An open incident as ranking sees it. `since` is when it began, else when it was declared."""

    id: str
    number: int
    severity: str
    since: datetime
    services: tuple[str, ...] = ()
    impact: Impact = NO_IMPACT
    safety: Safety | None = None
    override: Override | None = None
    update_overdue: bool = False


@dataclass(frozen=True, slots=True)
class Estimates:
    """What counts of an incident where nobody says otherwise: the figures of `Impact`, as far as the catalog has them.

    `exposed_per_hour` is None where no regulated data is known to be near; of a backlog nothing is known.
    """

    degraded: Range
    customers: Range
    vips: tuple[str, ...]
    revenue_per_hour: Range
    data_classes: tuple[str, ...] = ()
    exposed_per_hour: Range | None = None


class Key(StrEnum):
    """The factors of the cost of waiting, in the order in which they are shown."""

    REVENUE = "revenue"
    CUSTOMERS = "customers"
    REGULATION = "regulation"
    CASCADE = "cascade"
    BACKLOG = "backlog"
    BUDGET = "budget"


class Source(StrEnum):
    """Where a factor comes from: a person's word, the catalog, or what is assumed where neither says anything."""

    PERSON = "person"
    CATALOG = "catalog"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Factor:
    """One part of the cost of waiting, in currency per hour. `text` says what it rests on, without amounts.

    `by` names the person whose word moved it; it is then shown as "estimate by @x".
    """

    key: Key
    per_hour: Range
    text: str
    source: Source
    by: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What waiting costs per hour, with its factors kept apart. `safety` stands above any amount."""

    safety: bool
    factors: tuple[Factor, ...]
    per_hour: Range

    def factor(self, key: Key) -> Factor | None:
        """Return one factor, or None where it plays no part."""
        return next((factor for factor in self.factors if factor.key is key), None)

    @property
    def main(self) -> Factor | None:
        """The factor that carries most of the expected cost."""
        return max(self.factors, key=lambda factor: factor.per_hour.expected, default=None)


Order = tuple[bool, float, datetime, int, str]
"""What the pure order is sorted by: safety, expected cost, age, number; it ends with the incident's id."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An incident and its score. `order` follows from both and is made once, since everything is sorted by it."""

    case: Case
    score: Score
    order: Order = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        case, score = self.case, self.score
        object.__setattr__(
            self, "order", (not score.safety, -score.per_hour.expected, case.since, case.number, case.id)
        )


class Band(StrEnum):
    """How bad waiting is, for those who may not see amounts."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    SEVERE = "severe"
    EXTREME = "extreme"


NOBODY_WAITS: Final[Mapping[str, float]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ranked:
    """An incident at its displayed place (from 1).

    `by_score` is its place by score alone; where it differs, an override or the margin of the displayed order holds.
    `speeds` are the others, by id, whose mitigation takes so many times as long while this one is open.
    """

    place: int
    by_score: int
    scored: Scored
    band: Band
    overridden: bool = False
    speeds: Mapping[str, float] = field(default_factory=lambda: NOBODY_WAITS)
