"""What is said about the incident's channel itself."""

from __future__ import annotations

from bot.domain import notices as n
from bot.domain.archiving import asked_again
from templates.actions import Action
from templates.layout import actions, button, message, section
from templates.message import Message
from templates.mrkdwn import channel
from templates.scene import Scene
from templates.wording import say


def render(notice: n.ArchiveAhead | n.ArchivePutOff | n.RoomReplaced, scene: Scene) -> Message:
    match notice:
        case n.ArchiveAhead(due_at=due_at):
            words = say("notices.archive_ahead", due=scene.at(due_at))
            keep = button("Keep it open", Action.KEEP_ROOM, scene.value)
            return message(scene.push("channel archived soon"), section(words), actions(keep))
        case n.ArchivePutOff():
            again = asked_again(scene.incident, scene.policy)
            words = say("notices.archive_put_off", again=scene.at(again) if again else None)
            return message(scene.push("channel stays open"), section(words))
        case n.RoomReplaced(channel=old):
            words = say("notices.room_replaced", name=scene.name, old=channel(old), room=scene.room)
            return message(scene.push("in a new channel"), section(words))
