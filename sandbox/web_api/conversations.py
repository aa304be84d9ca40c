"""conversations.*: what a channel is, who is in it, and what its header says."""

from __future__ import annotations

from sandbox.canvases import canvas_properties
from sandbox.channels import MAX_HEADER, check_name
from sandbox.errors import SlackError
from sandbox.mentions import escape_bare
from sandbox.methods import METHODS
from sandbox.model import JSON, Channel
from sandbox.responses import channel_object
from sandbox.web_api.call import Call, missing_scope

MAX_INVITES = 100
MAX_DIRECT_MEMBERS = 8
_KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


async def create(call: Call) -> JSON:
    """Make a channel with the app in it."""
    name = call.args.text("name")
    private = call.args.flag("is_private")
    if call.strict:
        needed = METHODS[call.method].scopes_for("group" if private else "channel")
        if not call.state.app.scopes.intersection(needed):
            raise missing_scope(call.state, needed)
        check_name(name)
    return _shown(call, call.workspace.channels.create(name, call.bot, private=private))


async def rename(call: Call) -> JSON:
    """Rename a channel the app is in."""
    channel = _channel_to_change(call)
    name = call.args.text("name")
    if call.strict:
        check_name(name)
    call.workspace.channels.rename(channel, name, call.bot)
    return _shown(call, channel)


async def archive(call: Call) -> JSON:
    """Archive a channel the app is in, which takes the app out of it.

    Slack documents both `not_in_channel` and `already_archived` but not which comes first; the harder one does here.
    """
    channel = call.channel()
    call.require_member(channel)
    if channel.is_archived:
        raise SlackError("already_archived")
    if channel.is_general:
        raise SlackError("cant_archive_general")
    call.workspace.channels.archive(channel, call.bot)
    return {"ok": True}


async def unarchive(call: Call) -> JSON:
    """Bring an archived channel back."""
    channel = call.channel()
    if not channel.is_archived:
        raise SlackError("not_archived")
    if call.strict:
        # Archiving takes apps out of a channel, and from outside they may not bring it back.
        raise SlackError("not_in_channel")
    call.workspace.channels.unarchive(channel, call.bot)
    return {"ok": True}


async def set_topic(call: Call) -> JSON:
    """Set a channel's topic, at most 250 characters."""
    channel = _channel_to_change(call)
    topic = _header_text(call, "topic")
    call.workspace.channels.set_topic(channel, topic, call.bot)
    return _shown(call, channel)


async def set_purpose(call: Call) -> JSON:
    """Set a channel's purpose, at most 250 characters."""
    channel = _channel_to_change(call)
    purpose = _header_text(call, "purpose")
    call.workspace.channels.set_purpose(channel, purpose, call.bot)
    return {**_shown(call, channel), "purpose": purpose}


async def invite(call: Call) -> JSON:
    """Bring people in; one who cannot come fails the call, unless ``force`` brings in the others."""
    channel = _channel_to_change(call)
    users = call.args.ids("users")
    if not users:
        raise SlackError("no_user")
    if len(users) > MAX_INVITES:
        raise SlackError("invalid_arguments", [f"users must name at most {MAX_INVITES} people"])
    errors = [
        {"user": user, "ok": False, "error": error}
        for user in users
        if (error := _why_not(call, channel, user)) is not None
    ]
    refused = {row["user"] for row in errors}
    welcome = [user for user in users if user not in refused]
    if errors and not (welcome and call.args.flag("force")):
        raise SlackError(str(errors[0]["error"]), errors=errors)
    for user in welcome:
        call.workspace.channels.join(channel, user, inviter=call.bot)
    answer = _shown(call, channel)
    return {**answer, "errors": errors} if errors else answer


async def kick(call: Call) -> JSON:
    """Take someone out of a channel."""
    channel = call.channel()
    call.require_member(channel)
    user = call.user()
    if user.id == call.bot:
        raise SlackError("cant_kick_self")
    if channel.is_general:
        raise SlackError("cant_kick_from_general")
    if user.id not in channel.members:
        raise SlackError("user_not_found")
    call.workspace.channels.leave(channel, user.id, removed_by=call.bot)
    return {"ok": True, "errors": {}}


async def join(call: Call) -> JSON:
    """Enter a public channel."""
    channel = call.channel()
    call.require_open(channel)
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if call.bot in channel.members:
        return {
            **_shown(call, channel),
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    call.workspace.channels.join(channel, call.bot)
    return _shown(call, channel)


async def leave(call: Call) -> JSON:
    """Leave a channel."""
    channel = call.channel()
    call.require_open(channel)
    if channel.is_general:
        raise SlackError("cant_leave_general")
    if call.bot not in channel.members:
        return {"ok": True, "not_in_channel": True}
    call.workspace.channels.leave(channel, call.bot)
    return {"ok": True}


async def info(call: Call) -> JSON:
    """Describe a conversation."""
    channel = call.channel()
    answer = _shown(call, channel)
    canvas = call.state.canvas_of(channel.id)
    if canvas is not None:
        answer["channel"]["properties"] = canvas_properties(canvas)
    if call.args.flag("include_num_members"):
        answer["channel"]["num_members"] = len(channel.members)
    return answer


async def members(call: Call) -> JSON:
    """List who is in a conversation."""
    page, cursor = call.page(call.channel().members)
    return {"ok": True, "members": page, "response_metadata": {"next_cursor": cursor}}


async def list_all(call: Call) -> JSON:
    """List the conversations the app may know of."""
    return _listing(call, [c for c in call.state.channels.values() if call.state.may_see(call.bot, c)])


async def list_of_user(call: Call) -> JSON:
    """List the conversations a person (by default the app) is in, as far as the app may know of them."""
    user = call.args.text("user") or call.bot
    return _listing(
        call,
        [c for c in call.state.channels.values() if user in c.members and call.state.may_see(call.bot, c)],
    )


async def open_direct(call: Call) -> JSON:
    """Open a direct message with one person or up to eight, or again one by its id."""
    if call.args.text("channel"):
        channel = call.channel()
        if not channel.is_direct:
            raise SlackError("method_not_supported_for_channel_type")
        return _direct(call, channel, known=True)
    people = call.args.ids("users")
    if not people:
        raise SlackError("users_list_not_supplied")
    if len(people) > MAX_DIRECT_MEMBERS:
        raise SlackError("too_many_users")
    for person in people:
        user = call.state.users.get(person)
        if user is None:
            raise SlackError("user_not_found")
        if user.deleted:
            raise SlackError("user_disabled")
    members_wanted = {call.bot, *people}
    if call.args.flag("prevent_creation") and call.state.direct(members_wanted) is None:
        raise SlackError("channel_not_found")
    channel, known = call.workspace.channels.open_direct([call.bot, *people])
    call.check_scope(channel)
    return _direct(call, channel, known=known)


async def close(call: Call) -> JSON:
    """Close a direct message; it opens again with the next word."""
    channel = call.channel()
    if not channel.is_direct:
        raise SlackError("method_not_supported_for_channel_type")
    return {"ok": True}


async def mark(call: Call) -> JSON:
    """Move the app's own read mark."""
    channel = call.channel()
    call.require_member(channel)
    call.workspace.channels.mark_read(channel, call.bot, call.args.timestamp("ts", "invalid_timestamp"))
    return {"ok": True}


def _channel_to_change(call: Call) -> Channel:
    channel = call.channel()
    call.require_open(channel)
    call.require_member(channel)
    return channel


def _header_text(call: Call, name: str) -> str:
    text = call.args.text(name)
    if call.strict and len(text) > MAX_HEADER:
        raise SlackError("too_long")
    return escape_bare(text)


def _why_not(call: Call, channel: Channel, user_id: str) -> str | None:
    user = call.state.users.get(user_id)
    if user is None:
        return "user_not_found"
    if user.id == call.bot:
        return "cant_invite_self"
    if user.deleted:
        return "cant_invite"
    return "already_in_channel" if user.id in channel.members else None


def _shown(call: Call, channel: Channel) -> JSON:
    return {"ok": True, "channel": channel_object(call.state, channel, call.bot)}


def _direct(call: Call, channel: Channel, *, known: bool) -> JSON:
    shown: JSON = {"id": channel.id}
    if call.args.flag("return_im"):
        shown = channel_object(call.state, channel, call.bot)
    return {"ok": True, "channel": shown, **({"no_op": True, "already_open": True} if known else {})}


def _listing(call: Call, channels: list[Channel]) -> JSON:
    types = call.args.ids("types") or ["public_channel"]
    if unknown := [kind for kind in types if kind not in _KINDS]:
        raise SlackError("invalid_types", [f"unknown types: {', '.join(unknown)}"])
    kinds = {_KINDS[kind] for kind in types}
    for kind in types:
        _check_kind(call, kind)
    wanted = [
        channel
        for channel in channels
        if channel.kind in kinds and not (channel.is_archived and call.args.flag("exclude_archived"))
    ]
    page, cursor = call.page(wanted)
    shown = [{**channel_object(call.state, channel, call.bot), "num_members": len(channel.members)} for channel in page]
    return {"ok": True, "channels": shown, "response_metadata": {"next_cursor": cursor}}


def _check_kind(call: Call, name: str) -> None:
    facts = METHODS[call.method]
    needed = {
        "public_channel": facts.scopes_for("channel"),
        "private_channel": facts.scopes_for("group"),
        "im": facts.scopes_for("im"),
        "mpim": facts.scopes_for("mpim"),
    }[name]
    if call.strict and not call.state.app.scopes.intersection(needed):
        raise missing_scope(call.state, needed)
