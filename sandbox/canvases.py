"""Canvases of channels: one document each, written as Markdown."""

from __future__ import annotations

import re

from sandbox.changes import CanvasWritten, Changes, ChannelChanged
from sandbox.errors import SlackError
from sandbox.model import JSON, Canvas, Channel
from sandbox.state import State

MAX_MARKDOWN = 1_048_576
# Cells of one table (docs.slack.dev/surfaces/canvases).
MAX_CELLS = 300

_TABLE = re.compile(r"(?:^\|.*\|[ \t]*\n?){2,}", re.MULTILINE)


class Canvases:
    """Acts on canvases; each is kept and shown."""

    def __init__(self, state: State, changes: Changes) -> None:
        self._state = state
        self._changes = changes

    def create(self, channel: Channel, *, title: str, markdown: str, by: str) -> Canvas:
        """Give a channel its canvas; raises SlackError if it has one."""
        if self._state.canvas_of(channel.id) is not None:
            raise SlackError("channel_canvas_already_exists")
        _check(markdown, "canvas_creation_failed")
        now = self._state.now()
        canvas = Canvas(self._state.next_id("F"), channel.id, by, title or channel.name, markdown, now, now)
        self._state.save(canvas)
        self._changes.tell(ChannelChanged(channel, "edited", by))
        return canvas

    def replace(self, canvas: Canvas, markdown: str) -> None:
        """Replace all of a canvas's content."""
        _check(markdown, "canvas_too_large")
        self._write(canvas, markdown)

    def insert(self, canvas: Canvas, markdown: str, *, at_start: bool) -> None:
        """Put content before or after all that is there."""
        parts = (markdown, canvas.markdown) if at_start else (canvas.markdown, markdown)
        self.replace(canvas, "\n\n".join(part for part in parts if part))

    def rename(self, canvas: Canvas, title: str) -> None:
        """Give a canvas another title."""
        canvas.title = title
        self._write(canvas, canvas.markdown)

    def _write(self, canvas: Canvas, markdown: str) -> None:
        canvas.markdown, canvas.updated = markdown, self._state.now()
        canvas.edits += 1
        self._state.save(canvas)
        self._changes.tell(CanvasWritten(canvas))


def _check(markdown: str, error: str) -> None:
    if len(markdown) > MAX_MARKDOWN:
        raise SlackError(error)
    for table in _TABLE.findall(markdown):
        rows = table.strip().splitlines()
        if (len(rows) - 1) * (rows[0].count("|") - 1) > MAX_CELLS:
            raise SlackError(error)


def canvas_object(state: State, canvas: Canvas) -> JSON:
    """Return a canvas as files.info shows it: a file of its own kind."""
    address = f"{state.base_url}/docs/{state.team.id}/{canvas.id}"
    return {
        "id": canvas.id,
        "created": canvas.created,
        "timestamp": canvas.created,
        "updated": canvas.updated,
        "name": canvas.title.replace(" ", "_"),
        "title": canvas.title,
        "mimetype": "application/vnd.slack-docs",
        "filetype": "quip",
        "pretty_type": "Canvas",
        "user": canvas.user,
        "user_team": state.team.id,
        "mode": "quip",
        "editable": True,
        "is_external": False,
        "url_private": address,
        "permalink": address,
        "linked_channel_id": canvas.channel,
        "access": "write",
    }


def canvas_properties(canvas: Canvas) -> JSON:
    """Return what a conversation tells of its canvas, in the older and in the newer form."""
    tab = {"id": "canvas", "label": "", "type": "canvas", "data": {"file_id": canvas.id}}
    return {
        "canvas": {"file_id": canvas.id, "is_empty": not canvas.markdown, "quip_thread_id": f"q{canvas.id}"},
        "tabs": [tab],
    }
