"""Which request a payload is: the id under which its command is carried out once, however often Slack delivers it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from templates.actions import Value


def request_id(body: Mapping[str, Any]) -> str:
    """Name the request that a payload stands for; "" for one that asks for nothing (url_verification, say).

    An event is its event id, a slash command or shortcut its trigger id, a form its view id. A control is who pressed
    it, where, which, at which seq of the incident it was drawn, and a digest of what it carries and what was chosen in
    it: so a double click is one request, while two controls of one action in one message are two.
    """
    kind = body.get("type")
    if kind == "event_callback":
        return str(body.get("event_id") or "")
    if kind in ("view_submission", "view_closed"):
        return str(_part(body, "view").get("id") or "")
    if kind == "block_actions":
        return _press(body)
    return str(body.get("trigger_id") or "")


def _press(body: Mapping[str, Any]) -> str:
    actions = body.get("actions") or [{}]
    action: Mapping[str, Any] = actions[0]
    container = _part(body, "container")
    where = container.get("channel_id") or container.get("view_id") or ""
    # A view keeps its id when it is redrawn; its hash says which drawing was pressed.
    when = container.get("message_ts") or _part(body, "view").get("hash") or ""
    chosen = action.get("selected_option")
    value = str((chosen.get("value") if isinstance(chosen, Mapping) else action.get("value")) or "")
    carried = f"{value} {action.get('selected_user') or ''}"
    digest = hashlib.sha256(carried.encode(errors="replace")).hexdigest()[:12]
    user = _part(body, "user").get("id")
    parts = (user, where, when, action.get("action_id"), Value.unpack(value).seq, digest)
    return ":".join(str(part) for part in parts)


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}
