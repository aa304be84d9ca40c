"""When an update is due, who owes it, and when a reminder has to wait."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.model import Incident, Status
from bot.domain.policy import Policy, QuietHours, SeverityPolicy, WorkingHours

COMMANDER: Final = "commander"
DEPUTY: Final = "deputy"
COMMUNICATIONS: Final = "communications"

_SATURDAY: Final = 5
_NUDGE_AT: Final = time(10, 0)


def next_due(severity: SeverityPolicy, policy: Policy, since: datetime) -> datetime:
    """Return when the next update is due after the clock restarted at `since`."""
    return since + policy.span(severity.cadence)


def due_after_severity_change(
    incident: Incident, new: SeverityPolicy, policy: Policy, now: datetime
) -> datetime | None:
    """Return the due time after a severity change: the clock restarts, but lowering never unmarks what is overdue."""
    due = incident.clock.due_at
    lowered = new.rank > policy.severity(incident.severity).rank
    if lowered and due is not None and due <= now:
        return due
    return next_due(new, policy, now)


def due_by_policy(incident: Incident, policy: Policy, now: datetime) -> datetime | None:
    """Return when the update is due by the rules as they are now, which may have changed since the clock restarted.

    What is overdue stays so; what a shorter cadence would make overdue is due now, as nobody could know before.
    """
    due = incident.clock.due_at
    if not incident.is_open or due is None or due <= now:
        return due
    return max(now, next_due(policy.severity(incident.severity), policy, incident.clock.restarted_at))


def owner(incident: Incident) -> str | None:
    """Return who owes the update: the communications lead, else the commander, else nobody.

    A holder who left the room of a private incident is not asked.
    """
    holders = (*incident.roles.get(COMMUNICATIONS, ()), *incident.roles.get(COMMANDER, ()))
    return next((user for user in holders if user not in incident.left), None)


def leaders(incident: Incident) -> tuple[str, ...]:
    """Return commander and deputy, each once."""
    people = (*incident.roles.get(COMMANDER, ()), *incident.roles.get(DEPUTY, ()))
    return tuple(dict.fromkeys(people))


def missed_count(incident: Incident, policy: Policy, now: datetime) -> int:
    """Return how many due times have passed without an update (0 before the first)."""
    due = incident.clock.due_at
    if due is None or now < due:
        return 0
    return 1 + int((now - due) / policy.span(policy.severity(incident.severity).cadence))


def overdue_since(incident: Incident, now: datetime) -> datetime | None:
    """Return the due time that passed, if an update is owed."""
    due = incident.clock.due_at
    return due if incident.is_open and due is not None and due <= now else None


def deferred_until(incident: Incident, policy: Policy, now: datetime) -> datetime | None:
    """Return until when a reminder waits, or None when it may go now.

    Quiet hours hold back only severities that observe them, and never an incident with human activity within the last
    hour.
    """
    severity = policy.severity(incident.severity)
    active = incident.human_at is not None and now - incident.human_at < policy.span(policy.durations.human_activity)
    until = None
    if severity.quiet_hours and policy.quiet_hours and not active:
        until = quiet_until(policy.quiet_hours, now)
    if severity.working_hours_only:
        start = working_from(policy.working_hours, until or now)
        until = start if start > now else until
    return until


def quiet_until(hours: QuietHours, now: datetime) -> datetime | None:
    """Return the end of the quiet hours that `now` falls into, or None."""
    zone = ZoneInfo(hours.zone)
    local = now.astimezone(zone)
    if hours.weekends and local.weekday() >= _SATURDAY:
        monday = local.date() + timedelta(days=7 - local.weekday())
        return datetime.combine(monday, hours.end, zone).astimezone(now.tzinfo)
    over_midnight = hours.start > hours.end
    clock = local.time()
    if over_midnight and (clock >= hours.start or clock < hours.end):
        day = local.date() + timedelta(days=1 if clock >= hours.start else 0)
        return datetime.combine(day, hours.end, zone).astimezone(now.tzinfo)
    if not over_midnight and hours.start <= clock < hours.end:
        return datetime.combine(local.date(), hours.end, zone).astimezone(now.tzinfo)
    return None


def working_from(hours: WorkingHours, now: datetime) -> datetime:
    """Return `now` when it lies in working hours, else when they next begin."""
    zone = ZoneInfo(hours.zone)
    local = now.astimezone(zone)
    if local.weekday() < _SATURDAY and hours.start <= local.time() < hours.end:
        return now
    day = local.date() if local.time() < hours.start else local.date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, hours.start, zone).astimezone(now.tzinfo)


def nudge_at(policy: Policy, now: datetime) -> datetime:
    """Return 10:00 on the next working day in the workplace's zone."""
    zone = ZoneInfo(policy.working_hours.zone)
    day = now.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    at = datetime.combine(day, _NUDGE_AT, zone).astimezone(now.tzinfo)
    return now + policy.span(at - now)


def postmortem_owner(incident: Incident) -> str:
    """Return who is asked about the postmortem: the last commander, else whoever declared."""
    return incident.commander or incident.declared_by


def draft(incident: Incident, policy: Policy) -> str:
    """Write the next update from what is known: where it stands, what was noted since the last one, and the impact."""
    stand = _STAND.get(incident.status, incident.status.value.capitalize())
    parts = [f"{stand}."]
    parts.extend(text.rstrip(".") + "." for text in incident.recent)
    latest = incident.latest_update
    impact = latest.impact if latest and latest.impact else incident.impact
    if impact:
        parts.append(f"Impact: {impact.rstrip('.')}.")
    elif not incident.recent:
        names = ", ".join(policy.service(key).name for key in incident.services)
        parts.append(f"Affected: {names}." if names else "Impact is being worked out.")
    return " ".join(parts)


_STAND: Final = {
    Status.DECLARED: "We are looking into it",
    Status.INVESTIGATING: "We are looking for the cause",
    Status.IDENTIFIED: "The cause is known",
    Status.MITIGATING: "A fix is under way",
    Status.MONITORING: "A fix is in place and we are watching it",
}
