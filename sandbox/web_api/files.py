"""files.*: the upload in three steps (announce, send the bytes, share), and what comes after."""

from __future__ import annotations

from typing import Any

from sandbox.canvases import canvas_object
from sandbox.errors import SlackError
from sandbox.messages import Draft
from sandbox.model import JSON, Channel, File
from sandbox.responses import file_object
from sandbox.web_api.call import Call
from sandbox.web_api.content import check_content, read_blocks


async def get_upload_url(call: Call) -> JSON:
    """Announce a file and return the address its bytes go to."""
    if "length" not in call.args or not call.args.text("filename"):
        raise SlackError("missing_argument")
    size = call.args.integer("length")
    if size <= 0:
        raise SlackError("invalid_arguments", ["length must be greater than 0"])
    alt_text = call.args.text("alt_txt")
    if len(alt_text) > 1000:
        raise SlackError("alt_txt_too_large")
    file = call.workspace.uploads.announce(call.args.text("filename"), size, call.bot, alt_text)
    address = f"{call.state.base_url}/upload/v1/{file.id}/{call.state.token(8)}"
    return {"ok": True, "upload_url": address, "file_id": file.id}


async def complete_upload(call: Call) -> JSON:
    """Share uploaded files into channels as one message each."""
    files = _uploaded(call)
    targets = [_target(call, channel_id) for channel_id in _targets(call)]
    blocks = read_blocks(call)
    comment = call.args.text("initial_comment")
    check_content(call, comment, blocks)
    for channel in targets:
        draft = Draft(channel, call.bot, text=comment, blocks=blocks, bot_id=call.state.identity.bot_id)
        draft.thread_ts = call.args.timestamp("thread_ts") or None
        call.workspace.uploads.share(files, draft)
    for file in files:
        call.workspace.uploads.finish(file)
    return {"ok": True, "files": [file_object(call.state, file) for file in files]}


async def info(call: Call) -> JSON:
    """Describe a file, or a canvas, which counts as one."""
    canvas = call.state.canvases.get(call.args.text("file"))
    if canvas is not None and call.state.may_see(call.bot, call.state.channels[canvas.channel]):
        shown = canvas_object(call.state, canvas)
    else:
        shown = file_object(call.state, _file(call))
    return {
        "ok": True,
        "file": shown,
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


async def delete(call: Call) -> JSON:
    """Delete a file of the app."""
    file = _file(call)
    if file.user != call.bot:
        raise SlackError("cant_delete_file")
    call.workspace.uploads.delete(file)
    return {"ok": True}


async def list_all(call: Call) -> JSON:
    """List files, newest first, of a channel or a person if asked."""
    user, channel = call.args.text("user"), call.args.text("channel")
    if user and user not in call.state.users:
        raise SlackError("user_not_found")
    found = [
        file
        for file in reversed(call.state.files.values())
        if file.complete
        and (not user or file.user == user)
        and (not channel or channel in file.shares)
        and _visible(call, file)
    ]
    count = max(1, min(call.args.integer("count", 100), 1000))
    page = max(1, call.args.integer("page", 1))
    shown = found[(page - 1) * count : page * count]
    return {
        "ok": True,
        "files": [file_object(call.state, file) for file in shown],
        "paging": {
            "count": count,
            "total": len(found),
            "page": page,
            "pages": -(-len(found) // count) or 1,
        },
    }


def _uploaded(call: Call) -> list[File]:
    rows = call.args.decoded("files", [])
    if not isinstance(rows, list) or not rows:
        raise SlackError("invalid_arguments", ["missing required field: files"])
    return [_announced(call, row) for row in rows]


def _announced(call: Call, row: Any) -> File:
    file = call.state.files.get(str(row.get("id"))) if isinstance(row, dict) else None
    if file is None or not file.uploaded or file.complete:
        raise SlackError("file_not_found")
    file.title = str(row.get("title") or file.name)
    return file


def _targets(call: Call) -> list[str]:
    channels = call.args.ids("channels")
    single = call.args.text("channel_id")
    if single:
        channels.append(single)
    if len(channels) > 100:
        raise SlackError("channels_limit_exceeded")
    return list(dict.fromkeys(channels))


def _target(call: Call, channel_id: str) -> Channel:
    channel = call.state.channels.get(channel_id)
    if channel is None or not call.state.may_see(call.bot, channel):
        raise SlackError("channel_not_found")
    if channel.is_archived:
        raise SlackError("posting_to_channel_denied")
    call.require_member(channel)
    return channel


def _file(call: Call) -> File:
    file = call.state.files.get(call.args.text("file"))
    if file is None or not _visible(call, file):
        raise SlackError("file_not_found")
    return file


def _visible(call: Call, file: File) -> bool:
    shared = [call.state.channels[channel_id] for channel_id in file.shares]
    return file.user == call.bot or any(call.state.may_see(call.bot, channel) for channel in shared)
