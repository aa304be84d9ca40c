"""Reading any of Firebell's YAML files: as values, as lines, and as complaints that name both."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import yaml
from pydantic_core import ErrorDetails
from yaml.reader import ReaderError

from bot.config.locate import SwiftLoader, ValueLoader, duplicate_key, line_of
from bot.errors import ConfigError

MOST_LEVELS: Final = 2000
"""Up to here libyaml's stack is safe; it holds several times as many."""


def load(text: str, name: str) -> tuple[yaml.Node | None, object]:
    """Return the document as nodes, which know their lines, and as values."""
    try:
        if _is_flat(text):
            with contextlib.suppress(yaml.YAMLError):  # the other loader says what is wrong, in words people know
                return yaml.compose(text, Loader=SwiftLoader), yaml.load(text, Loader=SwiftLoader)  # noqa: S506 - safe
        return yaml.compose(text, Loader=ValueLoader), yaml.load(text, Loader=ValueLoader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise ConfigError(f"{where}: this is not valid YAML ({error.problem}). {_YAML_MEND}") from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(f"{name}, line {line}: a character that YAML does not allow; remove it.") from error
    except RecursionError as error:
        raise ConfigError(f"{name}: this is nested too deeply to be settings.") from error


def _is_flat(text: str) -> bool:
    """Whether libyaml, which would end the process, cannot run out of stack: each level takes a bracket or a column."""
    brackets = text.count("[") + text.count("{")
    return brackets + max(map(len, text.splitlines()), default=0) < MOST_LEVELS


_YAML_MEND: Final = "Indent with spaces, and put text with : # @ { or * at its start in quotes."


_MENDS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "this key is missing; add it",
        "bool_parsing": "write true or false",
        "bool_type": "write true or false",
        "tuple_type": "this must be a list, like [one, two]",
        "dict_type": "this must hold keys and values, each on an indented line of its own",
        "model_type": "this must hold keys and values, each on an indented line of its own",
        "invalid_key": "a key must be text; put it in quotes",
    }
)
"""What to do, where pydantic's own words would not tell someone who knows YAML but not Python."""


def refuse_duplicates(root: yaml.Node | None, name: str) -> None:
    """Raise `ConfigError` if any key stands twice in its mapping."""
    twice = duplicate_key(root)
    if twice is not None:
        raise ConfigError(f"{name}, line {twice[1]}: the key `{twice[0]}` stands twice; remove one of them.")


def causes(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Return the errors without those that only follow from another: a list is short of the items that are wrong."""
    places = {error["loc"][:length] for error in errors for length in range(len(error["loc"]))}
    return [error for error in errors if error["type"] != "too_short" or error["loc"] not in places]


def mend(error: ErrorDetails) -> str:
    """Return what is wrong with a value, and what to do about it."""
    kind = error["type"]
    if error["input"] is None and kind != "missing":
        return "there is no value; give it one, or remove the key to keep the default"
    if kind == "literal_error":
        return f"`{error['input']}` is not among the choices; write {error['ctx']['expected']}"
    if kind == "too_short" and not error["input"]:
        return "there is nothing in it; give it an item"
    if kind == "string_type":
        return _no_text(error["input"])
    message = error["msg"].removeprefix("Value error, ").replace(" after validation", "")
    return _MENDS.get(kind, re.sub("^[A-Z][a-z]+ should", "this must", message))


def _no_text(value: object) -> str:
    """Say that one text is wanted; quotes mend a number or a date, and make a list worse."""
    if isinstance(value, list | tuple):
        return "this must be one text, and it is a list; write one of them here"
    if isinstance(value, Mapping):
        return "this must be one text, and it holds keys and values; write the text alone"
    return "this must be text; put it in quotes"


def sentence(name: str, root: yaml.Node | None, path: Sequence[int | str], text: str) -> str:
    """Return a complaint that names file, line and key."""
    key = ".".join(str(part) for part in path) or "the file"
    return f"{name}, line {line_of(root, path)}: `{key}`: {text}{'' if text[-1] in '.?' else '.'}"
