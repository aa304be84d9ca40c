"""How well people were kept informed, for whoever commanded."""

from __future__ import annotations

from bot.domain import notices as n
from bot.domain.quality import measure
from templates.communication import rows
from templates.layout import context, message, section
from templates.message import Message
from templates.scene import Scene
from templates.wording import say


def render(notice: n.CommunicationMeasured, scene: Scene) -> Message:
    measured = rows(measure(scene.incident, notice.at))
    words = say("notices.communication", name=scene.name, rows=measured)
    return message(scene.push("how updates went"), section(words), context(say("notices.communication_foot")))
