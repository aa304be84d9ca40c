"""Who is on call, for whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.paging import OnCall
from templates import pages
from templates.layout import message, section
from templates.message import Message
from templates.mrkdwn import one_line
from templates.wording import say


def on_call(found: Sequence[tuple[str, Sequence[OnCall]]]) -> Message:
    """List who would be asked, in that order, for each (name of service or policy, people)."""
    said = [
        say(
            "pages.on_call" if people else "pages.on_call_nobody",
            target=one_line(target),
            people=[{"level": one.level, "who": pages.person(one)} for one in people],
        )
        for target, people in found
    ]
    return message(said[0], *(section(one) for one in said))
