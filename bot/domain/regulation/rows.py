"""The rows of regulations.yaml: which report may be owed, from when its time runs, and how that time is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from types import MappingProxyType
from typing import Final

END_OF_DAY: Final = time(23, 59)


class Trigger(StrEnum):
    """What a clock starts at. Each is a decision or a fact that people record, with who said so."""

    AWARENESS = "awareness"
    SIGNIFICANCE = "significance"
    CLASSIFICATION = "classification"
    MATERIALITY = "materiality"
    DETERMINATION = "determination"
    DISCOVERY = "discovery"
    FILED = "filed"


QUESTIONS: Final[Mapping[Trigger, str]] = MappingProxyType(
    {
        Trigger.AWARENESS: "Since when have we been aware of it?",
        Trigger.SIGNIFICANCE: "Who decides that it is significant?",
        Trigger.CLASSIFICATION: "Who classifies it as major?",
        Trigger.MATERIALITY: "Who determines that it is material?",
        Trigger.DETERMINATION: "Who determines that it happened as the rule means it?",
        Trigger.DISCOVERY: "When was it discovered?",
        Trigger.FILED: "When was the report before it filed?",
    }
)
"""What is asked where a clock has not started."""


class Unit(StrEnum):
    """How time is counted. Hours run at once; the others end with a local day and do not count the first one."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    BUSINESS_DAYS = "business days"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as a rule writes it."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        unit = self.unit.value.removesuffix("s") if self.count == 1 else self.unit.value
        return f"{self.count} {unit}"


@dataclass(frozen=True, slots=True)
class Limit:
    """One bound of a step: so long after a trigger.

    `step` names the step whose filing is the trigger (Trigger.FILED only). A bound that is not `binding` is an aim of
    the house where the rule says "without undue delay". A bound with `waived_by` falls away once that trigger came
    later than the bound itself: whoever classifies on the third day is not bound by 24 hours from awareness.
    """

    trigger: Trigger
    span: Span
    step: str = ""
    binding: bool = True
    waived_by: Trigger | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One report that a regulation asks for; the earliest of its limits counts."""

    key: str
    name: str
    recipient: str
    limits: tuple[Limit, ...]


class Status(StrEnum):
    """Whether a regulation is law as its row says; a `changing` one needs a fresh look before anyone relies on it."""

    IN_FORCE = "in_force"
    CHANGING = "changing"
    REPEALED = "repealed"


class Checked(StrEnum):
    """What of the source was read when the row was written."""

    SOURCE = "source"
    COPY = "copy"
    SUMMARY = "summary"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Regulation:
    """One row: what may have to be reported, to whom, and where that is written.

    `published` is the source's own date, `checked_on` when the row was last compared with it, `note` what a reader of
    the row should know. `country` (ISO 3166) chooses the calendar of business days; `zone` and `closes` say when a day
    ends. `owner` is a role, or a user group written with @. With `data` the row comes up by itself when one of these
    classes of data is touched, in one of the `regions` if it names any; without, only where a service names it.
    """

    key: str
    name: str
    who: str
    source: str
    published: date
    applies_from: date
    status: Status
    checked: Checked
    steps: tuple[Step, ...]
    checked_on: date | None = None
    note: str = ""
    owner: str = "legal"
    country: str = ""
    zone: str = "UTC"
    closes: time = END_OF_DAY
    data: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def step(self, key: str) -> Step:
        """Return the step of this key; raises KeyError."""
        return {step.key: step for step in self.steps}[key]

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        """What people are asked about: every trigger that a time runs from, but for filings, in the steps' order."""
        found = (limit.trigger for step in self.steps for limit in step.limits)
        return tuple(dict.fromkeys(one for one in found if one is not Trigger.FILED))

    def may_apply(self, on: date) -> bool:
        """Whether it could bind anyone on that date."""
        return self.status is not Status.REPEALED and self.applies_from <= on

    def is_met_by(self, data: Iterable[str], regions: Iterable[str]) -> bool:
        """Whether the data touched and where the services are bring it up; a region that nobody named may be any."""
        places = frozenset(regions)
        return not frozenset(self.data).isdisjoint(data) and (
            not self.regions or not places or not places.isdisjoint(self.regions)
        )


def possible(
    book: Mapping[str, Regulation],
    keys: Iterable[str],
    on: date,
    *,
    data: Iterable[str] = (),
    regions: Iterable[str] = (),
) -> tuple[Regulation, ...]:
    """Return the rows that come up for an incident, in the book's order.

    Those are the rows that its services name, and those that its data and regions meet, as far as they may apply.
    """
    named, touched, places = frozenset(keys), frozenset(data), frozenset(regions)
    return tuple(
        row for key, row in book.items() if row.may_apply(on) and (key in named or row.is_met_by(touched, places))
    )
