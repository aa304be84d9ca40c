"""Roles on their way from one person to another."""

from __future__ import annotations

from typing import Final

from bot.domain import events as e
from bot.domain.lengths import of_minutes
from bot.domain.policy import Policy
from bot.domain.timeline.line import Line

_ENDED: Final = {
    "taken_back": "was taken back",
    "superseded": "was replaced by another offer",
    "moved": "ended: the roles have moved meanwhile",
    "over": "ended with the incident",
    "receiver_left": "ended: the receiver has left",
}


def handoff(event: e.Event, by: str, policy: Policy) -> Line | None:
    """Return the line of an event of this subject, else None. The note stands in the offer's line."""
    match event:
        case e.HandoffOffered(giver=giver, receiver=receiver, roles=roles, note=note):
            return Line("handoff", f"@{{{giver}}} offered @{{{receiver}}} {_named(roles, policy)}. Note: {note}")
        case e.HandoffAccepted(roles=roles):
            return Line("handoff", f"{by} accepted the handoff of {_named(roles, policy)}")
        case e.HandoffDeclined():
            return Line("handoff", f"{by} declined the handoff")
        case e.HandoffWithdrawn(why=why):
            return Line("handoff", f"The handoff {_ENDED.get(why, 'ended')}", "detail")
        case e.HandoffUnanswered(minutes=minutes):
            waited = of_minutes(minutes)
            return Line("handoff", f"The handoff had no answer after {waited}; its giver was told", "detail")
    return None


def _named(roles: tuple[str, ...], policy: Policy) -> str:
    return " and ".join(policy.role(role).label.lower() for role in roles) or "roles"
