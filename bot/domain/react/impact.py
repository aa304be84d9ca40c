"""What follows from what people said for the priority: cards, word of danger and of a rank by hand, and its timer."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.model import Incident
from bot.domain.react.telling import cards, to_room, to_summary
from bot.domain.reaction import Arm, Disarm, Reaction


def impact(before: Incident | None, incident: Incident, recorded: e.Recorded) -> tuple[Reaction, ...]:
    """Figures are told to nobody; danger is, to everybody, and once; a rank by hand is, and that it is over."""
    by = recorded.actor.id
    match recorded.event:
        case e.ImpactSet():
            return cards(incident)
        case e.SafetyDeclared(reason=reason, by=whose):
            again = before is not None and before.safety is not None
            return _told(incident, n.SafetyMoved(True, reason, whose or by, again), broadcast=not again)
        case e.SafetyWithdrawn(reason=reason):
            return _told(incident, n.SafetyMoved(False, reason, by))
        case e.OverrideSet(place=place, reason=reason, until=until):
            notice = n.PlaceOverridden(place, reason, by, until)
            return (*_told(incident, notice), Arm(reaction.OVERRIDE, until))
        case e.OverrideEnded(how="over"):
            return (*cards(incident), Disarm(reaction.OVERRIDE))
        case e.OverrideEnded(place=place, how=how, reason=reason):
            notice = n.PlaceOverridden(place, reason, "" if how == "expired" else by)
            return (*_told(incident, notice), Disarm(reaction.OVERRIDE))
    return ()


def _told(incident: Incident, notice: n.Notice, *, broadcast: bool = False) -> tuple[Reaction, ...]:
    return (*to_room(incident, notice), *to_summary(incident, notice, broadcast=broadcast), *cards(incident))
