"""Values to canonical JSON and back, read off their annotations.

A value is stored as (type name, version, data). Old versions are lifted by upcasters on reading and never rewritten,
because the hash chain covers the text as it was written. Canonical means: keys sorted, no spaces, ASCII only, no NaN.
ASCII keeps NUL and lone surrogates, which PostgreSQL refuses in TEXT, inside an escape.

On the wire: datetime and timedelta are integer microseconds (datetime since the epoch, UTC), enums their value, tuples
lists, mappings and dataclasses objects. Where an annotation allows several dataclasses, the object carries its class
name under "@".
"""

from __future__ import annotations

import json
import types
import typing
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache, lru_cache, partial
from types import MappingProxyType
from typing import Any, Final

from bot.domain.effects import Effect
from bot.domain.events import Event, ReminderSent
from bot.domain.model import Incident, SetupStep
from bot.errors import BotError

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
TAG: Final = "@"
FOLDS_KEPT: Final = 512
"""Folds that stay read: the incidents people work on at one time, at some tens of kilobytes each."""

WRITTEN_KEPT: Final = 128
"""Incidents whose fields stay written: those that change again and again, at about what their folds take."""

ALIKE: Final = frozenset({SetupStep})
"""Values that most incidents have alike, hashable, each kept once in memory."""

ALIKE_KEPT: Final = 256

Wire = Any
"""What `json` reads and writes; a closed recursive type would only be cast away again at every step."""


class CodecError(BotError):
    """Stored data does not fit the classes of this release. The text names the class and the field."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one annotation is written and read."""

    dump: Callable[[Any], Wire]
    load: Callable[[Wire], Any]


Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


def _without_lateness(wire: dict[str, Any]) -> dict[str, Any]:
    """Version 1 told for how long Firebell had been away by how late the timer fired, which is not the same."""
    return {name: value for name, value in wire.items() if name != "down_minutes"}


VERSIONS: Final[Mapping[type, int]] = MappingProxyType({ReminderSent: 2})
"""The version that a class is written with now; a class that is not listed has version 1."""

UPCASTERS: Final[Mapping[tuple[type, int], Upcaster]] = MappingProxyType({(ReminderSent, 1): _without_lateness})
"""From (class, version) to the function that lifts the data to version + 1."""


def micros(moment: datetime) -> int:
    """Return microseconds since the epoch; a naive time is an error."""
    if moment.tzinfo is None:
        raise CodecError("a time without a zone cannot be stored")
    return (moment - EPOCH) // MICROSECOND


def moment(value: int) -> datetime:
    """Return the UTC time that `micros` stored."""
    return EPOCH + timedelta(microseconds=value)


def canonical(wire: Wire) -> str:
    """Write JSON in the one form that is hashed."""
    return json.dumps(wire, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def parsed(data: str) -> Wire:
    """Read JSON; what is none is as good as of no release."""
    try:
        return json.loads(data)
    except ValueError:
        raise CodecError("what is stored is no JSON") from None


class Family:
    """The members of one union (all events, say), stored under their class names."""

    def __init__(
        self,
        union: Any,
        *,
        versions: Mapping[type, int] = VERSIONS,
        upcasters: Mapping[tuple[type, int], Upcaster] = UPCASTERS,
    ) -> None:
        self._classes = {cls.__name__: cls for cls in typing.get_args(union) or (union,)}
        self._versions = versions
        self._upcasters = upcasters

    @property
    def versions(self) -> Mapping[str, int]:
        """The newest version of each member that this release can read, by type name."""
        return {name: self._versions.get(cls, 1) for name, cls in self._classes.items()}

    def dump(self, value: Any) -> tuple[str, int, str]:
        """Return (type name, version, canonical JSON)."""
        cls = type(value)
        if self._classes.get(cls.__name__) is not cls:
            raise CodecError(f"{cls.__name__} is not of this family")
        return cls.__name__, self._versions.get(cls, 1), canonical(_shape(cls).dump(value))

    def load(self, name: str, version: int, data: str) -> Any:
        """Read what `dump` wrote, now or in an earlier release."""
        cls = self._classes.get(name)
        if cls is None:
            raise CodecError(f"this release knows no {name}")
        wire = parsed(data)
        current = self._versions.get(cls, 1)
        if version > current:
            raise CodecError(f"{name} version {version} was written by a newer release (this one knows {current})")
        for step in range(version, current):
            wire = self._upcasters[(cls, step)](wire)
        return _shape(cls).load(wire)


EVENTS: Final = Family(Event)
EFFECTS: Final = Family(Effect)


def dump_incident(incident: Incident) -> str:
    """Write the cached fold. It is no history: a release that cannot read it folds the log again.

    A command changes a field or two of some fifty. What the others were written as last time, with the very same values
    in them, is taken as it is.
    """
    known = _WRITTEN.pop(incident.id, _NOTHING)
    written = {}
    for name, part in _incident_parts().items():
        value = getattr(incident, name)
        before = known.get(name)
        if before is None or before[0] is not value:
            before = (value, f'"{name}":{canonical(part.dump(value))}')
        written[name] = before
    _WRITTEN[incident.id] = written
    if len(_WRITTEN) > WRITTEN_KEPT:
        _WRITTEN.popitem(last=False)
    return f"{{{','.join(text for _, text in written.values())}}}"


@cache
def _incident_parts() -> Mapping[str, _Shape]:
    """How each field of an incident is stored, in the order of canonical JSON."""
    hints = typing.get_type_hints(Incident)
    return {name: _shape(hints[name], whole=True) for name in sorted(field.name for field in fields(Incident))}


_NOTHING: Final[Mapping[str, tuple[Any, str]]] = MappingProxyType({})
_WRITTEN: Final[OrderedDict[str, Mapping[str, tuple[Any, str]]]] = OrderedDict()
"""By incident and field the value that was written last, and how; those written last at the end. Nobody can change a
value, so that the same one is written the same."""

_READ: Final[OrderedDict[str, Incident]] = OrderedDict()
"""Folds by their text, those used last at the end. The same text makes the same value, which nobody can change."""


def keep_read(data: str, incident: Incident) -> None:
    """Keep what a text reads as, so that whoever has just written it need not read it."""
    _READ[data] = incident
    _READ.move_to_end(data)
    if len(_READ) > FOLDS_KEPT:
        _READ.popitem(last=False)


def load_incident(data: str) -> Incident:
    """Read the cached fold, each text only once.

    Every field must be there, those with a default too: a release that did not know a field has not folded into it.

    Raises:
        CodecError: another release wrote it, whose folds have another shape; the log tells what it was made from.
    """
    incident = _READ.get(data)
    if incident is None:
        incident = _shape(Incident, whole=True).load(parsed(data))
    keep_read(data, incident)
    return incident


_EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


def _same(value: Any) -> Any:
    return value


def _expect(expected: type, wire: Wire) -> Wire:
    if type(wire) is not expected:
        raise CodecError(f"expected {expected.__name__}, found {type(wire).__name__}")
    return wire


def _plain(expected: type) -> _Shape:
    return _Shape(_same, partial(_expect, expected))


def _number() -> _Shape:
    def load(wire: Wire) -> float:
        if type(wire) not in (int, float):
            raise CodecError(f"expected a number, found {type(wire).__name__}")
        return float(wire)

    return _Shape(_same, load)


_PLAIN: Final[Mapping[Any, _Shape]] = MappingProxyType(
    {
        str: _plain(str),
        int: _plain(int),
        bool: _plain(bool),
        float: _number(),
        datetime: _Shape(micros, lambda wire: moment(_expect(int, wire))),
        timedelta: _Shape(lambda span: span // MICROSECOND, lambda wire: timedelta(microseconds=_expect(int, wire))),
    }
)


@cache
def _shape(annotation: Any, *, whole: bool = False) -> _Shape:
    """Return how to store what an annotation names; made once for each. With `whole` no field may be left out."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _union(args, whole)
    if origin is tuple:
        return _tuple(args, whole)
    if origin is typing.Literal:
        return _choice(args)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(args, whole)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _member(annotation)
    if isinstance(origin or annotation, type) and is_dataclass(origin or annotation):
        return _record(origin or annotation, args, whole)
    raise CodecError(f"no way to store {annotation!r}")


def _member(kind: type[Enum]) -> _Shape:
    def load(wire: Wire) -> Enum:
        try:
            return kind(wire)
        except ValueError:
            raise CodecError(f"this release knows no {kind.__name__} {wire!r}") from None

    return _Shape(lambda member: member.value, load)


def _choice(values: tuple[Any, ...]) -> _Shape:
    def load(wire: Wire) -> Any:
        if wire not in values:
            raise CodecError(f"this release knows no {wire!r} among {values}")
        return wire

    return _Shape(lambda value: value, load)


def _tuple(args: tuple[Any, ...], whole: bool) -> _Shape:
    if len(args) == 2 and args[1] is Ellipsis:
        item = _shape(args[0], whole=whole)
        return _Shape(
            lambda values: [item.dump(value) for value in values],
            lambda wire: tuple(item.load(value) for value in _expect(list, wire)),
        )
    items = [_shape(arg, whole=whole) for arg in args]

    def load(wire: Wire) -> Any:
        if len(_expect(list, wire)) != len(items):
            raise CodecError(f"expected {len(items)} values, found {len(wire)}")
        return tuple(item.load(value) for item, value in zip(items, wire, strict=True))

    return _Shape(lambda values: [item.dump(value) for item, value in zip(items, values, strict=True)], load)


def _mapping(args: tuple[Any, ...], whole: bool) -> _Shape:
    if args[0] is not str:
        raise CodecError("only mappings with text keys can be stored")
    item = _shape(args[1], whole=whole)
    return _Shape(
        lambda values: {key: item.dump(value) for key, value in values.items()},
        lambda wire: (
            MappingProxyType({key: item.load(value) for key, value in wire.items()}) if _expect(dict, wire) else _EMPTY
        ),
    )


def _union(args: tuple[Any, ...], whole: bool) -> _Shape:
    rest = tuple(arg for arg in args if arg is not types.NoneType)
    inner = _shape(rest[0], whole=whole) if len(rest) == 1 else _tagged(rest, whole)
    if len(rest) == len(args):
        return inner
    return _Shape(
        lambda value: None if value is None else inner.dump(value),
        lambda wire: None if wire is None else inner.load(wire),
    )


def _tagged(classes: tuple[type, ...], whole: bool) -> _Shape:
    by_name = {cls.__name__: cls for cls in classes}
    if len(by_name) != len(classes) or not all(is_dataclass(cls) for cls in classes):
        raise CodecError(f"a union needs dataclasses with different names: {sorted(by_name)}")

    def dump(value: Any) -> Wire:
        cls: Any = type(value)
        return {TAG: cls.__name__, **_shape(cls, whole=whole).dump(value)}

    def load(wire: Wire) -> Any:
        name = _expect(dict, wire).get(TAG)
        cls = by_name.get(name)
        if cls is None:
            raise CodecError(f"this release knows no {name}")
        return _shape(cls, whole=whole).load({key: value for key, value in wire.items() if key != TAG})

    return _Shape(dump, load)


def _record(cls: Any, args: tuple[Any, ...], whole: bool) -> _Shape:
    """Return the shape of a dataclass; `args` is what a generic one was given, as `float` in `Figure[float]`."""
    given = dict(zip(cls.__parameters__, args, strict=True)) if args else {}
    hints = {name: given.get(hint, hint) for name, hint in typing.get_type_hints(cls).items()}
    parts = {field.name: _shape(hints[field.name], whole=whole) for field in fields(cls)}
    required = {
        field.name for field in fields(cls) if whole or (field.default is MISSING and field.default_factory is MISSING)
    }

    share = _sharing(cls)

    def dump(value: Any) -> Wire:
        return {name: part.dump(getattr(value, name)) for name, part in parts.items()}

    def load(wire: Wire) -> Any:
        unknown, missing = _expect(dict, wire).keys() - parts.keys(), required - wire.keys()
        if unknown or missing:
            raise CodecError(f"{cls.__name__}: unknown {sorted(unknown)}, missing {sorted(missing)}")
        return share(cls(**{name: parts[name].load(value) for name, value in wire.items()}))

    return _Shape(dump, load)


def _sharing(cls: Any) -> Callable[[Any], Any]:
    """Return what gives an equal value that is there already: of ten thousand open incidents most values are alike."""
    if cls in ALIKE:
        return lru_cache(ALIKE_KEPT)(_same)
    if any(field.default is MISSING and field.default_factory is MISSING for field in fields(cls)):
        return _same
    nothing_said = cls()
    return lambda value: nothing_said if value == nothing_said else value
