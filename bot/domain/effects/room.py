"""Calls about the incident's channel from its opening to its end, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """Create the incident channel by the name template."""


@dataclass(frozen=True, slots=True)
class InviteToRoom:
    """Invite people and user groups. `step` is the checklist line it ticks ("" for none)."""

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    step: str = ""


@dataclass(frozen=True, slots=True)
class RemoveFromRoom:
    """Take people out of the room; who is not in it is left alone."""

    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetTopic:
    pass


@dataclass(frozen=True, slots=True)
class PinCard:
    pass


@dataclass(frozen=True, slots=True)
class AddBookmark:
    """One bookmark in the room: `what` is "summary" (the card in the summary channel), "dashboard:<service>",
    "call" or "postmortem".
    """

    what: str


@dataclass(frozen=True, slots=True)
class ReadRoom:
    """Look whether a person has written in the room since then; what they wrote is not asked for."""

    since: datetime


@dataclass(frozen=True, slots=True)
class ArchiveRoom:
    """Archive the channel, unless a person has written there since `since` (None: whatever was written)."""

    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReopenRoom:
    """Bring an archived channel back; where that cannot be, open another in its place."""


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """The channel that was created (or found to be ours); `thread_ts` when the summary thread stands in for it."""

    channel: str
    name: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class RoomHeard:
    """When a person wrote in the room last; None: nobody did."""

    spoken_at: datetime | None


RoomEffect = (
    OpenRoom | InviteToRoom | RemoveFromRoom | SetTopic | PinCard | AddBookmark | ReadRoom | ArchiveRoom | ReopenRoom
)
RoomAnswer = RoomFacts | RoomHeard
