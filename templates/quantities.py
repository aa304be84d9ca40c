"""Numbers with their units, short enough for a chart: `180 ms`, `4.2 %`, `34/s`, `1.2k`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

_MINUTE, _HOUR = 60.0, 3600.0


def quantity(value: float | None, unit: str) -> str:
    """Write a value of a panel's unit ("seconds", "ratio", "per_second", "count" or "") for people."""
    if value is None:
        return "no data"
    return _WRITERS.get(unit, _plain)(value)


def _seconds(value: float) -> str:
    size = abs(value)
    if size == 0:
        return "0 s"
    if size < 0.000_999_5:
        return f"{_digits(value * 1_000_000)} µs"
    if size < 0.999_5:
        return f"{_digits(value * 1_000)} ms"
    if size < 2 * _MINUTE:
        return f"{_digits(value)} s"
    return f"{_digits(value / _MINUTE)} min" if size < 2 * _HOUR else f"{_digits(value / _HOUR)} h"


def _ratio(value: float) -> str:
    return f"{_digits(value * 100)} %"


def _per_second(value: float) -> str:
    return f"{_plain(value)}/s"


def _plain(value: float) -> str:
    for least, size, letter in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if abs(value) >= least:
            return f"{_digits(value / size)}{letter}"
    return _digits(value)


def _digits(value: float) -> str:
    """Two significant digits below ten, whole numbers above a hundred, no trailing zeros."""
    size = abs(value)
    if size >= 100 or value == int(value):
        return f"{value:,.0f}"
    text = f"{value:.1f}" if size >= 1 else f"{value:.2g}"
    if "e" in text:
        return "0" if size < 1e-6 else f"{value:.6f}".rstrip("0")
    return text.removesuffix(".0")


_WRITERS: Final[Mapping[str, Callable[[float], str]]] = MappingProxyType(
    {"seconds": _seconds, "ratio": _ratio, "per_second": _per_second}
)
