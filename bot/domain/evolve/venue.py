"""The canvas and the call."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.model import Incident
from bot.domain.replacing import replace


def venue(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """Where they are, or why there is none."""
    match recorded.event:
        case e.CanvasOpened(canvas=canvas):
            opened = replace(incident.venue, canvas=canvas, refused="", extent="", refused_at=None)
            return replace(incident, venue=opened)
        case e.CanvasRefused(why=why, extent=extent):
            refused = replace(incident.venue, canvas="", refused=why, extent=extent, refused_at=recorded.at)
            return replace(incident, venue=refused)
        case e.CallOpened(url=url):
            return replace(incident, venue=replace(incident.venue, call_url=url))
    return None
