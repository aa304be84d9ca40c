"""Changed copies of frozen values, at a third of what `dataclasses.replace` takes.

An incident has more than sixty fields and is copied twice for each event: copies are most of what a fold costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeVar

T = TypeVar("T")
Reader = Callable[[object], tuple[object, ...]]
Writer = Callable[[object, object], None]

_WAYS: Final[dict[type[object], tuple[Reader, Mapping[str, Writer]]]] = {}
"""What reads all fields of a class at once, and what writes each, by its name; worked out once for each class."""


def _replaced(value: T, /, **changes: object) -> T:
    """Return a copy with other values in some fields, without calling the constructor.

    For frozen slotted dataclasses of at least two fields which work nothing out when they are made.
    """
    kind = type(value)
    made = object.__new__(kind)
    if kind not in _WAYS:
        _WAYS[kind] = _ways(kind)
    read, writers = _WAYS[kind]
    for write, kept in zip(writers.values(), read(value), strict=True):
        write(made, kept)
    for name, fresh in changes.items():
        writers[name](made, fresh)
    return made


def _ways(kind: type[object]) -> tuple[Reader, Mapping[str, Writer]]:
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is no dataclass")
    names = [field.name for field in fields(kind)]
    return attrgetter(*names), {name: getattr(kind, name).__set__ for name in names}


if TYPE_CHECKING:
    from dataclasses import replace as replace  # so that fields and types are checked where it is called
else:
    replace = _replaced
