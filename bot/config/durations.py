"""Spans and times of day as people write them: `15m`, `1h`, `90s`, `1d`, `1h 30m`, `22:00`."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Final

_PART: Final = re.compile(r"(\d+)\s*(d|h|m|s)")
_WHOLE: Final = re.compile(r"(?:\s*\d+\s*(?:d|h|m|s)\s*)+")
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")

_HOUR: Final = 60

LONGEST: Final = timedelta(days=366)
"""Longer spans are slips of the finger, and far enough from what `timedelta` can hold."""

SHORTEST_AGE: Final = timedelta(days=1)
LONGEST_AGE: Final = timedelta(days=36_500)


def parse_span(value: object) -> timedelta:
    """Read a span; raises ValueError, with an example of what would be right.

    A bare number is refused: YAML reads `1:30` as 90, and nobody could tell which unit was meant.
    """
    total = _total(value, "15m, 1h or 1d")
    if total > LONGEST:
        raise ValueError("a span of time may be a year at most")
    return total


def parse_span_or_never(value: object) -> timedelta:
    """Read a span; `never` is none at all."""
    return timedelta() if value in ("never", "0") or (value == 0 and value is not False) else parse_span(value)


def parse_age(value: object) -> timedelta:
    """Read how long something is kept: a day to a century; raises ValueError as `parse_span` does."""
    total = _total(value, "30d or 730d")
    if not SHORTEST_AGE <= total <= LONGEST_AGE:
        raise ValueError("things are kept for a day at least and 36500d at most")
    return total


def _total(value: object, example: str) -> timedelta:
    if not isinstance(value, str) or not _WHOLE.fullmatch(value):
        raise ValueError(f"`{value}` is no span of time; write it like {example}")
    try:
        total = sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in _PART.findall(value)), timedelta())
    except OverflowError:
        total = timedelta.max
    if total <= timedelta():
        raise ValueError(f"a span of time must be above zero; write it like {example}")
    return total


def parse_clock(value: object) -> time:
    """Read a time of day from 00:00 to 23:59; raises ValueError, with an example of what would be right."""
    # YAML 1.1 reads an unquoted 22:00 as the sexagesimal number 1320; no time of day that it does so with is below 60.
    if isinstance(value, int) and not isinstance(value, bool) and _HOUR <= value < 24 * _HOUR:
        return time(value // _HOUR, value % _HOUR)
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'`{value}` is no time of day; write it like "22:00", in quotes')
    return time(int(found[1]), int(found[2]))
