"""What people said for the priority that everybody is told: danger to people, and a rank set by hand."""

from __future__ import annotations

from bot.domain import notices as n
from templates.layout import context, message, section
from templates.message import Message
from templates.scene import Scene
from templates.wording import say
from templates.words import kept_from

Weighing = n.SafetyMoved | n.PlaceOverridden


def render(notice: Weighing, scene: Scene) -> Message:
    match notice:
        case n.SafetyMoved(declared=declared, reason=reason, by=by, again=again):
            words = say("notices.safety_moved", declared=declared, reason=reason, by=by, again=again)
            ask = "safety first" if declared else "no longer safety first"
        case n.PlaceOverridden(place=place, reason=reason, by=by, until=until):
            # The place that was set, and never the one it has: whoever is in a private incident counts that, too.
            why = kept_from(scene.standing.held) if until and scene.standing else ""
            ends = scene.at(until) if until else None
            words = say("notices.place_overridden", place=place, why=why, reason=reason, by=by, until=ends)
            ask = f"rank {place} by hand" + (f", but {why}" if why else "" if until else " is over")
    return message(scene.push(ask), section(words), context(scene.name))
