"""What follows for subscribers whose quiet hours end, and the timer behind that."""

from __future__ import annotations

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import reaction, reading_hours
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.quiet import Waiting, WhileQuiet
from bot.domain.reaction import Arm, Disarm, Reaction
from bot.domain.subscriptions import WAITING


def quiet(before: Incident | None, after: Incident, recorded: e.Recorded, policy: Policy) -> tuple[Reaction, ...]:
    """Tell whose turn it is; the timer follows from who waits and how severe the incident is."""
    found: tuple[Reaction, ...] = ()
    if isinstance(recorded.event, e.QuietHoursOver):
        found = _told(after, recorded.event.waiting)
    if before is None or (before.waiting, before.severity) == (after.waiting, after.severity):
        return found
    following = reading_hours.next_look(after, policy, recorded.at)
    if following is not None:
        return (*found, Arm(reaction.QUIET, following))
    return (*found, Disarm(reaction.QUIET)) if before.waiting else found


def _told(incident: Incident, waiting: tuple[Waiting, ...]) -> tuple[Reaction, ...]:
    """Return one effect for each time from which people are owed: it words the same message for all of them."""
    found: dict[WhileQuiet, list[Waiting]] = {}
    for one in waiting:
        found.setdefault(WhileQuiet(one.since), []).append(one)
    return tuple(
        f.TellAudience(
            WAITING,
            notice,
            _slot(incident, notice),
            severities=reading_hours.severities_of(people),
            only=tuple(one.user for one in people),
        )
        for notice, people in found.items()
    )


def _slot(incident: Incident, notice: WhileQuiet) -> str:
    """Return the slot of the latest update if they have not heard of it: a correction then edits this message too."""
    latest = incident.latest_update
    return f"update:{latest.number}" if latest and latest.at >= notice.since else ""
