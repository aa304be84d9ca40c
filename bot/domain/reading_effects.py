"""Reading the room before somebody is paged, as facts; part of `bot.domain.effects`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ReadRoom:
    """Look whether a person has written in the room since then; what they wrote is not asked for."""

    since: datetime


@dataclass(frozen=True, slots=True)
class RoomHeard:
    """When a person wrote in the room last; None: nobody did."""

    spoken_at: datetime | None
