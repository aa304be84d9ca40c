"""Whether somebody can be asked to help now, and for how long they have been up. Pure: the time is passed in.

A person's own word counts most; then that they are at work on an incident, or on call; then their working hours. Who
has no working hours in the settings counts as there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.policy import PersonPolicy, WorkingHours

LONGEST: Final = timedelta(days=14)
"""How far ahead somebody may say where they will be; a longer absence belongs into the settings."""

USUALLY: Final = timedelta(hours=8)
"""What is assumed where somebody says no end and has no working hours: a shift, or a night."""

LONG_DAY: Final = timedelta(hours=14)
"""Whoever came to work longer ago than this, and took a role only now, has slept meanwhile."""

_SATURDAY: Final = 5


class Whereabouts(StrEnum):
    """What somebody says of themselves."""

    AVAILABLE = "available"
    OFF = "off"
    ASLEEP = "asleep"


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody's own word, from `at` until `until`."""

    user: str
    where: Whereabouts
    until: datetime
    at: datetime


def is_available(
    person: PersonPolicy, now: datetime, *, word: Word | None = None, at_work: bool = False, on_call: bool = False
) -> bool:
    """Say whether somebody can be asked now; `at_work`: they hold a role in an open incident."""
    if word is not None and now < word.until:
        return word.where is Whereabouts.AVAILABLE
    return at_work or on_call or person.hours is None or works_at(person.hours, now)


def works_at(hours: WorkingHours, now: datetime) -> bool:
    """Whether a moment lies within working hours, Monday to Friday."""
    local = now.astimezone(ZoneInfo(hours.zone))
    return local.weekday() < _SATURDAY and hours.start <= local.time() < hours.end


def hours_awake(
    person: PersonPolicy, now: datetime, *, word: Word | None = None, on_since: datetime | None = None
) -> float | None:
    """Estimate for how many hours somebody has been up; None where nothing tells.

    `on_since` is when they took the oldest role that they still hold. Whoever said that they would sleep until a time
    counts from then on. Else they got up when the working day began in which they took that role (or in which it is
    now), unless that is more than `LONG_DAY` before it: then when they took it.
    """
    if word is not None and word.where is Whereabouts.ASLEEP and timedelta() <= now - word.until < LONG_DAY:
        return _hours(now - word.until)
    began = _day_began(person.hours, on_since or now) if person.hours else None
    since = on_since if began is None else began
    return _hours(now - since) if since is not None else None


def _day_began(hours: WorkingHours, at: datetime) -> datetime | None:
    zone = ZoneInfo(hours.zone)
    local = at.astimezone(zone)
    for days in (0, 1):
        day = local.date() - timedelta(days=days)
        began = datetime.combine(day, hours.start, tzinfo=zone)
        if day.weekday() < _SATURDAY and timedelta() <= at - began <= LONG_DAY:
            return began
    return None


def _hours(length: timedelta) -> float:
    return max(length, timedelta()) / timedelta(hours=1)


def until_by_default(where: Whereabouts, hours: WorkingHours | None, now: datetime) -> datetime:
    """Return how long a word holds where no end was said.

    Being there holds for `USUALLY`; being away until the next working day begins, else for `USUALLY`.
    """
    if where is Whereabouts.AVAILABLE or hours is None:
        return now + USUALLY
    zone = ZoneInfo(hours.zone)
    local = now.astimezone(zone)
    for days in range(8):
        day = local.date() + timedelta(days=days)
        began = datetime.combine(day, hours.start, tzinfo=zone)
        if day.weekday() < _SATURDAY and began > now:
            return began.astimezone(now.tzinfo)
    return now + USUALLY
