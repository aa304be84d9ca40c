"""Whole messages and views: what no single block can know."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.blockkit.blocks import Surface, block_on
from sandbox.blockkit.objects import plain_text
from sandbox.blockkit.rules import Problem, Rule, Spot, boolean, by_type, listing, record, string

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100

# Slack cuts the text of a message off here without a word (docs.slack.dev, chat.postMessage); here it is told instead.
MESSAGE_TEXT = 40_000
# Undocumented; measured by others (slackapi/bolt-js issue 2509).
MESSAGE_BLOCK_CHARACTERS = 13_200
# The text of all markdown blocks of a message together (docs.slack.dev, markdown block).
MARKDOWN_CHARACTERS = 12_000
# "Greater than 250kb" (docs.slack.dev, views.open, view_too_large); counted as compact JSON in UTF-8.
VIEW_BYTES = 250_000


def validate_message(text: str | None, blocks: Any, *, surface: Surface = "message") -> list[Problem]:
    """Return what Slack would refuse in a message, in document order; ``blocks`` may be absent.

    The codes ``msg_blocks_too_long`` and ``msg_too_long`` are Slack's own error codes; all others belong under
    ``invalid_blocks``. Whether a message without text and blocks may be posted is for the method to say.
    """
    spot = Spot()
    if text is not None and len(text) > MESSAGE_TEXT:
        spot.at("text").report("msg_too_long", f"must be less than {MESSAGE_TEXT + 1} characters")
    if blocks is None:
        return spot.found
    _inspect_blocks(spot.at("blocks"), blocks, surface, MESSAGE_BLOCKS)
    _inspect_totals(spot.at("blocks"), blocks)
    return spot.found


def validate_view(view: Any) -> list[Problem]:
    """Return what Slack would refuse in a modal or Home tab; pointers start at ``/view``, as in Slack's answers.

    The code ``view_too_large`` is Slack's own error code; all others belong under ``invalid_arguments``.
    """
    spot = Spot("/view")
    by_type({"modal": _view("modal"), "home": _view("home")})(spot, view)
    if isinstance(view, Mapping) and _size(view) > VIEW_BYTES:
        spot.report("view_too_large", f"must be less than {VIEW_BYTES + 1} bytes")
    return spot.found


def _view(surface: Surface) -> Rule:
    def blocks(spot: Spot, value: Any) -> None:
        _inspect_blocks(spot, value, surface, VIEW_BLOCKS)

    common: dict[str, Rule] = {
        "private_metadata": string(3000, minimum=0),
        "callback_id": string(255, minimum=0),
        "external_id": string(255, minimum=0),
    }
    if surface == "home":
        return record({"blocks": blocks}, common, _one_focus)
    label = plain_text(24)
    own = {"submit": label, "close": label, "clear_on_close": boolean, "notify_on_close": boolean}
    return record({"title": label, "blocks": blocks}, {**common, **own}, _submit_with_input, _one_focus)


def _submit_with_input(spot: Spot, view: Mapping[str, Any]) -> None:
    blocks = view.get("blocks")
    inputs = [block for block in _objects(blocks) if block.get("type") == "input"]
    if inputs and "submit" not in view:
        spot.report("submit_required", "submit is required when an input block is within blocks")


def _one_focus(spot: Spot, view: Mapping[str, Any]) -> None:
    focused = [element for element in _walk(view.get("blocks")) if element.get("focus_on_load") is True]
    if len(focused) > 1:
        spot.report("too_many_focused", "only one element may have focus_on_load")


def _inspect_blocks(spot: Spot, blocks: Any, surface: Surface, maximum: int) -> None:
    listing(block_on(surface), minimum=0, maximum=maximum)(spot, blocks)
    seen: set[str] = set()
    for index, block in enumerate(blocks if isinstance(blocks, list) else ()):
        if not isinstance(block, Mapping):
            continue
        _refuse_repeat(spot.at(index).at("block_id"), block.get("block_id"), seen)
        _inspect_action_ids(spot.at(index), block)


def _inspect_action_ids(spot: Spot, block: Mapping[str, Any]) -> None:
    """An action_id names one control within its block; other blocks may use it again."""
    seen: set[str] = set()
    elements = block.get("elements")
    for index, element in enumerate(elements if isinstance(elements, list) else ()):
        if isinstance(element, Mapping):
            _refuse_repeat(spot.at("elements").at(index).at("action_id"), element.get("action_id"), seen)


def _refuse_repeat(spot: Spot, name: Any, seen: set[str]) -> None:
    if not isinstance(name, str):
        return
    if name in seen:
        field = spot.pointer.rsplit("/", 1)[1]
        spot.report(f"duplicate_{field}", f'{field} "{name}" already exists')
    seen.add(name)


def _inspect_totals(spot: Spot, blocks: Any) -> None:
    tables = [block for block in _objects(blocks) if block.get("type") == "table"]
    if len(tables) > 1:
        spot.report("only_one_table_allowed", "only one table is allowed in a message")
    markdown = [block for block in _objects(blocks) if block.get("type") == "markdown"]
    if len(markdown) > 1 and _characters(markdown) > MARKDOWN_CHARACTERS:
        spot.report("too_long", f"markdown blocks must have less than {MARKDOWN_CHARACTERS + 1} characters together")
    if _characters(blocks) > MESSAGE_BLOCK_CHARACTERS:
        spot.report("msg_blocks_too_long", f"must have less than {MESSAGE_BLOCK_CHARACTERS + 1} characters together")


def _characters(value: Any) -> int:
    """Count what people read: every string that stands under ``text`` anywhere inside."""
    return sum(len(found["text"]) for found in _walk(value) if isinstance(found.get("text"), str))


def _objects(blocks: Any) -> list[Mapping[str, Any]]:
    return [block for block in blocks if isinstance(block, Mapping)] if isinstance(blocks, list) else []


def _walk(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object inside, the outermost first."""
    if isinstance(value, Mapping):
        yield value
        for entry in value.values():
            yield from _walk(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _walk(entry)


def _size(view: Mapping[str, Any]) -> int:
    return len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode())
