"""Scarce responders. The prices of a proposal stay in the log: amounts are not for everybody."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.lengths import of_minutes
from bot.domain.timeline.line import Line

KIND = "staffing"


def staffing(event: e.Event, by: str) -> Line | None:
    """Return the line of an event of this subject, else None."""
    match event:
        case e.MitigationEstimated(minutes=None):
            return Line(KIND, f"{by} took their figure for the time to mitigate back", "detail")
        case e.MitigationEstimated(minutes=int() as minutes):
            return Line(KIND, f"{by} expects it to be mitigated in {of_minutes(minutes)}")
        case e.StaffingAccepted() as accepted:
            return Line(KIND, f"{by} accepted the proposal for who goes where: {_said(accepted)}")
    return None


def _said(accepted: e.StaffingAccepted) -> str:
    if accepted.leader is None:
        if accepted.waits is None:
            return "left waiting on purpose, with nobody expected to be free for it within a day"
        return f"left waiting on purpose, for about {of_minutes(accepted.waits)}"
    helpers = ", ".join(f"@{{{user}}}" for user in accepted.helpers)
    return f"@{{{accepted.leader}}} leads{f', with {helpers}' if helpers else ''}"
