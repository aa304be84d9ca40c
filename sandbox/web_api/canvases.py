"""canvases.* and conversations.canvases.*: a channel's document, of which an app may have one changed at a time."""

from __future__ import annotations

from typing import Any

from sandbox.errors import SlackError
from sandbox.model import JSON, Canvas
from sandbox.web_api.call import Call

_NEED_A_SECTION = frozenset({"insert_after", "insert_before", "delete"})


async def create_for_channel(call: Call) -> JSON:
    """Give a channel its canvas."""
    channel = call.state.channels.get(call.args.required("channel_id"))
    if channel is None or not call.state.may_see(call.bot, channel):
        raise SlackError("restricted_action")
    call.require_member(channel, "restricted_action")
    call.require_open(channel, "restricted_action")
    markdown = _markdown(call.args.decoded("document_content", None), optional=True)
    title = call.args.text("title")
    canvas = call.workspace.canvases.create(channel, title=title, markdown=markdown, by=call.bot)
    return {"ok": True, "canvas_id": canvas.id}


async def edit(call: Call) -> JSON:
    """Change a canvas: its whole content, its beginning, its end, or its title; one change in a call."""
    canvas, canvases = _canvas(call), call.workspace.canvases
    change = _change(call.args.decoded("changes", None))
    operation = change.get("operation")
    if operation == "rename":
        canvases.rename(canvas, _markdown(change.get("title_content")))
    elif operation == "replace" and not change.get("section_id"):
        canvases.replace(canvas, _markdown(change.get("document_content")))
    elif operation in ("insert_at_start", "insert_at_end"):
        at_start = operation == "insert_at_start"
        canvases.insert(canvas, _markdown(change.get("document_content")), at_start=at_start)
    elif operation == "replace" or operation in _NEED_A_SECTION:
        # Sections have no ids here: none was ever handed out.
        raise SlackError("canvas_editing_failed")
    else:
        raise SlackError("invalid_arguments", [f"there is no operation {operation}"])
    return {"ok": True}


def _canvas(call: Call) -> Canvas:
    canvas = call.state.canvases.get(call.args.required("canvas_id"))
    channel = None if canvas is None else call.state.channels[canvas.channel]
    if canvas is None or channel is None or not call.state.may_see(call.bot, channel):
        raise SlackError("canvas_not_found")
    call.require_open(channel, "canvas_editing_locked")
    return canvas


def _change(changes: Any) -> dict[str, Any]:
    if not isinstance(changes, list) or not changes or not isinstance(changes[0], dict):
        raise SlackError("invalid_arguments", ["changes must be an array of objects"])
    if len(changes) > 1:
        raise SlackError("invalid_arguments", ["no more than 1 items allowed [json-pointer:/changes]"])
    return changes[0]


def _markdown(content: Any, *, optional: bool = False) -> str:
    if content is None and optional:
        return ""
    if not isinstance(content, dict) or content.get("type") != "markdown":
        raise SlackError("invalid_arguments", ['document_content must be {"type": "markdown", "markdown": ...}'])
    return str(content.get("markdown") or "")
