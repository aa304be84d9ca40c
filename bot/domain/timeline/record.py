"""What people put on the timeline, and the metrics."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.timeline.line import Line


def record(event: e.Event, by: str) -> Line | None:
    """Return the line of an event of this subject, else None."""
    match event:
        case e.NoteAdded(text=text, happened_at=happened_at):
            return Line("note", f"{by}: {text}", at=happened_at)
        case e.MessagePinned(author=author, text=text, permalink=permalink, said_at=said_at):
            who = f"@{{{author}}}" if author else "An app"
            return Line("message", f"{who}: {text}", at=said_at, link=permalink)
        case e.PinRequested():
            return Line("message", f"{by} put a message on the timeline", "detail")
        case e.PinFailed(why=why):
            return Line("message", f"A message could not be put on the timeline: {why}", "detail")
        case e.MessageUnpinned():
            return Line("message", f"{by} took a message off the timeline", "detail")
    return None
