"""Spans of time as people write them: `15m`, `1h`, `90s`, `1d`, `1h 30m`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

_PART: Final = re.compile(r"(\d+)\s*(d|h|m|s)")
_WHOLE: Final = re.compile(r"(?:\s*\d+\s*(?:d|h|m|s)\s*)+")
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def parse_span(text: str) -> timedelta:
    """Read a span; raises ValueError with an example when it is none or not above zero."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"`{text}` is no span of time; write it like 15m, 1h or 1d")
    total = sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in _PART.findall(text)), timedelta())
    if total <= timedelta():
        raise ValueError("a span of time must be above zero")
    return total
