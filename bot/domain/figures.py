"""The figures of an impact: their names, which of them are amounts, their bounds, and how they read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Protocol

Value = float | int | tuple[str, ...]

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "degraded": "share degraded",
        "customers": "customers affected",
        "vips": "VIPs affected",
        "revenue_per_hour": "revenue lost",
        "data_classes": "data touched",
        "exposed_per_hour": "newly exposed",
        "backlog_per_hour": "growth of the backlog",
    }
)
"""Every figure in the order in which they are shown, by the name of its field in `Impact`."""

AMOUNTS: Final = frozenset({"customers", "vips", "revenue_per_hour", "exposed_per_hour"})
"""Those whose value only the permitted group sees, and whoever said it."""

LARGEST: Final[Mapping[str, float]] = MappingProxyType(
    {
        "degraded": 1.0,
        "customers": 10_000_000_000,
        "revenue_per_hour": 1_000_000_000_000,
        "exposed_per_hour": 10_000_000_000,
        "backlog_per_hour": 1_000_000_000_000,
    }
)
"""Beyond it a figure is a slip of the finger: more customers than people, more money than a country makes."""

LIST_MOST: Final = 50
ITEM_MAX: Final = 100
"""How many VIPs or kinds of data may be named, and how long a name may be."""


class Said(Protocol):
    """What somebody said at one time: a value for each figure, None for those they did not speak of."""

    @property
    def degraded(self) -> float | None: ...
    @property
    def customers(self) -> int | None: ...
    @property
    def vips(self) -> tuple[str, ...] | None: ...
    @property
    def revenue_per_hour(self) -> float | None: ...
    @property
    def data_classes(self) -> tuple[str, ...] | None: ...
    @property
    def exposed_per_hour(self) -> float | None: ...
    @property
    def backlog_per_hour(self) -> float | None: ...


def values(said: Said) -> Iterator[tuple[str, Value]]:
    """Yield the name and value of each figure that was spoken of."""
    for name in NAMES:
        value: Value | None = getattr(said, name)
        if value is not None:
            yield name, value


def number(value: float) -> str:
    """Write a number with up to two decimals and commas between thousands."""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def in_words(name: str, value: Value, *, currency: str, amounts: bool) -> str:
    """Say one figure. Without `amounts` those that are amounts are only named."""
    if name in AMOUNTS and not amounts:
        return NAMES[name]
    if isinstance(value, tuple):
        what = "VIPs" if name == "vips" else "data touched"
        return f"{what}: {', '.join(value)}" if value else f"no {what}"
    match name:
        case "degraded":
            return f"{number(value * 100)} % degraded"
        case "customers":
            return f"{value:,} customers affected"
        case "revenue_per_hour":
            return f"{currency} {number(value)} of revenue lost per hour"
        case "exposed_per_hour":
            return f"{number(value)} newly exposed per hour"
    return f"a backlog that grows by {number(value)} per hour"
