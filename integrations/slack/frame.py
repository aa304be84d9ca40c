"""The frame of a payload: the parts that name who, where and what, each of the kind that Slack documents.

Bolt and the listeners walk through these parts without looking. A payload whose frame is broken is refused as a whole;
what people typed is no part of the frame, and is read with care where it is used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

_TEXT: Final = (str,)
_OBJECT: Final = (Mapping,)
_LIST: Final = (list,)

_FRAME: Final[Mapping[str, tuple[type, ...]]] = {
    "type": _TEXT,
    "command": _TEXT,
    "text": _TEXT,
    "user_id": _TEXT,
    "channel_id": _TEXT,
    "callback_id": _TEXT,
    "trigger_id": _TEXT,
    "response_url": _TEXT,
    "response_urls": _LIST,
    "message_ts": _TEXT,
    "event_id": _TEXT,
    "team_id": _TEXT,
    "enterprise_id": _TEXT,
    "is_enterprise_install": (bool, str),
    "enterprise": (Mapping, str),
    "team": (Mapping, str),
    "team.id": _TEXT,
    "user": _OBJECT,
    "user.id": _TEXT,
    "user.team_id": _TEXT,
    "channel": _OBJECT,
    "channel.id": _TEXT,
    "container": _OBJECT,
    "container.channel_id": _TEXT,
    "container.message_ts": _TEXT,
    "container.thread_ts": _TEXT,
    "container.view_id": _TEXT,
    "message": _OBJECT,
    "message.ts": _TEXT,
    "message.thread_ts": _TEXT,
    "message.text": _TEXT,
    "message.blocks": _LIST,
    "message.blocks.*": _OBJECT,
    "view": _OBJECT,
    "view.id": _TEXT,
    "view.hash": _TEXT,
    "view.type": _TEXT,
    "view.team_id": _TEXT,
    "view.app_installed_team_id": _TEXT,
    "view.callback_id": _TEXT,
    "view.blocks": _LIST,
    "view.blocks.*": _OBJECT,
    "view.blocks.*.block_id": _TEXT,
    "actions": _LIST,
    "actions.*": _OBJECT,
    "actions.*.type": _TEXT,
    "actions.*.action_id": _TEXT,
    "actions.*.block_id": _TEXT,
    "actions.*.value": _TEXT,
    "actions.*.selected_user": _TEXT,
    "authorizations": _LIST,
    "authorizations.*": _OBJECT,
    "authorizations.*.team_id": _TEXT,
    "authorizations.*.enterprise_id": _TEXT,
    "authorizations.*.user_id": _TEXT,
    "event": _OBJECT,
    "event.type": _TEXT,
    "event.subtype": _TEXT,
    "event.user": (Mapping, str),
    "event.user.id": _TEXT,
    "event.user.profile": _OBJECT,
    "event.user_team": _TEXT,
    "event.team": (Mapping, str),
    "event.channel": (Mapping, str),
    "event.channel_type": _TEXT,
    "event.text": _TEXT,
    "event.ts": _TEXT,
    "event.thread_ts": _TEXT,
    "event.bot_id": _TEXT,
    "event.reaction": _TEXT,
    "event.tab": _TEXT,
    "event.item": _OBJECT,
    "event.item.type": _TEXT,
    "event.item.channel": _TEXT,
    "event.item.ts": _TEXT,
}
"""What each part must be where it is there and not null; `*` is every row of a list."""

_NEVER_NULL: Final = frozenset({"actions.*", "authorizations.*", "message.blocks.*", "view.blocks.*"})

_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("user_id", "trigger_id"),
    "event_callback": ("event_id", "event.type"),
    "block_actions": ("user.id", "actions.*.action_id", "container"),
    "view_submission": ("user.id", "view.id", "view.callback_id"),
    "view_closed": ("user.id", "view.id", "view.callback_id"),
    "shortcut": ("user.id", "callback_id", "trigger_id"),
    "message_action": ("user.id", "callback_id", "trigger_id", "channel", "message.ts"),
}
"""What a payload of a type cannot do without: it says which request this is, and whose. A slash command has no type."""


def is_sound(payload: Mapping[str, Any]) -> bool:
    """Whether a payload's frame is whole, and all of its text can be written down."""
    return _fits(payload) and _is_complete(payload) and _can_be_written(payload)


def _fits(payload: Mapping[str, Any]) -> bool:
    for path, kinds in _FRAME.items():
        for part in _parts(payload, path.split(".")):
            if not isinstance(part, kinds) and (part is not None or path in _NEVER_NULL):
                return False
    return True


def _is_complete(payload: Mapping[str, Any]) -> bool:
    kind = "" if "command" in payload else str(payload.get("type"))
    if "event" in payload and payload["event"] is None:
        return False
    needed = [*_NEEDED.get(kind, ())]
    if payload.get("view"):
        needed.append("view.id")
    if any(isinstance(user, Mapping) for user in _parts(payload, ["event", "user"])):
        needed.append("event.user.id")
    told = any(payload.get(name) for name in ("type", "command", "ssl_check"))
    return told and all(_there(payload, path) for path in needed)


def _there(payload: Mapping[str, Any], path: str) -> bool:
    found = list(_parts(payload, path.split(".")))
    return bool(found) and all(part not in (None, "") for part in found)


def _parts(node: Any, path: list[str]) -> Iterator[Any]:
    """Every part that a path leads to; none where the way ends before."""
    if not path:
        yield node
    elif path[0] == "*":
        for row in node if isinstance(node, list) else ():
            yield from _parts(row, path[1:])
    elif isinstance(node, Mapping):
        # A part that is missing is null, so that a list of controls with one unnamed control is seen for what it is.
        yield from _parts(node.get(path[0]), path[1:]) if len(path) == 1 or path[0] in node else ()


def _can_be_written(payload: Mapping[str, Any]) -> bool:
    """JSON can write half of a character and numbers that are none; no database can."""
    try:
        json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return False
    return True
