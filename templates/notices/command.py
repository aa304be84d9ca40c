"""What is said when a commander has not acted: the offer, the question to them, and what becomes of such messages."""

from __future__ import annotations

from bot.domain import notices as n
from bot.domain.lengths import of_minutes
from bot.domain.model import Status
from templates.actions import USER, Action, value_for
from templates.layout import actions, button, context, link_button, message, section
from templates.message import Message
from templates.scene import Scene
from templates.ties import room_of
from templates.wording import say


def render(notice: n.CommandOffer | n.CommanderAsked | n.OfferEnded | n.AskOver, scene: Scene) -> Message:
    room = link_button("Open channel", scene.links.room_url)
    match notice:
        case n.CommandOffer(commander=commander, minutes=minutes):
            words = say("notices.command_offer", commander=commander, name=scene.name, waited=of_minutes(minutes))
            value = value_for(scene.incident, **{USER: commander})
            take = button("Take command", Action.TAKE_OFFERED, value, style="primary")
            return message(scene.push("take command?"), section(words), actions(take, room))
        case n.CommanderAsked(minutes=minutes, asked=asked):
            words = say("notices.commander_asked", name=scene.name, waited=of_minutes(minutes), asked=asked)
            here = button("I am here", Action.CONFIRM_PRESENCE, scene.value, style="primary")
            hand = button("Hand it over", Action.OPEN_HANDOFF, scene.value)
            return message(scene.push("are you there?"), section(words), actions(here, hand, room))
        case n.OfferEnded(how=how, at=at):
            line = say("notices.offer_ended", name=scene.name, how=how, at=scene.at(at))
            ask = "somebody commands" if how == "taken" else "command is no longer offered"
            return message(scene.push(ask), context(line))
        case n.AskOver():
            return over(notice, scene)


def over(notice: n.AskOver, scene: Scene) -> Message:
    """One quiet line in the place of a reminder, a question or an offer: how it ended, and where work goes on."""
    into = notice.into
    line = say(
        "notices.ask_over",
        name=scene.name,
        status="over" if notice.status is Status.MERGED else notice.status.value,
        at=scene.at(notice.at),
        whole=into.label if into else "",
        room=room_of(into) if into else None,
    )
    return message(scene.push("nothing is asked any more"), context(line))
