"""The end of an incident's channel."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.model import Incident
from bot.domain.replacing import replace
from bot.domain.room import Keeping


def archiving(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """Follow the channel to the archive, or back."""
    kept = incident.room.keeping if incident.room else Keeping()
    match recorded.event:
        case e.ArchiveAnnounced(due_at=due_at):
            return _with(incident, Keeping(recorded.at, due_at, used_at=kept.used_at))
        case e.ArchiveWanted():
            return _with(incident, replace(kept, wanted_at=recorded.at))
        case e.RoomInUse(used_at=used_at):
            return _with(incident, Keeping(used_at=used_at))
        case e.RoomArchived():
            return _with(incident, replace(kept, archived_at=recorded.at))
        case e.RoomKept():
            return _with(incident, Keeping(used_at=kept.used_at))
    return None


def _with(incident: Incident, kept: Keeping) -> Incident:
    return replace(incident, room=replace(incident.room, keeping=kept)) if incident.room else incident
