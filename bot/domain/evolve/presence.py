"""Who is there: latecomers, and since when the commander has not acted."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.beginnings import BEGUN_ANEW
from bot.domain.evolve.parts import with_item
from bot.domain.model import ActorKind, Incident
from bot.domain.replacing import replace
from bot.domain.watch import Watch


def presence(incident: Incident, recorded: e.Recorded) -> Incident | None:
    match recorded.event:
        case e.CaughtUp(user=user):
            return replace(incident, caught_up=with_item(incident.caught_up, user, recorded.at))
        case e.CommanderAbsent(asked=asked) if incident.watch is not None:
            return replace(incident, watch=replace(incident.watch, asked=asked))
    return None


def watched(before: Incident, after: Incident, recorded: e.Recorded) -> Watch | None:
    """Return since when the commander has not acted; whatever they do here counts, and so does taking command."""
    commander = after.commander
    if commander is None:
        return None
    acted = recorded.actor.kind is ActorKind.PERSON and recorded.actor.id == commander
    if acted or before.commander != commander or isinstance(recorded.event, BEGUN_ANEW):
        return Watch(recorded.at)
    return after.watch
