"""What the chat system answered."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.timeline.line import Line


def outside(event: e.Event, by: str) -> Line | None:
    """Return the line of an event of this subject, else None."""
    match event:
        case e.RoomOpened(name=name, thread_ts=None):
            return Line("setup", f"Channel #{name} opened", "detail")
        case e.RoomOpened():
            return Line("setup", "A thread in the summary channel stands in for a channel", "detail")
        case e.MessagePlaced(slot=slot):
            return Line("setup", f"Posted: {slot.replace('_', ' ').replace(':', ' ')}", "detail")
        case e.SetupStepDone(step=step):
            return Line("setup", f"Set up: {step}", "detail")
        case e.EffectFailed(what=what, detail=detail):
            return Line("trouble", f"Firebell could not carry out {_spaced(what)}: {detail}")
        case e.EffectRetried(what=what):
            return Line("trouble", f"{by} had {_spaced(what)} tried again", "detail")
    return None


def _spaced(name: str) -> str:
    """`PostMessage` becomes `post message`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
