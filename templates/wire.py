"""Blocks and views as Slack takes them, which is what slack_sdk's own `to_dict` makes of them.

The SDK looks for the validators among all names of an object, each time and for every button, and walks through what it
has already written once more for each level. That was a third of what a list costs. What a class is made of does not
change, so it is looked up once; a class that writes itself in a way of its own still does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from slack_sdk.models.basic_objects import EMPTY_ALLOWED_TYPE_AND_PROPERTY_LIST, JsonObject

_MAY_BE_EMPTY: Final = frozenset((one["type"], one["property"]) for one in EMPTY_ALLOWED_TYPE_AND_PROPERTY_LIST)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a class of the SDK writes, and the checks that it makes before; each raises SlackObjectFormationError."""

    names: tuple[str, ...]
    checks: tuple[Callable[[Any], None], ...]


def as_wire(thing: JsonObject) -> dict[str, Any]:
    """Write a block, an element or a view as `thing.to_dict()` does.

    Raises:
        SlackObjectFormationError: it is not as Slack allows.
    """
    shape = _shape(type(thing))
    if shape is None:
        return thing.to_dict()
    for check in shape.checks:
        check(thing)
    kind = getattr(thing, "type", None)
    written = {}
    for name in shape.names:
        value = getattr(thing, name, None)
        if value is None or (hasattr(value, "__len__") and not len(value) and (kind, name) not in _MAY_BE_EMPTY):
            continue
        written[name] = _plain(value)
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, JsonObject):
        return as_wire(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


@cache
def _shape(cls: type[JsonObject]) -> _Shape | None:
    """Return what a class is made of; None for one that has a way of its own to be written."""
    own = ("to_dict", "get_non_null_attributes", "get_object_attribute", "validate_json")
    if any(getattr(cls, name) is not getattr(JsonObject, name) for name in own):
        return None
    members = (getattr(cls, name) for name in dir(cls) if not name.startswith("__"))
    # A property here only ever adds names to those of the class above it.
    names = cls.__new__(cls).attributes
    return _Shape(tuple(sorted(names)), tuple(one for one in members if hasattr(one, "validator")))
