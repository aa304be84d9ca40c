"""Declare, details, severity, status and the ways an incident ends."""

from __future__ import annotations

from typing import Final

from bot.domain import cadence
from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.call import CallTemplate
from bot.domain.decisions.impact import override_over
from bot.domain.decisions.moment import (
    TITLE_MAX,
    Moment,
    as_code,
    limited,
    not_future,
    permit,
    require_open,
    require_text,
    require_unmerged,
)
from bot.domain.decisions.severity import (
    assumed_severity,
    change_severity,
    change_status,
    confirm_severity,
    known_severity,
)
from bot.domain.decisions.updates import ending_update
from bot.domain.model import ActorKind, Incident, Status
from bot.domain.policy import Policy, SeverityPolicy
from bot.domain.refusal import Refused

ROOT_CAUSE: Final = "root_cause"
BOOKMARKS: Final = 2
"""What set-up adds at most, because Slack allows 20 calls a minute for a workspace."""


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.EditDetails():
            return edit(incident, command, moment)
        case c.ChangeSeverity():
            return change_severity(incident, command, moment)
        case c.ConfirmSeverity():
            return confirm_severity(incident, moment)
        case c.ChangeStatus():
            return change_status(incident, command, moment)
        case c.Resolve():
            return resolve(incident, command, moment)
        case c.Reopen():
            return reopen(incident, command, moment)
        case c.Cancel():
            return cancel(incident, command, moment)
        case c.Close():
            return close(incident, command, moment)
    return None


def declare(command: c.Declare, moment: Moment) -> tuple[e.Event, ...]:
    """Open an incident: the declaration, then whoever commands by policy, then roles filled at once."""
    permit(moment, "declare", None, "declare incidents")
    identity = moment.identity
    if identity is None:
        raise ValueError("Declare needs an identity")
    policy = moment.policy
    title = " ".join(require_text(command.title, field="title", name="The title", limit=TITLE_MAX).split())
    services = _known_services(command.services, policy)
    severity = known_severity(command.severity, policy) if command.severity else assumed_severity(services, policy)
    declared = e.IncidentDeclared(
        id=identity.id,
        workspace=identity.workspace,
        number=identity.number,
        title=title,
        severity=severity.key,
        severity_assumed=command.severity is None,
        services=services,
        services_guessed=command.services_guessed and bool(services),
        summary=limited(command.summary, field="summary", name="The summary"),
        impact=limited(command.impact, field="impact", name="The impact"),
        kind=command.kind,
        private=command.private,
        drill=command.drill,
        started_at=not_future(command.started_at, moment, field="started_at"),
        detected_by=limited(command.detected_by, field="detected_by", name="Detected by", limit=TITLE_MAX),
        origin=command.origin,
        setup=_setup_steps(command, services, policy),
        due_at=cadence.next_due(severity, policy, moment.now),
    )
    return (declared, *_first_roles(command, severity, moment))


def _first_roles(command: c.Declare, severity: SeverityPolicy, moment: Moment) -> list[e.Event]:
    commander = None
    if severity.commander == "declarer" and moment.actor.kind is ActorKind.PERSON and moment.actor.responder:
        commander = moment.actor.id
    if severity.commander == "oncall" and command.on_call:
        commander = command.on_call[0]
    roles: list[e.Event] = [e.RoleAssigned("commander", commander)] if commander else []
    filled = {"commander"} if commander else set()
    for role, user in command.role_holders:
        if moment.policy.role(role).many or role not in filled:
            roles.append(e.RoleAssigned(role, user))
            filled.add(role)
    return roles


def _setup_steps(command: c.Declare, services: tuple[str, ...], policy: Policy) -> tuple[str, ...]:
    steps = ["channel", "invite", "card", "topic", "pin"]
    if bookmarks(command.private, services, policy):
        steps.append("bookmarks")
    if not command.private:
        steps.append("summary")
    return tuple(steps)


def bookmarks(private: bool, services: tuple[str, ...], policy: Policy) -> tuple[str, ...]:
    """Name the bookmarks that set-up adds, the most wanted first; the card links to a call in any case.

    A call that a service opens gets its bookmark once it is there.
    """
    summary = () if private else ("summary",)
    boards = [f"dashboard:{key}" for key in services if policy.service(key).dashboard]
    return (*summary, *boards[:1], *(("call",) if isinstance(policy.call, CallTemplate) else ()))[:BOOKMARKS]


def _known_services(keys: tuple[str, ...], policy: Policy) -> tuple[str, ...]:
    known = {service.key for service in policy.services}
    for key in keys:
        if key not in known:
            names = ", ".join(sorted(known)) or "none yet"
            raise Refused(
                "unknown_service", f"There is no service {as_code(key)}.", f"Known: {names}.", field="services"
            )
    return tuple(dict.fromkeys(keys))


def edit(incident: Incident, command: c.EditDetails, moment: Moment) -> tuple[e.Event, ...]:
    permit(moment, "edit", incident, "edit incidents")
    require_unmerged(incident, "its details stand")
    if command.based_on is not None and incident.edited_seq > command.based_on:
        raise Refused(
            "stale",
            "Somebody edited these details while your form was open.",
            "Look at what they say now, then submit again.",
            field="title",
        )
    title = command.title
    if title is not None:
        title = " ".join(require_text(title, field="title", name="The title", limit=TITLE_MAX).split())
    summary = None if command.summary is None else limited(command.summary, field="summary", name="The summary")
    impact = None if command.impact is None else limited(command.impact, field="impact", name="The impact")
    services = None if command.services is None else _known_services(command.services, moment.policy)
    edited = e.DetailsEdited(
        title=title if title != incident.title else None,
        services=services if services != incident.services or incident.services_guessed else None,
        summary=summary if summary != incident.summary else None,
        impact=impact if impact != incident.impact else None,
        started_at=not_future(command.started_at, moment, field="started_at"),
    )
    return () if edited == e.DetailsEdited() else (edited,)


def resolve(incident: Incident, command: c.Resolve, moment: Moment) -> tuple[e.Event, ...]:
    """End it: the last update, the resolution, and evidence of how things looked."""
    permit(moment, "resolve", incident, "resolve incidents")
    if incident.status is Status.RESOLVED:
        raise Refused("already", f"{incident.label} is resolved already.", "If it is happening again, reopen it.")
    require_open(incident, "there is nothing to resolve")
    fixed_by = require_text(command.fixed_by, field="fixed_by", name="What fixed it")
    ended = not_future(command.impact_ended_at, moment, field="impact_ended_at")
    if ended is not None and incident.started_at is not None and ended < incident.started_at:
        raise Refused(
            "ended_before_start", "Impact cannot end before it started.", "Check both times.", field="impact_ended_at"
        )
    update = ending_update(incident, command, fixed_by)
    resolved = e.IncidentResolved(fixed_by, ended or moment.now)
    start = (incident.started_at or incident.declared_at) - moment.policy.durations.panels_before
    evidence: list[e.Event] = []
    if watched(incident, moment.policy):
        evidence.append(e.MetricsRequested("resolve", start, moment.now))
    elif postmortem_wanted(incident, moment.policy):
        evidence.append(e.PostmortemRequested(incident.postmortem.version + 1, "resolved"))
    return (update, resolved, *override_over(incident), *evidence)


def reopen(incident: Incident, command: c.Reopen, moment: Moment) -> tuple[e.Event, ...]:
    permit(moment, "reopen", incident, "reopen incidents")
    if incident.merged_into is not None:
        text = f"{incident.label} was merged into {incident.merged_into.label}."
        raise Refused("merged", text, "`unmerge` takes it out again.")
    if incident.status not in (Status.RESOLVED, Status.CLOSED):
        raise Refused(
            "not_over", f"{incident.label} is {incident.status.value}.", "Only a resolved or closed one reopens."
        )
    reason = require_text(command.reason, field="reason", name="The reason")
    severity = moment.policy.severity(incident.severity)
    return (e.IncidentReopened(reason, cadence.next_due(severity, moment.policy, moment.now)),)


def cancel(incident: Incident, command: c.Cancel, moment: Moment) -> tuple[e.Event, ...]:
    permit(moment, "cancel", incident, "cancel incidents")
    require_open(incident, "there is nothing to cancel")
    reason = require_text(command.reason, field="reason", name="The reason")
    return (e.IncidentCancelled(reason), *override_over(incident))


def close(incident: Incident, command: c.Close, moment: Moment) -> tuple[e.Event, ...]:
    """Close behind the gates: resolved, and where a postmortem is required, written down."""
    permit(moment, "close", incident, "close incidents")
    if incident.status is Status.CLOSED:
        raise Refused("already", f"{incident.label} is closed already.")
    require_unmerged(incident, "it is over already, and there is nothing to close")
    if incident.status is not Status.RESOLVED:
        raise Refused("not_resolved", f"{incident.label} is {incident.status.value}.", "Resolve it first.")
    reason = require_text(command.reason, field="reason", name="The reason")
    if moment.policy.severity(incident.severity).postmortem == "required" and not incident.drill:
        missing = _unmet(incident)
        if missing:
            raise Refused(
                "gate",
                f"A {incident.severity} closes with its postmortem: {missing}.",
                "Write it, then close.",
                field="reason",
            )
    return (e.IncidentClosed(reason),)


def _unmet(incident: Incident) -> str:
    if incident.postmortem.published_at is None:
        return "none has been published"
    section = incident.sections.get(ROOT_CAUSE)
    return "" if section and section.text.strip() else "its root cause is not written"


def postmortem_wanted(incident: Incident, policy: Policy) -> bool:
    """Whether resolving writes a postmortem by itself."""
    return not incident.drill and policy.severity(incident.severity).postmortem != "none"


def watched(incident: Incident, policy: Policy) -> bool:
    """Whether any affected service has panels."""
    return any(policy.service(key).panels for key in incident.services)
