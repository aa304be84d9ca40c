"""Whether somebody leads: how long the commander has not acted, and who is asked when nobody does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.domain import cadence
from bot.domain.model import Incident
from bot.domain.policy import Policy

Asked = Literal["room", "deputy", "oncall", "page"]
"""Whom an empty chair is brought up with: everybody in the room, the deputy, those on call, or those who get paged."""

FURTHER: Final = 0.5
"""After so much more of the first wait, an offer that the deputy did not take goes to everybody."""

_PAGED_RANK: Final = 1


@dataclass(frozen=True, slots=True)
class Silence:
    """How long the commander may not act before somebody is asked next. `at` is when, `asked` whom."""

    at: datetime
    asked: Asked


def next_silence(incident: Incident, policy: Policy) -> Silence | None:
    """Return who is asked next about a commander who does not act, and when; None while nobody is.

    The deputy first; then, or where there is none, the room and those on call.
    """
    wait = policy.severity(incident.severity).commander_absent
    watch = incident.watch
    if not incident.is_open or incident.commander is None or watch is None or not wait:
        return None
    if watch.asked == "room":
        return None
    if watch.asked == "deputy":
        return Silence(watch.since + policy.span(wait * (1 + FURTHER)), "room")
    return Silence(watch.since + policy.span(wait), "deputy" if deputies(incident) else "room")


def deputies(incident: Incident) -> tuple[str, ...]:
    """Return the deputies who can be asked: not the commander, and still in the room of a private incident."""
    holders = incident.roles.get(cadence.DEPUTY, ())
    return tuple(user for user in holders if user != incident.commander and user not in incident.left)


def oncall_groups(incident: Incident, policy: Policy) -> tuple[str, ...]:
    """Return the user groups of those on call; for a private incident none, since it does not exist for them."""
    if incident.private:
        return ()
    services = (policy.service(key).oncall_group for key in incident.services)
    invited = policy.severity(incident.severity).invite_groups
    return tuple(dict.fromkeys(group for group in (*services, *invited) if group))


def climb(incident: Incident, policy: Policy) -> tuple[Asked, ...]:
    """Return who is asked to find a commander, one after the other: the room, those on call, for the worst a page."""
    steps: list[Asked] = ["room"]
    if oncall_groups(incident, policy):
        steps.append("oncall")
    if policy.severity(incident.severity).rank == _PAGED_RANK and policy.pager is not None and not incident.drill:
        steps.append("page")
    return tuple(steps)


def vacant_for(incident: Incident, policy: Policy, now: datetime) -> int:
    """Return for how many minutes nobody has commanded, at least as long as the policy waits."""
    missing = max(policy.durations.no_commander, (now - vacant_since(incident)) * policy.speed)
    return round(missing / timedelta(minutes=1))


def vacant_since(incident: Incident) -> datetime:
    """Return since when nobody has commanded an incident without a commander."""
    return incident.shifts.vacant_since or incident.reopened_at or incident.declared_at
