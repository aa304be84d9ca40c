"""Roles on their way from one person to another."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain import events as e
from bot.domain.handoffs import Handoff, HandoffState
from bot.domain.model import Incident
from bot.domain.replacing import replace


def handoff(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """Every offer is kept, so that the message about it can be drawn anew when it is answered."""
    match recorded.event:
        case e.HandoffOffered(number, giver, receiver, roles, note):
            fresh = Handoff(number, giver, receiver, roles, note, recorded.at)
            return replace(incident, handoffs=(*incident.handoffs, fresh))
        case e.HandoffAccepted(number=number, roles=roles):
            return _with(incident, number, lambda one: replace(one, state=HandoffState.ACCEPTED, roles=roles))
        case e.HandoffDeclined(number=number):
            return _with(incident, number, lambda one: replace(one, state=HandoffState.DECLINED))
        case e.HandoffWithdrawn(number=number, why=why):
            return _with(incident, number, lambda one: replace(one, state=HandoffState.WITHDRAWN, ended=why))
        case e.HandoffUnanswered(number=number):
            return _with(incident, number, lambda one: replace(one, chased=True))
    return None


def _with(incident: Incident, number: int, change: Callable[[Handoff], Handoff]) -> Incident:
    changed = tuple(change(one) if one.number == number else one for one in incident.handoffs)
    return replace(incident, handoffs=changed)
