"""Where in a YAML file a key stands, so that an error can name the line."""

from __future__ import annotations

from collections.abc import Sequence

import yaml


def line_of(root: yaml.Node | None, path: Sequence[str | int]) -> int | None:
    """Return the line (from 1) of the deepest part of `path` that the document has, or None for an empty document."""
    if root is None:
        return None
    node, line = root, root.start_mark.line
    for part in path:
        found = _child(node, part)
        if found is None:
            break
        node, line = found
    return line + 1


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return value, key.start_mark.line
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item, item.start_mark.line
    return None


def duplicate_key(root: yaml.Node | None) -> tuple[str, int] | None:
    """Return the first key that stands twice in one mapping, with its line: YAML would silently keep the last."""
    if isinstance(root, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in root.value:
            if key.value in seen:
                return key.value, key.start_mark.line + 1
            seen.add(key.value)
            inner = duplicate_key(value)
            if inner is not None:
                return inner
    if isinstance(root, yaml.SequenceNode):
        for item in root.value:
            inner = duplicate_key(item)
            if inner is not None:
                return inner
    return None
