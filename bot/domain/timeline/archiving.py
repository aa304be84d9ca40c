"""The end of an incident's channel."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.timeline.line import Line


def archiving(event: e.Event, by: str) -> Line | None:
    """Return the line of an event of this subject, else None."""
    match event:
        case e.ArchiveAnnounced(due_at=due_at):
            return Line("room", f"Said that the channel is archived on {due_at:%Y-%m-%d %H:%M} UTC", "detail")
        case e.RoomKept():
            return Line("room", f"{by} kept the channel open", "detail")
        case e.ArchiveWanted():
            return Line("room", "The channel's time has come", "detail")
        case e.RoomInUse():
            return Line("room", "The channel stays open: somebody has written there", "detail")
        case e.RoomArchived():
            return Line("room", "Channel archived", "detail")
    return None
