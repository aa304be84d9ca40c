"""What follows from roles."""

from __future__ import annotations

from bot.domain import cadence, reaction
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.events.people import DEACTIVATED
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.react import presence
from bot.domain.react.telling import arm_update, cards
from bot.domain.reaction import Arm, Disarm, Reaction


def people(incident: Incident, event: e.Event, recorded: e.Recorded, policy: Policy) -> tuple[Reaction, ...]:
    """Tell those concerned, and look again for a commander where one is missing."""
    match event:
        case e.RoleAssigned() as assigned:
            return _role_assigned(incident, assigned, recorded, policy)
        case e.RoleReleased(role=role, user=user, reason=reason):
            why = "" if reason == DEACTIVATED else reason
            notice = n.RoleMoved(role, None, user, recorded.actor.id, why)
            follows = (f.PostMessage("room", notice), *cards(incident), *arm_update(incident, policy))
            if role != cadence.COMMANDER or incident.commander is not None or not incident.is_open:
                return follows
            wait = policy.span(policy.durations.no_commander)
            return (*follows, Arm(reaction.NO_COMMANDER, recorded.at + wait))
        case e.CommanderMissing() as missed:
            return presence.missing(incident, missed, recorded, policy)
    return ()


def _role_assigned(
    incident: Incident, event: e.RoleAssigned, recorded: e.Recorded, policy: Policy
) -> tuple[Reaction, ...]:
    by, user = recorded.actor.id, event.user
    effects: list[Reaction] = []
    if user != incident.declared_by and not event.handoff:
        effects.append(f.InviteToRoom(users=(user,)))
    effects.append(f.DirectMessage(user, n.RoleDuties(event.role, by, reason=event.reason)))
    if not event.handoff:
        effects.extend(_told(incident, event, recorded))
    if event.role == cadence.COMMANDER:
        effects.append(Disarm(reaction.NO_COMMANDER))
    return (*effects, *cards(incident), *arm_update(incident, policy))


def _told(incident: Incident, event: e.RoleAssigned, recorded: e.Recorded) -> list[Reaction]:
    """Tell the former holder and the room; a handoff does so itself."""
    by, user = recorded.actor.id, event.user
    effects: list[Reaction] = []
    if event.replaced and event.replaced not in (by, *event.told_elsewhere):
        effects.append(f.DirectMessage(event.replaced, n.RoleTakenOver(event.role, user)))
    if recorded.at != incident.declared_at:
        effects.append(f.PostMessage("room", n.RoleMoved(event.role, user, event.replaced, by, event.reason)))
    return effects
