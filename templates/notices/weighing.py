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
            ends = scene.at(until) if until else None
            real = scene.standing.place if until and scene.standing else place
            words = say(
                "notices.place_overridden",
                place=place,
                real=real,
                why=kept_from(scene.standing.held) if until and scene.standing else "",
                reason=reason,
                by=by,
                until=ends,
                command=scene.links.command,
            )
            ask = f"rank {real} by hand" if until else f"rank {place} by hand is over"
    return message(scene.push(ask), section(words), context(scene.name))
