"""What people put on the timeline, and panels."""

from __future__ import annotations

from typing import Final

from bot.domain import events as e
from bot.domain.model import Incident, pin_key
from bot.domain.replacing import replace

RECENT_KEPT: Final = 3
RECENT_LENGTH: Final = 200


def record(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """Keep the last few lines for a draft, and who marked which message."""
    by = recorded.actor.id
    match recorded.event:
        case e.NoteAdded(text=text):
            return replace(incident, recent=_recent(incident, text))
        case e.PinRequested(channel=channel, ts=ts):
            return replace(incident, pins=tuple(dict.fromkeys((*incident.pins, f"{pin_key(channel, ts)}:{by}"))))
        case e.MessagePinned(text=text):
            return replace(incident, recent=_recent(incident, text))
        case e.PinFailed(channel=channel, ts=ts) | e.MessageUnpinned(channel=channel, ts=ts) as off:
            gone = f"{pin_key(channel, ts)}:"
            # Logs from when pins were not counted hold the mark of whoever came first, taken off by anybody.
            if isinstance(off, e.MessageUnpinned) and by in incident.pinned_by(channel, ts):
                return replace(incident, pins=tuple(pin for pin in incident.pins if pin != f"{gone}{by}"))
            return replace(incident, pins=tuple(pin for pin in incident.pins if not pin.startswith(gone)))
    return None


def _recent(incident: Incident, text: str) -> tuple[str, ...]:
    line = " ".join(text.split())
    short = line if len(line) <= RECENT_LENGTH else line[: RECENT_LENGTH - 1] + "…"
    return (*incident.recent, short)[-RECENT_KEPT:]
