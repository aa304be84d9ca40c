"""views.* and blocks.validate: modals and the Home tab."""

from __future__ import annotations

from sandbox.blockkit import Problem, validate_message, validate_view
from sandbox.errors import SlackError
from sandbox.model import JSON, View
from sandbox.responses import view_object
from sandbox.web_api.call import Call
from sandbox.web_api.content import read_view


async def open_view(call: Call) -> JSON:
    """Open a modal within three seconds of a person's act."""
    content = read_view(call)
    trigger = call.workspace.triggers.redeem(call.args.required("trigger_id"))
    return _shown(call, call.workspace.views.open(trigger.user, content))


async def push_view(call: Call) -> JSON:
    """Put a modal on top of the one a person just used."""
    content = read_view(call)
    trigger = call.workspace.triggers.redeem(call.args.required("trigger_id"))
    return _shown(call, call.workspace.views.push(trigger.user, content))


async def update_view(call: Call) -> JSON:
    """Replace an open view, by Slack's id or the app's own."""
    content = read_view(call)
    view = call.workspace.views.find(call.args.text("view_id"), call.args.text("external_id"))
    if view is None:
        raise SlackError("not_found")
    updated = call.workspace.views.update(view, content, call.args.text("hash") or None)
    return _shown(call, updated)


async def publish_view(call: Call) -> JSON:
    """Show a Home tab to one person."""
    if not call.state.app.home_tab:
        raise SlackError("not_enabled")
    user = call.state.users.get(call.args.required("user_id"))
    if user is None or user.is_bot:
        raise SlackError("invalid_arguments", ["invalid `user_id`"])
    content = read_view(call)
    return _shown(call, call.workspace.views.publish(user.id, content, call.args.text("hash") or None))


async def validate_blocks(call: Call) -> JSON:
    """Say what Slack would refuse in a message, a list of blocks or a view, without sending it."""
    if "view" in call.args:
        return _verdict("invalid_view", _problems_of_view(call.args.decoded("view")))
    if "message" in call.args:
        message = call.args.decoded("message")
        if not isinstance(message, dict):
            raise SlackError("invalid_message")
        return _verdict("invalid_message", validate_message(str(message.get("text", "")), message.get("blocks", [])))
    blocks = call.args.decoded("blocks")
    if not isinstance(blocks, list):
        raise SlackError("invalid_arguments", ["one of blocks, message and view is required"])
    return _verdict("invalid_blocks", validate_message("", blocks))


def _problems_of_view(view: object) -> list[Problem]:
    if not isinstance(view, dict):
        raise SlackError("invalid_view")
    return validate_view(view)


def _verdict(code: str, problems: list[Problem]) -> JSON:
    if not problems:
        return {"ok": True}
    rows = [{"pointer": p.pointer, "code": p.code, "message": p.message} for p in problems]
    raise SlackError(code, errors=rows)


def _shown(call: Call, view: View) -> JSON:
    return {"ok": True, "view": view_object(call.state, view)}
