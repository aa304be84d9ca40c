"""Who waits for the end of their quiet hours."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.model import Incident
from bot.domain.quiet import Waiting, merged
from bot.domain.replacing import replace


def quiet(incident: Incident, recorded: e.Recorded) -> Incident | None:
    match recorded.event:
        case e.SubscribersDeferred(waiting=waiting):
            return replace(incident, waiting=_added(incident, waiting))
        case e.QuietHoursOver(waiting=waiting):
            return _without(incident, frozenset(one.user for one in waiting))
        case e.SubscribersCaughtUp(users=users):
            return _without(incident, frozenset(users))
    return None


def _added(incident: Incident, waiting: tuple[Waiting, ...]) -> tuple[Waiting, ...]:
    found = {one.user: one for one in incident.waiting}
    found |= {one.user: merged(found.get(one.user), one) for one in waiting}
    return tuple(found.values())


def _without(incident: Incident, users: frozenset[str]) -> Incident:
    return replace(incident, waiting=tuple(one for one in incident.waiting if one.user not in users))
