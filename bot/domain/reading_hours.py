"""When subscribers are not to be disturbed, and what they are owed afterwards: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.cadence import quiet_until
from bot.domain.model import Incident
from bot.domain.notices import IncidentAnnounced, Notice, UpdatePublished, WhileQuiet
from bot.domain.policy import Policy
from bot.domain.quiet import Waiting

WORST: Final = 1
"""The rank of the severity that keeps to nobody's quiet hours."""

AT_ONCE: Final = timedelta(minutes=1)
"""For how long those who wait are left to the message that tells of the change which ends their waiting."""


def observed(incident: Incident, policy: Policy) -> bool:
    """Whether an incident keeps to its subscribers' quiet hours as it now stands."""
    return policy.subscriber_hours is not None and policy.severity(incident.severity).rank > WORST


def quiet_for(policy: Policy, zone: str, now: datetime) -> datetime | None:
    """Return the end of the quiet hours that it now is in `zone`, or None.

    Where `zone` is no IANA name ("" for unknown), that of the setting counts.
    """
    hours = policy.subscriber_hours
    if hours is None:
        return None
    until = quiet_until(replace(hours, zone=zone) if _exists(zone) else hours, now)
    return until if until is not None and until > now else None


def owed_since(incident: Incident, notice: Notice, now: datetime) -> datetime:
    """Return from when on somebody has not heard of an incident whom this notice does not reach now."""
    match notice:
        case WhileQuiet(since=since):
            return since
        case IncidentAnnounced():
            return incident.declared_at
        case UpdatePublished(number=number):
            return next((one.at for one in incident.updates if one.number == number), now)
    return now


def waiting_for(incident: Incident, user: str) -> Waiting | None:
    """Return what a subscriber is owed of an incident, if anything."""
    return next((one for one in incident.waiting if one.user == user), None)


def due(incident: Incident, policy: Policy, now: datetime) -> tuple[Waiting, ...]:
    """Return those who are to be told now: their hours are over, or the incident keeps to nobody's any more."""
    hushed = observed(incident, policy)
    return tuple(one for one in incident.waiting if not hushed or one.until <= now)


def next_look(incident: Incident, policy: Policy, now: datetime) -> datetime | None:
    """Return when the next of them is due; None when nobody waits.

    Where nobody need wait any more, the message that brought that about comes first: whom it reaches waits no longer.
    """
    if not incident.waiting:
        return None
    if not observed(incident, policy):
        return now + policy.span(AT_ONCE)
    return min(one.until for one in incident.waiting)


def severities_of(waiting: Iterable[Waiting]) -> tuple[str, ...]:
    """Return each severity by which any of them may have been reached, once."""
    return tuple(dict.fromkeys(severity for one in waiting for severity in one.severities))


def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
