"""The frame of a payload: the parts that name who, where and what, each of the kind that Slack documents.

Bolt and the listeners walk through these parts without looking. A payload whose frame is broken is refused as a whole;
what people typed is no part of the frame, and is read with care where it is used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class _Part:
    """What a part must be where it is there and not null: one of `kinds`, with `inside` if it is an object.

    With `rows` every row of the list is an object with those parts.
    """

    kinds: tuple[type, ...]
    inside: Mapping[str, _Part] = field(default_factory=dict)
    rows: Mapping[str, _Part] | None = None


_TEXT: Final = _Part((str,))
_NAMED: Final = {"id": _TEXT, "team_id": _TEXT}


def _texts(*names: str) -> dict[str, _Part]:
    return dict.fromkeys(names, _TEXT)


_ITEM: Final = _Part((dict,), _texts("type", "channel", "ts"))
_PERSON: Final = _Part((dict, str), {"id": _TEXT, "profile": _Part((dict,))})
_EVENT: Final = {
    **_texts("type", "subtype", "user_team", "channel_type", "text", "ts", "thread_ts", "bot_id", "reaction", "tab"),
    "user": _PERSON,
    "team": _Part((dict, str)),
    "channel": _Part((dict, str)),
    "item": _ITEM,
}
_VIEW: Final = {
    **_texts("id", "hash", "type", "team_id", "app_installed_team_id", "callback_id"),
    "blocks": _Part((list,), rows=_texts("block_id")),
}
_FRAME: Final = {
    **_texts("type", "command", "text", "user_id", "channel_id", "callback_id", "trigger_id", "response_url"),
    **_texts("message_ts", "event_id", "team_id", "enterprise_id"),
    "response_urls": _Part((list,)),
    "is_enterprise_install": _Part((bool, str)),
    "enterprise": _Part((dict, str)),
    "team": _Part((dict, str), {"id": _TEXT}),
    "user": _Part((dict,), _NAMED),
    "channel": _Part((dict,), _NAMED),
    "container": _Part((dict,), _texts("channel_id", "message_ts", "thread_ts", "view_id")),
    "message": _Part((dict,), {**_texts("ts", "thread_ts", "text"), "blocks": _Part((list,), rows={})}),
    "view": _Part((dict,), _VIEW),
    "actions": _Part((list,), rows=_texts("type", "action_id", "block_id", "value", "selected_user")),
    "authorizations": _Part((list,), rows=_texts("team_id", "enterprise_id", "user_id")),
    "event": _Part((dict,), _EVENT),
}

_NEEDED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "": (("user_id",), ("trigger_id",)),
    "event_callback": (("event_id",), ("event", "type")),
    "block_actions": (("user", "id"), ("actions",), ("container",)),
    "view_submission": (("user", "id"), ("view", "id"), ("view", "type"), ("view", "callback_id")),
    "view_closed": (("user", "id"), ("view", "id"), ("view", "type"), ("view", "callback_id")),
    "shortcut": (("user", "id"), ("callback_id",), ("trigger_id",)),
    "message_action": (("user", "id"), ("callback_id",), ("trigger_id",), ("channel",), ("message", "ts")),
}
"""What a payload of a type cannot do without: it says which request this is, and whose. A slash command has no type."""


def is_sound(payload: Mapping[str, Any]) -> bool:
    """Whether a payload's frame is whole, and all of its text can be written down."""
    return is_whole(payload) and can_be_written(payload)


def is_whole(payload: Mapping[str, Any]) -> bool:
    """Whether a payload's frame is."""
    return _fits(payload, _FRAME) and _is_complete(payload)


def _fits(node: Mapping[str, Any], frame: Mapping[str, _Part]) -> bool:
    return all(part is None or name not in frame or _is(part, frame[name]) for name, part in node.items())


def _is(part: Any, wanted: _Part) -> bool:
    fits = isinstance(part, wanted.kinds)
    if not fits:
        return False
    rows = wanted.rows
    if rows is not None:
        return all(isinstance(row, dict) and _fits(row, rows) for row in part)
    return not wanted.inside or not isinstance(part, dict) or _fits(part, wanted.inside)


def _is_complete(payload: Mapping[str, Any]) -> bool:
    if not any(payload.get(name) for name in ("type", "command", "ssl_check")):
        return False
    kind = "" if "command" in payload else str(payload.get("type"))
    if not all(_there(payload, path) for path in _NEEDED.get(kind, ())):
        return False
    if payload.get("view") and not _there(payload, ("view", "id")):
        return False
    if not all(action.get("action_id") for action in payload.get("actions") or ()):
        return False
    return "event" not in payload or _event_is_complete(payload["event"])


def _event_is_complete(event: Mapping[str, Any] | None) -> bool:
    if event is None:
        return False
    user = event.get("user")
    return not isinstance(user, dict) or bool(user.get("id"))


def _there(node: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    return bool(node)


def can_be_written(payload: Mapping[str, Any]) -> bool:
    """Whether a database can: JSON can write half of a character and numbers that are none, and no database."""
    try:
        json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return False
    return True
