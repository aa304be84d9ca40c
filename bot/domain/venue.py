"""What stands around an incident's talk beside its cards: the canvas of its channel, and a call of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

WORKSPACE: Final = "workspace"
"""A refusal that holds for every channel: a plan, a setting or a scope."""

CHANNEL: Final = "channel"
"""A refusal that holds for one channel only."""

ASKED_AGAIN: Final = timedelta(days=1)
"""For how long a workspace's refusal is taken as said: plans and settings change rarely."""


@dataclass(frozen=True, slots=True)
class Venue:
    """`canvas` is the canvas's id, "" while there is none; `refused` is why there is to be none, in the chat system's
    own word, `extent` how far that holds. `call_url` leads to a call that was opened for this incident.
    """

    canvas: str = ""
    refused: str = ""
    extent: str = ""
    refused_at: datetime | None = None
    call_url: str = ""

    def elsewhere(self) -> Venue:
        """Return what holds in another channel: a refusal of the whole workspace, and the call."""
        kept = self if self.extent == WORKSPACE else NO_VENUE
        return replace(kept, canvas="", call_url=self.call_url)


NO_VENUE: Final = Venue()


@dataclass(frozen=True, slots=True)
class WriteCanvas:
    """Make the channel's canvas say how things now stand; make the canvas first, if there is none yet."""


@dataclass(frozen=True, slots=True)
class OpenCall:
    """Have a call of its own opened for the incident."""


@dataclass(frozen=True, slots=True)
class CanvasFacts:
    """The canvas that was made or found."""

    canvas: str


@dataclass(frozen=True, slots=True)
class CanvasDenied:
    """There is to be no canvas. `why` is the chat system's word for it, `extent` is `WORKSPACE` or `CHANNEL`."""

    why: str
    extent: str = CHANNEL


@dataclass(frozen=True, slots=True)
class CallFacts:
    """Where the call is."""

    url: str


VenueEffect = WriteCanvas | OpenCall
VenueFacts = CanvasFacts | CanvasDenied | CallFacts


def denied_before(newest_first: Iterable[Venue], now: datetime) -> str:
    """Return why this workspace has no canvases, as an incident of the last day was told; "" if there may be some."""
    for venue in newest_first:
        if venue.canvas:
            return ""
        if venue.refused and venue.extent == WORKSPACE and venue.refused_at is not None:
            return venue.refused if now - venue.refused_at < ASKED_AGAIN else ""
    return ""
