"""Moves of severity and of the open statuses."""

from __future__ import annotations

from typing import Final

from bot.domain import cadence
from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.decisions.moment import Moment, admit, as_code, limited, permit, require_open
from bot.domain.model import OPEN_STATUSES, Incident, Status
from bot.domain.policy import Policy, SeverityPolicy
from bot.domain.refusal import Refused

ASSUMED_RANK: Final = 2
"""Not sure and no service named: the second-worst severity, so that a real outage is not under-called."""


def known_severity(key: str, policy: Policy) -> SeverityPolicy:
    """Return the severity or refuse, naming those there are."""
    for severity in policy.severities:
        if severity.key == key:
            return severity
    names = ", ".join(severity.key for severity in policy.severities)
    raise Refused(
        "unknown_severity", f"There is no severity {as_code(key)}.", f"Choose one of {names}.", field="severity"
    )


def assumed_severity(services: tuple[str, ...], policy: Policy) -> SeverityPolicy:
    """Return the severity for "not sure": by the most important affected service's tier, else the second-worst."""
    rank = min((policy.service(key).tier for key in services), default=ASSUMED_RANK)
    by_rank = sorted(policy.severities, key=lambda severity: severity.rank)
    return by_rank[min(rank, len(by_rank)) - 1]


def change_severity(
    incident: Incident, command: c.ChangeSeverity, moment: Moment, *, with_update: bool = False
) -> tuple[e.Event, ...]:
    """Move the severity; lowering it needs a reason. Choosing the assumed one confirms it."""
    require_open(incident, "its severity stands")
    admit(moment, "change a severity")
    new = known_severity(command.severity, moment.policy)
    if new.key == incident.severity:
        return confirm_severity(incident, moment)
    reason = limited(command.reason, field="reason", name="The reason")
    if new.rank > moment.policy.severity(incident.severity).rank:
        permit(moment, "lower_severity", incident, "lower a severity")
        if not reason and not incident.severity_assumed:
            raise Refused(
                "reason_needed", "Lowering the severity needs a reason.", "Say what makes it less bad.", field="reason"
            )
    due_at = cadence.due_after_severity_change(incident, new, moment.policy, moment.now)
    return (e.SeverityChanged(incident.severity, new.key, reason, due_at, with_update),)


def confirm_severity(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    permit(moment, "edit", incident, "confirm a severity")
    return (e.SeverityConfirmed(incident.severity),) if incident.severity_assumed else ()


def change_status(
    incident: Incident, command: c.ChangeStatus, moment: Moment, *, with_update: bool = False
) -> tuple[e.Event, ...]:
    """Move between the open statuses; endings have commands of their own."""
    permit(moment, "status", incident, "change a status")
    if command.status not in OPEN_STATUSES:
        raise Refused(
            "not_a_move", f"{command.status.value.capitalize()} is not a status to set.", _ending(command.status)
        )
    require_open(incident, "its status stands")
    if command.status is incident.status:
        return ()
    reason = limited(command.reason, field="reason", name="The reason")
    return (e.StatusChanged(incident.status, command.status, reason, with_update),)


def _ending(status: Status) -> str:
    words = {Status.RESOLVED: "resolve", Status.CLOSED: "close", Status.CANCELLED: "cancel"}
    return f"Use `{words[status]}`." if status in words else "Choose one of the open statuses."
