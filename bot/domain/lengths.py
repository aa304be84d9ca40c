"""How a length of time reads, wherever people are told one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

_MOST_MINUTES: Final = timedelta.max // timedelta(minutes=1)


def span(length: timedelta, *, up: bool = False) -> str:
    """Say a length of time in its largest fitting unit: `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`.

    What is begun of the last unit is left out, or counted in full with `up`.
    """
    seconds = _whole(abs(length), timedelta(seconds=1), up=up)
    if seconds < 60:
        return f"{seconds} s"
    minutes = _whole(abs(length), timedelta(minutes=1), up=up)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
    hours = _whole(abs(length), timedelta(hours=1), up=up)
    return f"{hours // 24} d {hours % 24} h" if hours % 24 else f"{hours // 24} d"


def _whole(length: timedelta, unit: timedelta, *, up: bool) -> int:
    return -(-length // unit) if up else length // unit


def of_minutes(minutes: int) -> str:
    """Say a count of minutes, as events hold it, in its largest fitting unit; none is longer than time can be told."""
    return span(timedelta(minutes=min(abs(minutes), _MOST_MINUTES)))
