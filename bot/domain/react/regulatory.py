"""What follows for possible duties. Nothing here goes to the room, to the summary channel or onto a card."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.domain import duties, reaction
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.reaction import Arm, Disarm, Reaction
from bot.domain.regulation import PASSED, Reminder

AUDIENCE: Final = "regulatory"


def regulatory(after: Incident, event: e.Event, policy: Policy) -> tuple[Reaction, ...]:
    """Return what an event means for those whom regulatory matters are for; an ending drops no timer of theirs."""
    match event:
        case e.DutiesRaised(causes=causes):
            raised = [one.regulation for one in causes]
            return (*_tell(after, policy, raised, n.DutiesArisen(tuple(raised))), *_arm(after, policy))
        case e.DutiesReminded(reminders=reminders):
            return (*_remind(after, policy, reminders), *_arm(after, policy))
        case e.DutiesChased():
            notice = n.DutiesOutstanding("waiting")
            return (*_tell(after, policy, after.duties, notice, percent=PASSED), *_arm(after, policy))
        case e.DeciderAsked() as asked:
            wanted = n.DeciderWanted(asked.regulation, asked.trigger)
            return (f.DirectMessage(asked.user, wanted), *_arm(after, policy))
        case e.DutyAssessed() | e.DutyClockStarted() | e.DutyFiled() | e.DutiesRescheduled():
            return _arm(after, policy)
        case e.IncidentResolved() | e.IncidentCancelled() | e.IncidentClosed() | e.IncidentMerged() if duties.is_open(
            after, policy
        ):
            notice = n.DutiesOutstanding(after.status.value)
            return _tell(after, policy, after.duties, notice, percent=PASSED)
        case e.RoleAssigned(role=role, user=user) if duties.is_open(after, policy):
            mine = role in (duties.LEGAL, *duties.LEADERS)
            return (f.DirectMessage(user, n.DutiesOutstanding("assigned")),) if mine else ()
    return ()


def _tell(
    incident: Incident, policy: Policy, rules: Iterable[str], notice: n.Notice, *, percent: int = 0
) -> tuple[Reaction, ...]:
    told = duties.circle(incident, policy, rules, percent=percent)
    return (f.TellAudience(AUDIENCE, notice, roles=told.roles, groups=told.groups),)


def _remind(incident: Incident, policy: Policy, reminders: tuple[Reminder, ...]) -> tuple[Reaction, ...]:
    """One message for each circle of people, however many reminders fell due together."""
    told: dict[duties.Circle, list[Reminder]] = {}
    for reminder in reminders:
        around = duties.circle(incident, policy, (reminder.regulation,), percent=reminder.percent)
        told.setdefault(around, []).append(reminder)
    return tuple(
        f.TellAudience(AUDIENCE, n.DutiesDue(tuple(some)), roles=around.roles, groups=around.groups)
        for around, some in told.items()
    )


def _arm(incident: Incident, policy: Policy) -> tuple[Reaction, ...]:
    at = duties.next_at(incident, policy)
    return (Arm(reaction.REGULATORY, at),) if at else (Disarm(reaction.REGULATORY),)
