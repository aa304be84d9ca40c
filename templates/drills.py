"""How a drill is marked, so that nobody takes it for real, wherever they meet it."""

from __future__ import annotations

from bot.domain.model import Incident
from templates.clip import BLOCKS_MAX
from templates.layout import context
from templates.message import Message
from templates.wording import say

DRILL = "DRILL "


def drilled(message: Message, incident: Incident) -> Message:
    """Mark a message of a drill at its head, and in the text that a phone shows."""
    if not incident.drill:
        return message
    text = message.text if message.text.startswith(DRILL) else f"{DRILL}{message.text}"
    mark = context(say("cards.drill")).to_dict()
    return Message(text, [mark, *message.blocks][:BLOCKS_MAX])
