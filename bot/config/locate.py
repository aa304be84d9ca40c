"""Where in a YAML file things stand, so that an error can name the line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from yaml.constructor import ConstructorError, SafeConstructor

try:
    from yaml import CSafeLoader as _Swift
except ImportError:  # built from source where libyaml's headers are missing
    from yaml import SafeLoader as _Swift  # type: ignore[assignment]


class Telling(SafeConstructor):
    """Also names the line of a value that does not fit its form, such as 2026-02-30."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Build a node's value; raises yaml.YAMLError, and nothing else."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, TypeError, OverflowError) as error:
            kind = node.tag.rsplit(":", 1)[-1]
            shown = node.value if isinstance(node, yaml.ScalarNode) else "this"
            raise ConstructorError(None, None, f"`{shown}` is no {kind}", node.start_mark) from error


class ValueLoader(Telling, yaml.SafeLoader):
    """PyYAML's safe loader: what it complains of can be told to people, and no text can harm it."""


class SwiftLoader(Telling, _Swift):
    """The same by libyaml where PyYAML has it, in a twentieth of the time, for texts that are not nested deeply."""


def line_of(root: yaml.Node | None, path: Sequence[str | int]) -> int:
    """Return the line (from 1) of the deepest part of `path` that the document has."""
    if root is None:
        return 1
    node, line = root, root.start_mark.line
    for part in path:
        found = _child(node, part)
        if found is None:
            break
        node, line = found
    return int(line) + 1


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(part):
                return value, key.start_mark.line
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item, item.start_mark.line
    return None


def duplicate_key(root: yaml.Node | None) -> tuple[str, int] | None:
    """Return the first key that stands twice in one mapping, with its line: YAML would silently keep the last.

    An anchor may be used many times and may even hold itself, so each node is looked at once.
    """
    waiting, known = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in known:
            continue
        known.add(id(node))
        if isinstance(node, yaml.MappingNode):
            twice = _twice(node)
            if twice is not None:
                return twice
            waiting.extend(value for _, value in reversed(node.value))
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(reversed(node.value))
    return None


def _twice(node: yaml.MappingNode) -> tuple[str, int] | None:
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen:
                return key.value, int(key.start_mark.line) + 1
            seen.add(key.value)
    return None
