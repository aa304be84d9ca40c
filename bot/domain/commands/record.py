"""What is put on the timeline: notes, messages, charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AddNote:
    text: str
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RequestPin:
    """Put a message on the timeline; an effect fetches its text first. `via` is "reaction" or "shortcut"."""

    channel: str
    ts: str
    thread_ts: str | None = None
    via: str = "reaction"


@dataclass(frozen=True, slots=True)
class Unpin:
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class CollectMetrics:
    """Draw the panels of the affected services and share them in the channel."""


Record = AddNote | RequestPin | Unpin | CollectMetrics
