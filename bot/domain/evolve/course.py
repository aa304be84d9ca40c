"""The course of an incident: declared, edited, weighed, moved along and ended."""

from __future__ import annotations

from datetime import datetime

from bot.domain import events as e
from bot.domain.communication import Tally
from bot.domain.model import Clock, Incident, SetupStep, Status
from bot.domain.replacing import replace


def declared(event: e.IncidentDeclared, recorded: e.Recorded) -> Incident:
    """Return the incident that a declaration begins."""
    at = recorded.at
    return Incident(
        id=event.id,
        workspace=event.workspace,
        number=event.number,
        seq=recorded.seq,
        title=event.title,
        severity=event.severity,
        status=Status.DECLARED,
        declared_by=recorded.actor.id,
        declared_at=at,
        clock=Clock(restarted_at=at, due_at=event.due_at),
        told=Tally(heard_at=at),
        severity_assumed=event.severity_assumed,
        kind=event.kind,
        services=event.services,
        services_guessed=event.services_guessed,
        summary=event.summary,
        impact=event.impact,
        private=event.private,
        drill=event.drill,
        origin=event.origin,
        started_at=event.started_at,
        detected_by=event.detected_by,
        human_at=at,
        setup=tuple(SetupStep(name) for name in event.setup),
    )


def details(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """What it is called, what it touches, how bad it is, where it stands."""
    at = recorded.at
    match recorded.event:
        case e.DetailsEdited() as edit:
            services = incident.services if edit.services is None else edit.services
            return replace(
                incident,
                title=incident.title if edit.title is None else edit.title,
                services=services,
                services_guessed=incident.services_guessed and edit.services is None,
                summary=incident.summary if edit.summary is None else edit.summary,
                impact=incident.impact if edit.impact is None else edit.impact,
                started_at=incident.started_at if edit.started_at is None else edit.started_at,
                edited_seq=recorded.seq,
            )
        case e.SeverityChanged(new=new, due_at=due_at):
            clock = Clock(restarted_at=at, due_at=due_at, changed=True, missed=incident.clock.missed)
            if due_at is not None and due_at == incident.clock.due_at:
                clock = replace(incident.clock, changed=True, snoozed_until=None)
            return replace(incident, severity=new, severity_assumed=False, clock=clock, unchanged_since=None)
        case e.SeverityConfirmed():
            return replace(incident, severity_assumed=False)
        case e.StatusChanged(new=new, reason=reason):
            return replace(
                incident,
                status=new,
                status_reason=reason,
                clock=replace(incident.clock, changed=True),
                mitigated_at=_mitigated(incident, new, at),
                acknowledged_at=incident.acknowledged_at or at,
                unchanged_since=None,
            )
    return None


def endings(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """It is over, or open again."""
    at = recorded.at
    stopped = replace(incident.clock, due_at=None, snoozed_until=None)
    match recorded.event:
        case e.IncidentResolved(fixed_by=fixed_by, impact_ended_at=ended):
            return replace(
                incident,
                status=Status.RESOLVED,
                fixed_by=fixed_by,
                impact_ended_at=ended,
                resolved_at=at,
                mitigated_at=ended or incident.mitigated_at,
                clock=stopped,
            )
        case e.IncidentReopened(reason=reason, due_at=due_at):
            return replace(
                incident,
                status=Status.INVESTIGATING,
                status_reason=reason,
                reopened_at=at,
                resolved_at=None,
                closed_at=None,
                impact_ended_at=None,
                mitigated_at=None,
                clock=Clock(restarted_at=at, due_at=due_at),
                shifts=incident.shifts.anew(at),
                room=incident.room.needed_again() if incident.room else None,
            )
        case e.IncidentCancelled(reason=reason):
            return replace(incident, status=Status.CANCELLED, status_reason=reason, closed_at=at, clock=stopped)
        case e.IncidentClosed(reason=reason):
            return replace(incident, status=Status.CLOSED, status_reason=reason, closed_at=at, clock=stopped)
    return None


def _mitigated(incident: Incident, new: Status, at: datetime) -> datetime | None:
    if new is Status.MONITORING:
        return incident.mitigated_at or at
    return incident.mitigated_at if new in (Status.RESOLVED, Status.CLOSED) else None
