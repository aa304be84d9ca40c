"""Regulatory clocks: which duty may exist, from when its time runs, when it ends, and what people decided about it.

Firebell never says that a duty exists: it shows a possible one, and legal decides. A regulation is data (a row of
`regulations.yaml`); what people decided about it in one incident is a `Standing`. Nothing here looks at an incident's
status, so that resolving an incident drops no duty.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

IsBusinessDay = Callable[[date, str], bool]
"""Whether a date is a business day in a country (ISO 3166 code); the domain itself holds no calendar."""

POSSIBLE: Final = "possible duty, legal decides"

REMIND_AT: Final = (50, 80, 95)
"""Per cent of the time allowed, after which the owner is reminded."""

END_OF_DAY: Final = time(23, 59)

_MONTHS: Final = 12
_LONGEST_CLOSURE: Final = 60
"""No country closes for as many days in a row: a calendar that says so is broken."""


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
    ends.
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

    def step(self, key: str) -> Step:
        """Return the step of this key; raises KeyError."""
        return {step.key: step for step in self.steps}[key]

    def may_apply(self, on: date) -> bool:
        """Whether it could bind anyone on that date."""
        return self.status is not Status.REPEALED and self.applies_from <= on


def possible(book: Mapping[str, Regulation], keys: Iterable[str], on: date) -> tuple[Regulation, ...]:
    """Return the rows that come up for an incident, in the book's order: those its services name that may apply."""
    named = frozenset(keys)
    return tuple(row for key, row in book.items() if key in named and row.may_apply(on))


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
class Standing:
    """What people decided about one regulation in one incident; `filed` holds the latest filing of each step."""

    regulation: str
    state: State = State.TO_ASSESS
    said: Said | None = None
    starts: Mapping[Trigger, Start] = field(default_factory=dict)
    filed: Mapping[str, Said] = field(default_factory=dict)

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


@dataclass(frozen=True, slots=True)
class Clock:
    """Where one step stands. Without `due_at` it has not started, and `question` says what is missing.

    `question` may also stand beside a due time: another trigger, still unknown, could move it.
    """

    regulation: str
    step: str
    state: State
    limit: Limit
    started_at: datetime | None = None
    due_at: datetime | None = None
    question: str = ""

    @property
    def is_open(self) -> bool:
        """Whether anyone still has something to do."""
        return self.state in (State.TO_ASSESS, State.APPLIES)

    def is_overdue(self, now: datetime) -> bool:
        """Whether its time ran out with nothing filed."""
        return self.is_open and self.due_at is not None and self.due_at <= now

    def reminders(self) -> tuple[tuple[int, datetime], ...]:
        """Return (per cent, time) of each reminder; none once there is nothing left to do."""
        if not self.is_open or self.started_at is None or self.due_at is None:
            return ()
        length = self.due_at - self.started_at
        return tuple((percent, self.started_at + length * percent / 100) for percent in REMIND_AT)

    def not_started(self) -> str:
        """Return the words for a clock whose trigger is not known, empty for one that runs."""
        return "" if self.due_at else f"not started: {self.question[:1].lower()}{self.question[1:]}"


def clocks(regulation: Regulation, standing: Standing, is_business_day: IsBusinessDay) -> tuple[Clock, ...]:
    """Return the clock of every step, in the row's order."""
    return tuple(_clock(regulation, step, standing, is_business_day) for step in regulation.steps)


def _clock(regulation: Regulation, step: Step, standing: Standing, is_business_day: IsBusinessDay) -> Clock:
    begun = {limit: at for limit in step.limits if (at := _began(limit, standing)) is not None}
    ends = {limit: deadline(regulation, limit.span, at, is_business_day) for limit, at in begun.items()}
    missing = [limit for limit in step.limits if limit not in begun]
    question = QUESTIONS[missing[0].trigger] if missing else ""
    state = standing.of_step(step.key)
    counting = {limit: end for limit, end in ends.items() if not _is_waived(limit, end, standing)} or ends
    if not counting:
        return Clock(regulation.key, step.key, state, step.limits[0], question=question)
    limit = min(counting, key=lambda one: counting[one])
    return Clock(regulation.key, step.key, state, limit, begun[limit], counting[limit], question)


def _began(limit: Limit, standing: Standing) -> datetime | None:
    if limit.trigger is Trigger.FILED:
        said = standing.filed.get(limit.step)
        return said.at if said else None
    start = standing.starts.get(limit.trigger)
    return start.at if start else None


def _is_waived(limit: Limit, end: datetime, standing: Standing) -> bool:
    other = standing.starts.get(limit.waived_by) if limit.waived_by else None
    return other is not None and other.at > end


def outstanding(
    book: Mapping[str, Regulation], standings: Iterable[Standing], is_business_day: IsBusinessDay
) -> tuple[Clock, ...]:
    """Return every clock with something left to do: those that run by their due time, then those not started.

    A row that was removed from the book since is left to the caller to name: its clock cannot be computed.
    """
    found = [
        clock
        for standing in standings
        if standing.regulation in book
        for clock in clocks(book[standing.regulation], standing, is_business_day)
        if clock.is_open
    ]
    last = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(found, key=lambda clock: (clock.due_at or last, clock.regulation, clock.step)))


def deadline(regulation: Regulation, span: Span, since: datetime, is_business_day: IsBusinessDay) -> datetime:
    """Return (in UTC) when a span that began at `since` ends.

    Days, months and business days begin with the day after, and end with the last day in the regulation's zone. A last
    day that is a weekend or a holiday is not moved to the next working day, even where the law would: early is safe.
    """
    if span.unit is Unit.HOURS:
        return (since + timedelta(hours=span.count)).astimezone(UTC)
    zone = ZoneInfo(regulation.zone)
    first = since.astimezone(zone).date()
    last = _last_day(first, span, lambda day: is_business_day(day, regulation.country))
    return datetime.combine(last, regulation.closes, zone).astimezone(UTC)


def _last_day(first: date, span: Span, is_business_day: Callable[[date], bool]) -> date:
    if span.unit is Unit.DAYS:
        return first + timedelta(days=span.count)
    if span.unit is Unit.MONTHS:
        return _months_later(first, span.count)
    day = first
    for _ in range(span.count):
        day = _next_business_day(day, is_business_day)
    return day


def _months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day where it has none (31 January, one month)."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _next_business_day(day: date, is_business_day: Callable[[date], bool]) -> date:
    days = (day + timedelta(days=step) for step in range(1, _LONGEST_CLOSURE))
    found = next((one for one in days if is_business_day(one)), None)
    if found is None:
        raise ValueError(f"the calendar has no business day in the {_LONGEST_CLOSURE} days after {day}")
    return found
