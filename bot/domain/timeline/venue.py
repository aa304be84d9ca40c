"""The canvas and the call."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.timeline.line import Line


def venue(event: e.Event) -> Line | None:
    """Return the line of an event of this subject, else None."""
    match event:
        case e.CanvasOpened():
            return Line("setup", "The channel's canvas says how things stand", "detail")
        case e.CanvasRefused(why=why):
            return Line("setup", f"The channel has no canvas of ours: {why}", "detail")
        case e.CallOpened():
            return Line("setup", "A call was opened", "detail")
    return None
