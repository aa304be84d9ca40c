"""The end of an incident's channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ArchiveAnnounced:
    """The channel's last message: it is archived at `due_at` unless somebody comes."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class RoomKept:
    """A person wants the channel to stay open."""


@dataclass(frozen=True, slots=True)
class ArchiveWanted:
    """The time has come; whether somebody has written since `since` is looked at first."""

    since: datetime


@dataclass(frozen=True, slots=True)
class RoomInUse:
    """Somebody wrote there after all, so that it stays open."""

    used_at: datetime


@dataclass(frozen=True, slots=True)
class RoomArchived:
    pass


Archiving = ArchiveAnnounced | RoomKept | ArchiveWanted | RoomInUse | RoomArchived
