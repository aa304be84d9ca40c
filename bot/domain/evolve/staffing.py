"""Scarce responders: the commander's own figure. Who moved is told by roles."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.model import Incident
from bot.domain.replacing import replace
from bot.domain.shifts import OwnFigure


def staffing(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """Return the incident with a new figure, or without the one it had."""
    match recorded.event:
        case e.MitigationEstimated(minutes=None):
            return replace(incident, shifts=replace(incident.shifts, figure=None))
        case e.MitigationEstimated(minutes=int() as minutes):
            figure = OwnFigure(minutes, recorded.actor.id, recorded.at)
            return replace(incident, shifts=replace(incident.shifts, figure=figure))
    return None
