"""Roles, followers, and who is in the room."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.events.people import DEACTIVATED
from bot.domain.lengths import of_minutes
from bot.domain.policy import Policy
from bot.domain.timeline.line import Line, because


def people(event: e.Event, policy: Policy) -> Line | None:
    """Return the line of an event of this subject, else None."""
    match event:
        case e.RoleAssigned(role=role, user=user, replaced=replaced, reason=reason):
            label = policy.role(role).label
            over = f", taking over from @{{{replaced}}}" if replaced else ""
            return Line("role", f"@{{{user}}} is {label}{over}{because(reason)}")
        case e.RoleReleased(role=role, user=user, reason=reason):
            label = policy.role(role).label
            why = "; their account was deactivated" if reason == DEACTIVATED else because(reason)
            return Line("role", f"@{{{user}}} is no longer {label}{why}")
        case e.CommanderMissing(minutes=minutes, asked=asked):
            then = {"oncall": "those on call were asked", "page": "a page was requested"}
            waited, following = of_minutes(minutes), then.get(asked, "the channel was asked")
            return Line("role", f"Nobody had taken command after {waited}; {following}")
        case e.Followed(user=user):
            return Line("follower", f"@{{{user}}} follows", "detail")
        case e.Unfollowed(user=user):
            return Line("follower", f"@{{{user}}} no longer follows", "detail")
        case e.PersonEntered(user=user):
            return Line("person", f"@{{{user}}} joined the channel", "detail")
        case e.PersonLeft(user=user):
            return Line("person", f"@{{{user}}} left the channel", "detail")
    return None
