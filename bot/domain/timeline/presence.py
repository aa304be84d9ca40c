"""Who is there."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.lengths import of_minutes
from bot.domain.timeline.line import Line


def presence(event: e.Event) -> Line | None:
    """Return the line of an event of this subject, else None."""
    match event:
        case e.CaughtUp(user=user):
            return Line("person", f"@{{{user}}} joined the channel and was told how things stand", "detail")
        case e.CommanderAbsent(user=user, minutes=minutes, asked=asked):
            to = "the deputy" if asked == "deputy" else "the channel"
            waited = of_minutes(minutes)
            return Line("role", f"Command had seen no act of its holder for {waited}; it was offered to {to}")
        case e.CommanderPresent(user=user):
            return Line("role", f"@{{{user}}} is there and stays in command", "detail")
        case e.WaitExtended(until=until):
            return Line("role", f"The rules wait longer now; looked at again at {until:%Y-%m-%d %H:%M} UTC", "detail")
    return None
