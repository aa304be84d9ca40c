"""The course of an incident: declared, edited, weighed, moved along and ended."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.model import MessageRef, Status
from bot.domain.policy import Policy
from bot.domain.timeline.line import Line, because


def course(event: e.Event, by: str, policy: Policy) -> Line | None:
    """Return the line of an event of this subject, else None."""
    match event:
        case e.IncidentDeclared() as declared:
            return Line("declared", _declared(declared, by, policy), link=_origin(declared.origin))
        case e.DetailsEdited() as edited:
            return Line("edited", f"{by} changed {_edited(edited, policy)}")
        case e.SeverityChanged(old=old, new=new, reason=reason):
            moved = f"{policy.severity(old).label} → {policy.severity(new).label}"
            return Line("severity", f"Severity {moved}, by {by}{because(reason)}")
        case e.SeverityConfirmed(severity=severity):
            return Line("severity", f"{by} confirmed {policy.severity(severity).label}", "detail")
        case e.SeverityAsked(severity=severity):
            return Line("severity", f"Asked whether {policy.severity(severity).label} is right", "detail")
        case e.StatusChanged(old=old, new=new, reason=reason):
            return Line("status", f"{status_name(old)} → {status_name(new)}, by {by}{because(reason)}")
        case e.IncidentResolved(fixed_by=fixed_by):
            return Line("resolved", f"Resolved by {by}: {fixed_by}")
        case e.IncidentReopened(reason=reason):
            return Line("reopened", f"Reopened by {by}{because(reason)}")
        case e.IncidentCancelled(reason=reason):
            return Line("cancelled", f"Cancelled by {by}{because(reason)}")
        case e.IncidentClosed(reason=reason):
            return Line("closed", f"Closed by {by}{because(reason)}")
    return None


def status_name(status: Status) -> str:
    """Return a status as a word at the start of a line."""
    return status.value.capitalize()


def _declared(event: e.IncidentDeclared, by: str, policy: Policy) -> str:
    severity = policy.severity(event.severity).label + (" (assumed)" if event.severity_assumed else "")
    drill = "Drill d" if event.drill else "D"
    return f"{drill}eclared {severity} by {by}: {event.title}"


def _edited(event: e.DetailsEdited, policy: Policy) -> str:
    parts = []
    if event.title is not None:
        parts.append(f"the title to “{event.title}”")
    if event.services is not None:
        names = ", ".join(policy.service(key).name for key in event.services) or "none"
        parts.append(f"the affected services to {names}")
    if event.impact is not None:
        parts.append(f"the impact to “{event.impact}”")
    if event.summary is not None:
        parts.append("the summary")
    if event.started_at is not None:
        parts.append(f"the start to {event.started_at:%Y-%m-%d %H:%M} UTC")
    return " and ".join(parts) or "nothing"


def _origin(origin: MessageRef | None) -> str:
    return origin.permalink if origin else ""
