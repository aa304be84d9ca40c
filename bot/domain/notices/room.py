"""What is said about an incident's channel itself: facts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ArchiveAhead:
    """To the room, its last message: it is archived at `due_at`."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class ArchivePutOff:
    """In the place of that message: somebody came."""


@dataclass(frozen=True, slots=True)
class RoomReplaced:
    """To a channel that took an archived one's place, and to the summary card's thread. `channel` is the old one."""

    channel: str


RoomNotice = ArchiveAhead | ArchivePutOff | RoomReplaced
