"""chat.*: posting, editing, deleting, and posting later."""

from __future__ import annotations

from typing import Any

from sandbox.errors import SlackError
from sandbox.messages import Draft
from sandbox.model import JSON, Channel, Message, ScheduledMessage
from sandbox.responses import message_object, permalink
from sandbox.web_api.arguments import Arguments
from sandbox.web_api.call import Call
from sandbox.web_api.content import MAX_TEXT, check_content, read_blocks, read_draft, read_metadata

MAX_DAYS_AHEAD = 120


async def post_message(call: Call) -> JSON:
    """Post as the app, to a channel, a thread, or a person's direct message."""
    channel = _destination(call)
    draft = read_draft(call, channel)
    draft.metadata = read_metadata(call)
    _into_thread(call, draft)
    draft.broadcast = draft.thread_ts is not None and call.args.flag("reply_broadcast")
    return _posted(call, call.workspace.messages.post(draft))


async def update(call: Call) -> JSON:
    """Edit a message of the app; what is not given stays, and an empty list removes blocks."""
    channel = call.channel()
    message = call.message(channel, "ts")
    if message.user != call.bot or message.subtype not in (None, "bot_message", "file_share"):
        raise SlackError("cant_update_message")
    call.require_open(channel, "is_inactive")
    fields: dict[str, Any] = {}
    if "blocks" in call.args:
        fields["blocks"] = read_blocks(call)
    if "text" in call.args or "markdown_text" in call.args:
        fields["text"] = (call.args.text("markdown_text") or call.args.text("text"))[:MAX_TEXT]
    if "attachments" in call.args:
        attachments = call.args.decoded("attachments", [])
        fields["attachments"] = attachments if isinstance(attachments, list) else []
    if (metadata := read_metadata(call)) is not None:
        fields["metadata"] = metadata
    if not any(fields.get(name, getattr(message, name)) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    check_content(call, fields.get("text", message.text), fields.get("blocks", []))
    if call.args.flag("reply_broadcast"):
        if not message.is_reply:
            raise SlackError("cant_broadcast_message")
        fields["broadcast"] = True
    call.workspace.messages.edit(message, call.bot, **fields)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message_object(call.state, message, metadata=True),
    }


async def delete(call: Call) -> JSON:
    """Delete a message of the app."""
    channel = call.channel()
    message = call.message(channel, "ts")
    if message.user != call.bot:
        raise SlackError("cant_delete_message")
    call.workspace.messages.delete(message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


async def post_ephemeral(call: Call) -> JSON:
    """Show a message to one person in a channel; it is kept nowhere."""
    channel = call.channel()
    call.require_open(channel)
    call.require_member(channel)
    user = call.args.required("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    draft = read_draft(call, channel)
    draft.ephemeral_to = user
    _into_thread(call, draft)
    return {"ok": True, "message_ts": call.workspace.messages.post(draft).ts}


async def get_permalink(call: Call) -> JSON:
    """Return the address of a message."""
    channel = call.channel()
    message = call.message(channel, "message_ts")
    return {"ok": True, "channel": channel.id, "permalink": permalink(call.state, message)}


async def schedule_message(call: Call) -> JSON:
    """Keep a post for later, at most 120 days ahead."""
    channel = _destination(call)
    post_at = call.args.integer("post_at")
    now = call.state.now()
    if post_at <= now:
        raise SlackError("time_in_past")
    if post_at > now + MAX_DAYS_AHEAD * 86_400:
        raise SlackError("time_too_far")
    draft = read_draft(call, channel)
    read_metadata(call)
    scheduled = ScheduledMessage(
        call.state.next_id("Q"), channel.id, post_at, now, {**call.args.values, "channel": channel.id}
    )
    scheduled.arguments.pop("token", None)
    call.state.save(scheduled)
    return {
        "ok": True,
        "channel": channel.id,
        "scheduled_message_id": scheduled.id,
        "post_at": post_at,
        "message": {
            "text": draft.text,
            "type": "delayed_message",
            "user": call.bot,
            "bot_id": call.state.identity.bot_id,
            "team": call.state.team.id,
            "bot_profile": {"id": call.state.identity.bot_id, "name": call.state.app.bot_name},
        },
    }


async def delete_scheduled_message(call: Call) -> JSON:
    """Take a post for later back."""
    channel = call.channel()
    scheduled = call.state.scheduled.get(call.args.required("scheduled_message_id"))
    if scheduled is None or scheduled.channel != channel.id:
        raise SlackError("invalid_scheduled_message_id")
    call.state.forget(scheduled)
    return {"ok": True}


async def list_scheduled_messages(call: Call) -> JSON:
    """List the app's posts for later, soonest first."""
    channel = call.args.text("channel")
    if channel and channel not in call.state.channels:
        raise SlackError("invalid_channel")
    oldest = float(call.args.timestamp("oldest") or 0)
    latest = float(call.args.timestamp("latest") or "inf")
    found = sorted(
        (
            row
            for row in call.state.scheduled.values()
            if (not channel or row.channel == channel) and oldest <= row.post_at <= latest
        ),
        key=lambda row: (row.post_at, row.id),
    )
    page, cursor = call.page(found)
    rows = [
        {
            "id": row.id,
            "channel_id": row.channel,
            "post_at": row.post_at,
            "date_created": row.created,
            "text": row.arguments.get("text", ""),
        }
        for row in page
    ]
    return {"ok": True, "scheduled_messages": rows, "response_metadata": {"next_cursor": cursor}}


def post_scheduled(call: Call, scheduled: ScheduledMessage) -> Message | None:
    """Post what is due; nothing if the channel has been archived or lost meanwhile."""
    call.state.forget(scheduled)
    due = Call("chat.scheduleMessage", Arguments(scheduled.arguments), call.workspace, call.hub, call.strict)
    channel = call.state.channels.get(scheduled.channel)
    if channel is None or channel.is_archived:
        return None
    draft = read_draft(due, channel)
    draft.metadata = read_metadata(due)
    draft.thread_ts = due.args.text("thread_ts") or None
    draft.broadcast = due.args.flag("reply_broadcast")
    return call.workspace.messages.post(draft)


def _destination(call: Call) -> Channel:
    """Return where to post: a conversation's id, or a person's id for their direct message."""
    target = call.args.text("channel")
    user = call.state.users.get(target)
    if user is not None:
        if user.deleted or user.id == call.bot:
            raise SlackError("channel_not_found")
        return call.workspace.channels.open_direct([call.bot, user.id])[0]
    channel = call.state.channels.get(target) or call.state.channel_named(target.removeprefix("#"))
    if channel is None or not call.state.may_see(call.bot, channel):
        raise SlackError("channel_not_found")
    call.require_open(channel)
    if channel.kind == "channel" and "chat:write.public" in call.state.app.scopes:
        return channel
    call.require_member(channel)
    return channel


def _into_thread(call: Call, draft: Draft) -> None:
    thread_ts = call.args.timestamp("thread_ts", "cannot_reply_to_message")
    if not thread_ts:
        return
    root = call.state.message(draft.channel.id, thread_ts)
    if root is None or root.subtype in ("channel_join", "channel_leave", "channel_topic"):
        raise SlackError("cannot_reply_to_message")
    # A reply to a reply lands in the same thread.
    draft.thread_ts = root.thread_ts if root.is_reply else root.ts


def _posted(call: Call, message: Message) -> JSON:
    return {
        "ok": True,
        "channel": message.channel,
        "ts": message.ts,
        "message": message_object(call.state, message, metadata=True),
    }
