"""What follows from severity, status and the end."""

from __future__ import annotations

from bot.domain import cadence, reaction
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.decisions.lifecycle import watched
from bot.domain.model import Incident, Status
from bot.domain.policy import Policy
from bot.domain.react.telling import CLOCKS, arm_update, cards, to_room, to_subscribers, to_summary
from bot.domain.reaction import Arm, Disarm, Reaction


def severity_moved(incident: Incident, moved: e.SeverityChanged, by: str, policy: Policy) -> tuple[Reaction, ...]:
    """Tell it unless an update does, and move the clock."""
    follows: tuple[Reaction, ...] = (
        *cards(incident),
        f.SetTopic(),
        *arm_update(incident, policy),
        Disarm(reaction.CONFIRM_SEVERITY),
    )
    if moved.with_update:
        return follows
    notice = n.SeverityRaisedOrLowered(moved.old, moved.new, moved.reason, by)
    told = to_subscribers(notice, by, was=moved.old)
    return (*to_room(incident, notice), *to_summary(incident, notice, broadcast=True), told, *follows)


def status_moved(incident: Incident, changed: e.StatusChanged, by: str) -> tuple[Reaction, ...]:
    """Tell it unless an update does."""
    follows = (*cards(incident), f.SetTopic())
    if changed.with_update:
        return follows
    notice = n.StatusMoved(changed.old, changed.new, changed.reason, by)
    return (*to_room(incident, notice), *to_summary(incident, notice, broadcast=False), *follows)


def endings(incident: Incident, event: e.Event, by: str, policy: Policy) -> tuple[Reaction, ...]:
    """Tell it, and stop or restart what is timed."""
    refresh = (*cards(incident), f.SetTopic())
    stop = tuple(Disarm(kind) for kind in CLOCKS)
    match event:
        case e.IncidentResolved(fixed_by=fixed_by):
            timers = _after_resolve(incident, policy)
            over = n.IncidentOver(Status.RESOLVED, fixed_by, by)
            last = incident.latest_update
            slot = f"over:{last.number}" if last is not None and last.status is Status.RESOLVED else ""
            return (f.PostMessage("room", over, slot), *_measured(incident), *refresh, *stop, *timers)
        case e.IncidentReopened(reason=reason):
            notice = n.IncidentReopened(reason, by)
            told = (
                *to_room(incident, notice),
                *to_summary(incident, notice, broadcast=True),
                to_subscribers(notice, by),
            )
            calm = (Disarm(reaction.PANELS_AFTER), Disarm(reaction.POSTMORTEM_NUDGE))
            return (*told, *refresh, *calm, *arm_update(incident, policy))
        case e.IncidentCancelled(reason=reason):
            over = n.IncidentOver(Status.CANCELLED, reason, by)
            told = (
                *to_room(incident, over),
                *to_summary(incident, over, broadcast=True),
                to_subscribers(over, by),
            )
            return (*told, *refresh, *stop)
        case e.IncidentClosed(reason=reason):
            over = n.IncidentOver(Status.CLOSED, reason, by)
            return (f.PostMessage("room", over), *refresh, *stop, Disarm(reaction.POSTMORTEM_NUDGE))
    return ()


def _measured(incident: Incident) -> tuple[Reaction, ...]:
    """Tell whoever commanded how well people were kept informed; of one word in time there is nothing to tell."""
    told = incident.told
    if incident.commander is None or incident.resolved_at is None or not (told.answered > 1 or told.late):
        return ()
    return (f.DirectMessage(incident.commander, n.CommunicationMeasured(incident.resolved_at)),)


def _after_resolve(incident: Incident, policy: Policy) -> tuple[Reaction, ...]:
    if incident.resolved_at is None:
        return ()
    timers: list[Reaction] = []
    if watched(incident, policy):
        timers.append(Arm(reaction.PANELS_AFTER, incident.resolved_at + policy.span(policy.durations.panels_after)))
    if not incident.drill and policy.severity(incident.severity).postmortem == "required":
        timers.append(Arm(reaction.POSTMORTEM_NUDGE, cadence.nudge_at(policy, incident.resolved_at)))
    return tuple(timers)
