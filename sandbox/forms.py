"""What Slack itself checks before a modal is submitted: required fields and lengths."""

from __future__ import annotations

from typing import Any

from sandbox.model import JSON

_LIST_VALUES = ("selected_options", "selected_users", "selected_channels", "selected_conversations", "files")
_VALUES = (
    "value",
    "selected_option",
    "selected_user",
    "selected_channel",
    "selected_conversation",
    "selected_date",
    "selected_time",
    "selected_date_time",
    "rich_text_value",
    *_LIST_VALUES,
)


def check_inputs(content: JSON, values: JSON) -> dict[str, str]:
    """Return an error text per input block that may not be submitted as it is."""
    errors: dict[str, str] = {}
    for block in content.get("blocks", []):
        if block.get("type") != "input":
            continue
        element = block["element"]
        given = values.get(block["block_id"], {}).get(element["action_id"], {})
        value = next((given[name] for name in _VALUES if given.get(name)), None)
        if value is None and not block.get("optional", False):
            errors[block["block_id"]] = "Please complete this required field."
        elif isinstance(value, str) and (error := _length_error(element, value)):
            errors[block["block_id"]] = error
    return errors


def _length_error(element: dict[str, Any], value: str) -> str | None:
    longest, shortest = element.get("max_length"), element.get("min_length")
    if longest is not None and len(value) > int(longest):
        return f"Please enter no more than {longest} characters."
    if shortest is not None and len(value) < int(shortest):
        return f"Please enter at least {shortest} characters."
    return None
