"""The figures of an impact: their names, which of them are amounts, their bounds, how they read and are written."""

from __future__ import annotations

import re
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


LISTS: Final = frozenset({"vips", "data_classes"})
NONE: Final = "none"
"""Written for an empty list: nobody and nothing is another word than not to know."""

_DIGITS_MOST: Final = 18
_NUMBER: Final = re.compile(
    r"(?:about|around|ca\.?|~|)\s*(?P<before>[a-z]{3}(?![a-z])|[€$£¥]|)\s*(?P<digits>[+-]?[0-9][0-9.,]*)"
    r"\s*(?P<times>k|m|b|thousand|million|billion|)(?![a-z0-9])"
    r"\s*(?P<after>(?-i:[A-Z]{3})(?![a-z])|[€$£¥]|)\s*(?P<unit>%|[a-z]*?(?: [a-z]+?)?)"
    r"(?:\s*/\s*(?P<slash>[a-z]+)|\s*(?<![a-z])(?:per|an)\s+(?P<per>[a-z]+)|)[.\s]*",
    re.IGNORECASE,
)
_SYMBOLS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "€": frozenset({"EUR"}),
        "£": frozenset({"GBP"}),
        "¥": frozenset({"JPY", "CNY"}),
        "$": frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD"}),
    }
)
_UNITS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "degraded": frozenset({"%", "percent", "degraded", "percent degraded"}),
        "customers": frozenset({"customer", "customers", "users", "people", "customers affected", "customer affected"}),
        "revenue_per_hour": frozenset({"revenue", "lost", "revenue lost"}),
    }
)
"""Words that may follow a number. What is exposed and what a backlog consists of have names of their own."""

_HOURLY: Final[Mapping[str, float]] = MappingProxyType(
    dict.fromkeys(("h", "hr", "hour"), 1.0)
    | dict.fromkeys(("min", "minute"), 60.0)
    | dict.fromkeys(("s", "sec", "second"), 3600.0)
    | dict.fromkeys(("d", "day"), 1 / 24)
)
_GROUPED: Final = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_PLAIN: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_DOTTED: Final = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+")
_TIMES: Final = {"": 1, "k": 1_000, "t": 1_000, "m": 1_000_000, "b": 1_000_000_000}
"""By the first letter: `k`, `thousand`, `m`, `million` ..."""


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


def label(name: str) -> str:
    """Return the name of a figure as a sentence begins with it: `VIPs affected`."""
    return NAMES[name][:1].upper() + NAMES[name][1:]


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
            return f"{value:,} customer{'' if value == 1 else 's'} affected"
        case "revenue_per_hour":
            return f"{currency} {number(value)} of revenue lost per hour"
        case "exposed_per_hour":
            return f"{number(value)} newly exposed per hour"
    return f"a backlog that grows by {number(value)} per hour"


def written(name: str, value: Value) -> str:
    """Write a figure as `read` takes it: 40 for a share of 0.4, names with commas between them."""
    if isinstance(value, tuple):
        return ", ".join(value) or NONE
    text = number(value * 100 if name == "degraded" else value).replace(",", "")
    return f"{text} %" if name == "degraded" and 0 < value < 0.01 else text


def read(name: str, text: str, currency: str) -> Value:
    """Read a figure as people write it: `40 %`, `1,200`, `EUR 5k/h`, `Acme, Globex`, `none`.

    A rate for another time is brought to an hour; money is in `currency`. Raises ValueError with what is wrong.
    """
    if name in LISTS:
        return _list(text)
    found = _NUMBER.fullmatch(re.sub(r"(?<=\d)[ \u00a0\u202f_'](?=\d{3}(?!\d))", "", text.strip()))
    if found is None:
        raise ValueError("That is no number.")
    value = _amount(found["digits"], found["times"])
    unit = found["unit"].strip().lower()
    if name == "degraded" and 0 < value < 1 and unit not in ("%", "percent", "percent degraded"):
        raise ValueError(f"{value:g} could be read in two ways; write {number(value * 100)} % or {number(value)} %.")
    if unit and name in _UNITS and unit not in _UNITS[name]:
        raise ValueError("That unit does not belong to this figure.")
    _check_money(name, found["before"] or found["after"], currency)
    value *= _per_hour(name, (found["slash"] or found["per"] or "").lower())
    if name == "degraded":
        return value / 100
    if name == "customers":
        if value != int(value):
            raise ValueError("Customers are counted in whole numbers.")
        return int(value)
    return value


def _list(text: str) -> tuple[str, ...]:
    parts = re.split(r"[,;\n]|(?:^|(?<=\s))and(?:\s+|$)", text, flags=re.IGNORECASE)
    items = tuple(filter(None, (part.strip() for part in parts)))
    if any(item.isdigit() for item in items):
        raise ValueError("They are named, not counted.")
    return () if [item.lower() for item in items] == [NONE] else items


def _check_money(name: str, written_as: str, currency: str) -> None:
    if not written_as:
        return
    if name != "revenue_per_hour":
        raise ValueError("That is no number.")
    if currency not in _SYMBOLS.get(written_as, (written_as.upper(),)):
        raise ValueError(f"Money is in {currency} here; give it in {currency}.")


def _per_hour(name: str, per: str) -> float:
    if not per:
        return 1.0
    if not name.endswith("_per_hour"):
        raise ValueError("That figure has no time.")
    if per not in _HOURLY:
        raise ValueError("Give it per hour.")
    return _HOURLY[per]


def _amount(digits: str, times: str) -> float:
    if sum(letter.isdigit() for letter in digits) > _DIGITS_MOST:
        raise ValueError("That number is too long.")
    if _DOTTED.fullmatch(digits):
        raise ValueError(
            f"{digits} could be read in two ways; write {digits.replace('.', '')} or {digits.rstrip('0').rstrip('.')}."
        )
    if not (_PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits)):
        raise ValueError("Write it like 1200, 1,200 or 1.5k.")
    return float(digits.replace(",", "")) * _TIMES[times.lower()[:1]]
