"""Services from Backstage's `catalog-info.yaml` files: entities of kind Component and Resource.

`metadata.name` becomes the key, `metadata.title` the name, `spec.owner` the owner, `spec.dependsOn` the dependencies.
What Backstage does not know stands in annotations: `firebell/revenue-per-hour: "1200"`, and with the name of the other
entity `firebell/share.payments: "0.8"` and `firebell/after.payments: 10m`. Complaints name file, line and key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml
from pydantic import ValidationError

from bot.config.catalog import ServiceFile, parse_share
from bot.config.document import mend, sentence
from bot.config.durations import parse_span
from bot.config.locate import ValueLoader
from bot.errors import ConfigError

KINDS: Final = frozenset(("component", "resource"))
MODEL_TYPES: Final = frozenset(("model", "ml-model", "machine-learning-model"))
PREFIX: Final = "firebell/"

_LISTS: Final = frozenset(("aliases", "vips", "regulations", "skills", "operates_with"))
_NUMBERS: Final = frozenset(("tier", "revenue_per_hour", "customers", "vip_weight", "error_budget"))
_TEXTS: Final = frozenset(("oncall_group", "pagerduty_service", "dashboard"))
_TRUTHS: Final[Mapping[str, bool]] = MappingProxyType({"true": True, "false": False})
_KEY: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class _Entity:
    """One document of a file: its nodes know their lines."""

    name: str
    root: yaml.Node
    data: Mapping[str, Any]

    def complaint(self, path: tuple[str | int, ...], text: str) -> ConfigError:
        return ConfigError(sentence(self.name, self.root, path, text))


def read_catalogs(paths: tuple[Path, ...]) -> dict[str, ServiceFile]:
    """Return the services of these files by key; raises `ConfigError`."""
    entities = [entity for path in paths for entity in _entities(path)]
    known: dict[str, _Entity] = {}
    for entity in entities:
        key = _key(entity)
        if key in known:
            raise entity.complaint(("metadata", "name"), f"`{key}` stands in {known[key].name} already; rename one")
        known[key] = entity
    return {key: _service(entity, frozenset(known)) for key, entity in known.items()}


def _entities(path: Path) -> Iterator[_Entity]:
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8")
        roots = list(yaml.compose_all(text, Loader=ValueLoader))
        values = list(yaml.load_all(text, Loader=ValueLoader))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name} cannot be read: {error}. Check `catalog_files`.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise ConfigError(f"{where}: this is not valid YAML ({error.problem}).") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{name}: this is not valid YAML.") from error
    for root, data in zip(roots, values, strict=True):
        if isinstance(data, dict) and str(data.get("kind", "")).casefold() in KINDS:
            yield _Entity(name, root, data)


def _part(entity: _Entity, name: str) -> Mapping[str, Any]:
    part = entity.data.get(name) or {}
    if not isinstance(part, dict):
        raise entity.complaint((name,), "this must hold keys and values, each on an indented line of its own")
    return part


def _key(entity: _Entity) -> str:
    name = _part(entity, "metadata").get("name", "")
    key = _as_key(str(name))
    if not _KEY.fullmatch(key):
        raise entity.complaint(("metadata", "name"), f"`{name}` is no name that can be a key; begin with a letter")
    return key


def _as_key(name: str) -> str:
    return name.casefold().replace(".", "-")


def _service(entity: _Entity, known: frozenset[str]) -> ServiceFile:
    metadata, spec = _part(entity, "metadata"), _part(entity, "spec")
    notes = metadata.get("annotations") or {}
    if not isinstance(notes, dict):
        raise entity.complaint(("metadata", "annotations"), "this must hold keys and values")
    ours = {str(name)[len(PREFIX) :]: value for name, value in notes.items() if str(name).startswith(PREFIX)}
    depends_on = _dependencies(entity, spec.get("dependsOn") or [], ours, known)
    values: dict[str, Any] = {"depends_on": depends_on}
    if metadata.get("title"):
        values["name"] = str(metadata["title"])[:60]
    if spec.get("owner"):
        values["owner"] = _reference(str(spec["owner"]))[1]
    if str(spec.get("type", "")).casefold() in MODEL_TYPES:
        values["kind"] = "model"
    values |= {name.replace("-", "_"): _value(entity, name, text) for name, text in ours.items() if "." not in name}
    try:
        return ServiceFile.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise entity.complaint(_place(first["loc"]), mend(first)) from error


def _place(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Return where in the file a value of a service came from."""
    first = str(location[0])
    if first == "depends_on":
        return ("spec", "dependsOn", *location[1:2])
    if first == "name":
        return ("metadata", "title")
    return ("metadata", "annotations", PREFIX + first.replace("_", "-"))


def _value(entity: _Entity, name: str, text: object) -> object:
    """Read an annotation, which Backstage wants to be text, as what its key holds."""
    key, path = name.replace("-", "_"), ("metadata", "annotations", PREFIX + name)
    words = str(text).strip()
    if key in _LISTS:
        return tuple(word.strip() for word in words.split(",") if word.strip())
    if key in _NUMBERS:
        return _number(entity, path, text)
    if key == "safety":
        if words.casefold() not in _TRUTHS:
            raise entity.complaint(path, f'`{words}` is neither "true" nor "false"; write one of them')
        return _TRUTHS[words.casefold()]
    if key in _TEXTS:
        return words
    known = ", ".join(sorted(one.replace("_", "-") for one in _LISTS | _NUMBERS | _TEXTS | {"safety"}))
    raise entity.complaint(path, f"this annotation is not known. Known here: {known}, share.NAME and after.NAME")


def _number(entity: _Entity, path: tuple[str | int, ...], value: object) -> float:
    try:
        return float(str(value))
    except ValueError as error:
        raise entity.complaint(path, f"`{value}` is no number; write one, in quotes") from error


def _reference(text: str) -> tuple[str, str]:
    """Split `component:default/payments` into kind and name; either may stand without what is before it."""
    kind, colon, rest = text.rpartition(":")
    return (kind.casefold() if colon else "", rest.rpartition("/")[2])


def _dependencies(
    entity: _Entity, references: object, notes: Mapping[str, object], known: frozenset[str]
) -> list[dict[str, object]]:
    """Return the dependencies with their weights; those on other kinds of entities (APIs, systems) are left out."""
    if not isinstance(references, list):
        raise entity.complaint(("spec", "dependsOn"), "this must be a list, like [component:payments]")
    found: dict[str, dict[str, object]] = {}
    for number, text in enumerate(references):
        kind, name = _reference(str(text))
        key = _as_key(name)
        if kind and kind not in KINDS:
            continue
        if key not in known:
            mend_it = f"`{name}` is in none of `catalog_files`; add its file or remove this line"
            raise entity.complaint(("spec", "dependsOn", number), mend_it)
        found[key] = {"service": key}
    for note, value in notes.items():
        word, dot, name = note.partition(".")
        if dot:
            found.get(_as_key(name), {})[word] = _weight(entity, note, value, needed=frozenset(found))
    return list(found.values())


def _weight(entity: _Entity, note: str, value: object, needed: frozenset[str]) -> object:
    """Read `share.NAME` or `after.NAME`."""
    path = ("metadata", "annotations", PREFIX + note)
    word, _, name = note.partition(".")
    if word not in ("share", "after"):
        raise entity.complaint(path, "this annotation is not known; write share.NAME or after.NAME")
    if _as_key(name) not in needed:
        raise entity.complaint(path, f"`{name}` is not in dependsOn; add it there or remove this line")
    if word == "share":
        value = _number(entity, path, value)
    try:
        (parse_share if word == "share" else parse_span)(value)
    except ValueError as error:
        raise entity.complaint(path, str(error)) from error
    return value
