"""What was noted, pinned and measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import PanelReading, SharedFile


@dataclass(frozen=True, slots=True)
class NoteAdded:
    text: str
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PinRequested:
    channel: str
    ts: str
    thread_ts: str | None = None
    via: str = "reaction"


@dataclass(frozen=True, slots=True)
class MessagePinned:
    """A message as it was said, kept with its author and time."""

    channel: str
    ts: str
    author: str
    text: str
    permalink: str
    said_at: datetime
    pinned_by: str


@dataclass(frozen=True, slots=True)
class PinFailed:
    """The message could not be read any more."""

    channel: str
    ts: str
    why: str


@dataclass(frozen=True, slots=True)
class MessageUnpinned:
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class MetricsRequested:
    moment: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class PanelsStored:
    moment: str
    blob: str
    start: datetime
    end: datetime
    panels: int
    errors: tuple[str, ...] = ()
    readings: tuple[PanelReading, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartsShared:
    moment: str
    files: tuple[SharedFile, ...]


Timeline = NoteAdded | PinRequested | MessagePinned | PinFailed | MessageUnpinned
Evidence = MetricsRequested | PanelsStored | ChartsShared
