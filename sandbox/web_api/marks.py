"""pins.*, bookmarks.* and reactions.*: what is stuck onto messages and channels."""

from __future__ import annotations

import re

from sandbox.errors import SlackError
from sandbox.model import JSON, Bookmark, Channel, Message
from sandbox.responses import bookmark_object, message_object, permalink, pin_object
from sandbox.web_api.call import Call

_EMOJI = re.compile(r"[a-z0-9_+'-]+(?:::skin-tone-[2-6])?")


async def pins_add(call: Call) -> JSON:
    """Pin a message to its channel."""
    channel = call.channel()
    call.require_member(channel)
    call.workspace.messages.pin(channel, _item(call, channel), call.bot)
    return {"ok": True}


async def pins_list(call: Call) -> JSON:
    """List a channel's pins, newest first."""
    channel = call.channel()
    shown = [pin_object(call.state, channel, pin) for pin in channel.pins]
    return {"ok": True, "items": [item for item in shown if item is not None]}


async def pins_remove(call: Call) -> JSON:
    """Unpin a message."""
    channel = call.channel()
    call.workspace.messages.unpin(channel, _item(call, channel), call.bot)
    return {"ok": True}


async def bookmarks_add(call: Call) -> JSON:
    """Add a link to a channel's header."""
    channel = _bookmarked(call)
    title = call.args.required("title")
    if call.args.required("type") != "link":
        raise SlackError("invalid_bookmark_type")
    link = _link(call)
    mark = call.workspace.channels.bookmark(channel, title=title, link=link, emoji=call.args.text("emoji"), by=call.bot)
    return {"ok": True, "bookmark": bookmark_object(call.state, channel, mark)}


async def bookmarks_edit(call: Call) -> JSON:
    """Change a bookmark's title, link or emoji."""
    channel = _bookmarked(call)
    mark = _bookmark(call, channel)
    if "title" in call.args:
        mark.title = call.args.required("title")
    if "link" in call.args:
        mark.link = _link(call)
    if "emoji" in call.args:
        mark.emoji = call.args.text("emoji")
    mark.updated = call.state.now()
    call.workspace.channels.save_header(channel, call.bot)
    return {"ok": True, "bookmark": bookmark_object(call.state, channel, mark)}


async def bookmarks_list(call: Call) -> JSON:
    """List a channel's bookmarks in their order."""
    channel = _bookmarked(call)
    shown = [bookmark_object(call.state, channel, mark) for mark in channel.bookmarks]
    return {"ok": True, "bookmarks": shown}


async def bookmarks_remove(call: Call) -> JSON:
    """Remove a bookmark."""
    channel = _bookmarked(call)
    channel.bookmarks.remove(_bookmark(call, channel))
    call.workspace.channels.save_header(channel, call.bot)
    return {"ok": True}


async def reactions_add(call: Call) -> JSON:
    """React to a message as the app."""
    channel = call.channel()
    call.require_open(channel)
    call.require_member(channel, "no_access")
    call.workspace.messages.react(_item(call, channel), call.bot, _emoji(call))
    return {"ok": True}


async def reactions_remove(call: Call) -> JSON:
    """Take the app's reaction back."""
    channel = call.channel()
    call.workspace.messages.unreact(_item(call, channel), call.bot, _emoji(call))
    return {"ok": True}


async def reactions_get(call: Call) -> JSON:
    """Return a message with its reactions."""
    channel = call.channel()
    message = _item(call, channel)
    shown = message_object(call.state, message)
    shown["permalink"] = permalink(call.state, message)
    return {"ok": True, "type": "message", "channel": channel.id, "message": shown}


def _item(call: Call, channel: Channel) -> Message:
    if not call.args.text("timestamp"):
        raise SlackError("no_item_specified")
    call.args.timestamp("timestamp", "bad_timestamp")
    return call.message(channel, "timestamp")


def _emoji(call: Call) -> str:
    name = call.args.text("name").strip(":")
    if not _EMOJI.fullmatch(name):
        raise SlackError("invalid_name")
    return name


def _bookmarked(call: Call) -> Channel:
    channel = call.channel("channel_id")
    call.require_member(channel, "permission_denied" if call.method != "bookmarks.list" else "channel_not_found")
    return channel


def _bookmark(call: Call, channel: Channel) -> Bookmark:
    mark = channel.bookmark(call.args.text("bookmark_id"))
    if mark is None:
        raise SlackError("not_found")
    return mark


def _link(call: Call) -> str:
    link = call.args.text("link")
    if not re.match(r"https?://\S+$", link):
        raise SlackError("invalid_link")
    return link
