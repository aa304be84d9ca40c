"""Roles, followers, and who is in the room."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.decisions import handoff
from bot.domain.decisions.moment import Moment, admit, as_code, permit, require_open, require_unmerged
from bot.domain.decisions.regulatory import require_may_open
from bot.domain.events.people import DEACTIVATED
from bot.domain.model import ActorKind, Incident
from bot.domain.policy import Policy, RolePolicy
from bot.domain.refusal import Refused


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.AssignRole():
            return assign(incident, command, moment)
        case c.ReleaseRole():
            return release(incident, command, moment)
        case c.VacatePerson(user=user):
            return vacate(incident, user)
        case c.Follow():
            admit(moment, "follow an incident")
            require_unmerged(incident, "there is nothing more to follow")
            user = moment.actor.id
            return () if follows_by_choice(incident, user) and user not in incident.left else (e.Followed(user),)
        case c.Unfollow():
            user = moment.actor.id
            return (e.Unfollowed(user),) if user in incident.followers else ()
        case c.EnterRoom(user=user):
            return (e.PersonEntered(user),) if incident.private and user not in incident.joined else ()
        case c.LeaveRoom(user=user):
            return (e.PersonLeft(user),) if incident.private and user not in incident.left else ()
    return None


def follows_by_choice(incident: Incident, user: str) -> bool:
    """Whether somebody follows whatever becomes of the parts; who came with a part would go with it."""
    return user in incident.followers and not any(user in part.followers for part in incident.parts)


def known_role(key: str, policy: Policy) -> RolePolicy:
    """Return the role or refuse, naming those there are."""
    for role in policy.roles:
        if role.key == key:
            return role
    names = ", ".join(role.key for role in policy.roles)
    raise Refused("unknown_role", f"There is no role {as_code(key)}.", f"Choose one of {names}.", field="role")


def assign(incident: Incident, command: c.AssignRole, moment: Moment) -> tuple[e.Event, ...]:
    """Give a role. An occupied single role needs `replace`, so that nobody loses command by accident."""
    permit(moment, "roles", incident, "hand out roles")
    require_open(incident, "its roles stand")
    role = known_role(command.role, moment.policy)
    require_may_open(incident, role.key, moment)
    holders = incident.roles.get(role.key, ())
    if command.user in holders:
        return ()
    replaced = None
    if holders and not role.many:
        replaced = holders[0]
        if not command.replace:
            raise Refused(
                "role_taken",
                f"@{{{replaced}}} is {role.label.lower()}.",
                "Confirm to take over; they will be told.",
                field="role",
            )
    return (e.RoleAssigned(role.key, command.user, replaced, command.reason, command.told_elsewhere),)


def release(incident: Incident, command: c.ReleaseRole, moment: Moment) -> tuple[e.Event, ...]:
    """Take a person out of a role; without a name: oneself if one holds it, else its only holder."""
    permit(moment, "roles", incident, "release roles")
    role = known_role(command.role, moment.policy)
    holders = incident.roles.get(role.key, ())
    own = moment.actor.id if moment.actor.kind is ActorKind.PERSON and moment.actor.id in holders else None
    user = command.user or own or (holders[0] if len(holders) == 1 else None)
    if user is None or user not in holders:
        who = (
            f"@{{{user}}} does not hold it"
            if user
            else ("nobody holds it" if not holders else "several people hold it")
        )
        raise Refused("not_holder", f"{role.label}: {who}.", "Name who should be released.", field="role")
    return (e.RoleReleased(role.key, user, command.reason),)


def vacate(incident: Incident, user: str) -> tuple[e.Event, ...]:
    """A deactivated person holds nothing."""
    held = [role for role, holders in incident.roles.items() if user in holders]
    released: list[e.Event] = [e.RoleReleased(role, user, DEACTIVATED) for role in held]
    if user in incident.followers:
        released.append(e.Unfollowed(user))
    return (*released, *handoff.vacated(incident, user))
