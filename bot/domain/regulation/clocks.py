"""When the time of each report ends, given what people said; nothing here looks at an incident's status."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.regulation.rows import QUESTIONS, Limit, Regulation, Span, Step, Trigger, Unit
from bot.domain.regulation.standing import Standing, State

IsBusinessDay = Callable[[date, str], bool]
"""Whether a date is a business day in a country (ISO 3166 code); the domain itself holds no calendar."""

REMIND_AT: Final = (50, 80, 95)
"""Per cent of the time allowed, after which the owner is reminded."""

PASSED: Final = 100

_MONTHS: Final = 12
_SATURDAY: Final = 5
_LONGEST_CLOSURE: Final = 60
"""No country closes for as many days in a row: a calendar that says so is broken."""


def weekdays(day: date, country: str) -> bool:
    """A calendar without holidays, for rules that nobody gave a better one."""
    del country
    return day.weekday() < _SATURDAY


@dataclass(frozen=True, slots=True)
class Clock:
    """Where one step stands. Without `due_at` it has not started, and `question` says what is missing.

    `question` may also stand beside a due time: another trigger, still unknown (`missing`), could move it.
    """

    regulation: str
    step: str
    state: State
    limit: Limit
    started_at: datetime | None = None
    due_at: datetime | None = None
    missing: Trigger | None = None

    @property
    def question(self) -> str:
        """What is asked about the trigger that is not known, empty where every one is."""
        return QUESTIONS[self.missing] if self.missing else ""

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
    missing = next((limit.trigger for limit in step.limits if limit not in begun), None)
    state = standing.of_step(step.key)
    counting = {limit: end for limit, end in ends.items() if not _is_waived(limit, end, standing)} or ends
    if not counting:
        return Clock(regulation.key, step.key, state, step.limits[0], missing=missing)
    limit = min(counting, key=lambda one: counting[one])
    return Clock(regulation.key, step.key, state, limit, begun[limit], counting[limit], missing)


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
