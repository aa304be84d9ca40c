"""The JSON in which the page gets people, channels and messages."""

from __future__ import annotations

from sandbox.mentions import mentioned_users
from sandbox.model import JSON, Channel, Message, User
from sandbox.responses import message_object, tz_offset
from sandbox.state import State, micros


def page_user(state: State, user: User) -> JSON:
    """Return a person as the page draws them."""
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "tz": user.tz,
        "tz_offset": tz_offset(state, user),
        "color": user.color,
        "avatar": user.avatar,
        "is_bot": user.is_bot,
        "deleted": user.deleted,
        "guest": user.guest,
    }


def page_channel(state: State, channel: Channel, viewer: str) -> JSON:
    """Return a channel as one person sees it, with what they have not read."""
    unread = _unread(state, channel, viewer)
    mentions = [m for m in unread if viewer in mentioned_users(state, m.text)]
    newest = [m for m in state.messages(channel.id) if m.in_channel_view][-1:]
    shown: JSON = {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_im": channel.kind == "im",
        "is_archived": channel.is_archived,
        "is_member": viewer in channel.members,
        "topic": channel.topic,
        "purpose": channel.purpose,
        "creator": channel.creator,
        "created": channel.created,
        "num_members": len(channel.members),
        "members": list(channel.members),
        "unread": len(unread),
        "mentions": len(unread) if channel.is_direct else len(mentions),
        "last_ts": newest[0].ts if newest else "",
        "pins": [pin.ts for pin in channel.pins],
        "bookmarks": [
            {"id": mark.id, "title": mark.title, "link": mark.link, "emoji": mark.emoji} for mark in channel.bookmarks
        ],
    }
    canvas = state.canvas_of(channel.id)
    if canvas is not None:
        shown["canvas"] = {"id": canvas.id, "title": canvas.title, "updated": canvas.updated}
    if channel.kind == "im":
        shown["user"] = next((m for m in channel.members if m != viewer), viewer)
    return shown


def page_message(state: State, message: Message) -> JSON:
    """Return a message as Slack's own JSON, with its channel beside it."""
    return {**message_object(state, message, metadata=True), "channel": message.channel}


def _unread(state: State, channel: Channel, viewer: str) -> list[Message]:
    if viewer not in channel.members:
        return []
    seen = micros(channel.read.get(viewer, "0"))
    return [
        m
        for m in state.messages(channel.id)
        if m.in_channel_view and m.user != viewer and not m.hidden_parent and micros(m.ts) > seen
    ]
