"""Messages as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from templates.message import Message

Drawn = Message | dict[str, Any]

_DATE = re.compile(r"<!date\^(\d+)\^([^|^]*)\|[^>]*>")


def as_read(text: str) -> str:
    """Show date tokens to a reader in UTC."""

    def shown(match: re.Match[str]) -> str:
        at = datetime.fromtimestamp(int(match[1]), UTC)
        return f"{at:%b %d %H:%M}" if "{date" in match[2] else f"{at:%H:%M}"

    return _DATE.sub(shown, text)


def phone(message: Message) -> str:
    """What a phone shows of a message."""
    return as_read(message.text)[:80]


def blocks_of(drawn: Drawn) -> list[dict[str, Any]]:
    return drawn.blocks if isinstance(drawn, Message) else drawn["blocks"]


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object anywhere inside."""
    if isinstance(value, Mapping):
        yield value
        for item in value.values():
            yield from objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from objects(item)


def words(drawn: Drawn) -> str:
    """Everything a message or a form says, line by line, as people read it."""
    texts = [one["text"] for one in objects(blocks_of(drawn)) if isinstance(one.get("text"), str)]
    return as_read("\n".join(texts))


def mrkdwn(drawn: Drawn) -> list[str]:
    """Every text in which Slack would follow tokens, the fallback included."""
    texts = [one["text"] for one in objects(blocks_of(drawn)) if one.get("type") == "mrkdwn"]
    return [*texts, drawn.text] if isinstance(drawn, Message) else texts


def controls(drawn: Drawn) -> list[Mapping[str, Any]]:
    """Everything that can be pressed or chosen."""
    return [one for one in objects(blocks_of(drawn)) if "action_id" in one]


def labels(drawn: Drawn) -> list[str]:
    """The labels of the buttons, in order."""
    return [one["text"]["text"] for one in controls(drawn) if one["type"] == "button"]


def menu(drawn: Drawn) -> list[str]:
    """The choices of the overflow menu."""
    return [choice["text"]["text"] for one in controls(drawn) if one["type"] == "overflow" for choice in one["options"]]


def control(drawn: Drawn, label: str) -> Mapping[str, Any]:
    """The button with this label."""
    return next(one for one in controls(drawn) if one["type"] == "button" and one["text"]["text"] == label)


def filled(view: dict[str, Any], **typed: Any) -> dict[str, Any]:
    """A form as it comes back: what it was drawn with, overlaid by what was typed (by block id)."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            state = {new: element[old] for old, new in _STATE.items() if old in element}
            values[block["block_id"]] = {element["action_id"]: {"type": element["type"], **state}}
    for block_id, state in typed.items():
        inputs = values.setdefault(block_id, {"typed": {}})
        inputs[next(iter(inputs))] |= state if isinstance(state, dict) else {"value": state}
    return {"private_metadata": view.get("private_metadata", ""), "state": {"values": values}}


_STATE = {
    "initial_value": "value",
    "initial_option": "selected_option",
    "initial_options": "selected_options",
    "initial_date_time": "selected_date_time",
    "initial_date": "selected_date",
    "initial_user": "selected_user",
    "initial_users": "selected_users",
}
