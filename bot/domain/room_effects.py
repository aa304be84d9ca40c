"""The end of an incident's channel, and its return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ArchiveRoom:
    """Archive the channel, unless a person has written there since `since` (None: whatever was written)."""

    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReopenRoom:
    """Bring an archived channel back; where that cannot be, open another in its place."""


RoomEffect = ArchiveRoom | ReopenRoom
