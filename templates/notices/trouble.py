"""What did not work: said once, plainly, with Retry."""

from __future__ import annotations

from bot.domain import notices as n
from templates import controls
from templates.actions import Action
from templates.layout import actions, button, message, section
from templates.message import Message
from templates.scene import Scene
from templates.wording import say
from templates.words import effect_word, step_word

ERRORS_SHOWN = 5


def render(notice: n.SetupTrouble | n.DeliveryTrouble | n.ChartsUnavailable | n.PinGone, scene: Scene) -> Message:
    match notice:
        case n.PinGone(detail=detail):
            return message(
                scene.push("a message could not be kept"), section(say("notices.pin_gone", name=scene.name, why=detail))
            )
        case n.SetupTrouble(step=step, detail=detail, effect_id=effect_id):
            words = say("notices.setup_trouble", name=scene.name, step=step_word(step), detail=_why(detail))
            ask = "set-up needs you"
        case n.DeliveryTrouble(what=what, detail=detail, effect_id=effect_id):
            words = say("notices.delivery_trouble", name=scene.name, what=effect_word(what), detail=_why(detail))
            ask = "something could not be delivered"
        case n.ChartsUnavailable(errors=errors):
            words = say("notices.charts_unavailable", errors=errors[:ERRORS_SHOWN])
            again = button("Draw again", Action.DRAW_METRICS, scene.value)
            return message(scene.push("no charts"), section(words), actions(again))
    return message(scene.push(ask), section(words), actions(controls.retry(scene.incident, effect_id)))


def _why(detail: str) -> str:
    return detail.strip() or "No reason was given."
