"""What is said about handing over: to the receiver, to the giver, to the room."""

from __future__ import annotations

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.domain import notices as n
from bot.domain.handoffs import Handoff
from bot.domain.lengths import of_minutes
from templates import controls
from templates.actions import HANDOFF, Action, value_for
from templates.layout import actions, button, context, link_button, literal, message, section
from templates.message import Message
from templates.mrkdwn import escape
from templates.scene import Scene
from templates.ties import room_of
from templates.wording import say
from templates.words import roles_of

HandoffNotice = n.HandoffOffer | n.HandoffNews | n.HandoffDone


def render(notice: HandoffNotice, scene: Scene) -> Message:
    """Draw it from the handoff as it now stands."""
    found = next(one for one in scene.incident.handoffs if one.number == notice.number)
    roles = roles_of(found.roles, scene.policy)
    match notice:
        case n.HandoffOffer():
            return offer(found, roles, scene)
        case n.HandoffNews():
            return news(found, notice, roles, scene)
        case n.HandoffDone():
            words = say("notices.handoff_done", roles=roles, giver=found.giver, receiver=found.receiver)
            return message(scene.push(f"new {escape(roles)}"), section(words))


def offer(found: Handoff, roles: str, scene: Scene) -> Message:
    """To the receiver, with the whole note as it was typed; once it is settled, what became of it."""
    if not found.is_open:
        into = scene.incident.merged_into
        words = say(
            "notices.handoff_answered",
            state=found.state.value,
            ended=found.ended,
            giver=found.giver,
            roles=roles,
            name=scene.name,
            whole=into.label if into else "",
            room=room_of(into) if into else None,
        )
        return message(scene.push("handoff settled"), section(words))
    words = say("notices.handoff_offer", giver=found.giver, roles=roles, name=scene.name)
    return message(
        scene.push(f"take over as {escape(roles)}?"),
        section(words),
        more=[*_note(found), controls.handoff(scene.incident, found, scene.links.room_url)],
    )


def _note(found: Handoff) -> list[Block]:
    return [context(say("notices.handoff_note")), *literal(found.note)]


def news(found: Handoff, notice: n.HandoffNews, roles: str, scene: Scene) -> Message:
    words = say(
        "notices.handoff_news",
        what=notice.what,
        receiver=found.receiver,
        roles=roles,
        name=scene.name,
        waited=of_minutes(notice.minutes),
    )
    asks = {"accepted": "handed over", "declined": "handoff declined"}
    return message(
        scene.push(asks.get(notice.what, "handoff not answered")), section(words), _next(found, notice, scene)
    )


def _next(found: Handoff, notice: n.HandoffNews, scene: Scene) -> ActionsBlock | None:
    """What the giver can do next: ask somebody else, with the note kept, or take the offer back."""
    if notice.what == "accepted" or not scene.incident.is_open:
        return None
    value = value_for(scene.incident, **{HANDOFF: str(found.number)})
    return actions(
        button("Ask somebody else", Action.OPEN_HANDOFF, value, style="primary"),
        button("Take it back", Action.WITHDRAW_HANDOFF, value) if found.is_open else None,
        link_button("Open channel", scene.links.room_url),
    )
