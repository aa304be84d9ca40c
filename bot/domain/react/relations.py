"""What follows from links and merges: cards say them, a merged incident points to where work goes on."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.react.telling import CLOCKS, arm_update, cards, to_room, to_subscribers, to_summary
from bot.domain.reaction import Arm, Disarm, Reaction
from bot.domain.relations import Other

ROLE_IN_PART = "role_in_part:"
BROUGHT_IN = "brought_in:"


def relations(incident: Incident, recorded: e.Recorded, policy: Policy) -> tuple[Reaction, ...]:
    """Return what follows from an event of this subject, nothing from any other."""
    by = recorded.actor.id
    match recorded.event:
        case e.IncidentLinked() | e.IncidentUnlinked():
            return cards(incident)
        case e.IncidentMerged(into=into, reason=reason):
            return _merged(incident, n.MergedInto(into, reason, by), by)
        case e.IncidentAbsorbed() as event:
            return _absorbed(incident, event, by)
        case e.IncidentUnmerged(out_of=out_of, reason=reason):
            notice = n.MergeUndone(out_of, reason, by)
            told = (*to_room(incident, notice), *to_summary(incident, notice, broadcast=True))
            waits = policy.span(policy.durations.no_commander)
            lead = (Arm(reaction.NO_COMMANDER, recorded.at + waits),) if incident.commander is None else ()
            return (
                *told,
                *_held_again(incident, notice),
                to_subscribers(notice, by),
                *cards(incident),
                f.SetTopic(),
                *arm_update(incident, policy),
                *lead,
            )
        case e.PartReleased() as event:
            return (*_released(incident, event, by), *_offered(incident, event, by))
        case e.PeopleTakenOut(users=users):
            edited = (f.EditMessage(slot, n.BroughtIn(users)) for slot in _offers(incident))
            return (f.RemoveFromRoom(users), *edited, *cards(incident))
    return ()


def lingering(before: Incident | None, incident: Incident, event: e.Event) -> tuple[Reaction, ...]:
    """What offers to take people out names whom the press takes, also when some left, or a merge is their ground again.

    That they were taken out is told apart.
    """
    if before is None or before.lingering == incident.lingering or isinstance(event, e.PeopleTakenOut):
        return ()
    return tuple(f.EditMessage(slot, n.BroughtIn(incident.lingering)) for slot in _offers(incident))


def _offers(incident: Incident) -> tuple[str, ...]:
    return tuple(slot for slot in incident.messages if slot.startswith(BROUGHT_IN))


def _merged(incident: Incident, notice: n.MergedInto, by: str) -> tuple[Reaction, ...]:
    """Point to the other once in each place; what is timed stops, possible duties to report apart."""
    told = (
        *to_room(incident, notice),
        *to_summary(incident, notice, broadcast=False),
        f.TellAudience("stakeholders", notice, by=by),
    )
    after = (Disarm(reaction.PANELS_AFTER), Disarm(reaction.POSTMORTEM_NUDGE))
    return (*told, *cards(incident), f.SetTopic(), *(Disarm(kind) for kind in CLOCKS), *after)


def _absorbed(incident: Incident, event: e.IncidentAbsorbed, by: str) -> tuple[Reaction, ...]:
    """One line in the room; whoever held a role in the part, and does not here or commands, is asked to go on here."""
    held: dict[str, list[str]] = {}
    for role, user in event.held:
        if user != incident.commander and user not in incident.roles.get(role, ()):
            held.setdefault(user, []).append(role)
    asked = (
        f.DirectMessage(user, n.RoleInPart(event.part, tuple(roles)), f"{_asked(event.part)}{user}")
        for user, roles in held.items()
    )
    invited = (f.InviteToRoom(users=event.people),) if event.people else ()
    line = f.PostMessage("room", n.MergedHere(event.part, event.reason, by))
    topic = (f.SetTopic(),) if event.services else ()
    return (*invited, line, *asked, *cards(incident), *topic)


def _held_again(incident: Incident, notice: n.MergeUndone) -> tuple[f.DirectMessage, ...]:
    """Whoever has a role in what goes on by itself is told so, but for who took it out."""
    held: dict[str, tuple[str, ...]] = {}
    for role, users in incident.roles.items():
        for user in users:
            held[user] = (*held.get(user, ()), role)
    held.pop(notice.by, None)
    return tuple(f.DirectMessage(user, replace(notice, roles=roles)) for user, roles in held.items())


def _released(incident: Incident, event: e.PartReleased, by: str) -> tuple[Reaction, ...]:
    """One line in the room, and in the place of what asked the part's role holders to go on here."""
    notice = n.PartReleased(event.part, event.reason, by, event.safety, event.figures)
    topic = (f.SetTopic(),) if event.services else ()
    start = _asked(event.part)
    asked = (slot for slot in incident.messages if slot.startswith(start))
    told = (f.EditMessage(slot, notice) for slot in asked if slot.removeprefix(start) not in incident.left)
    return (f.PostMessage("room", notice), *told, *cards(incident), *topic)


def _offered(incident: Incident, event: e.PartReleased, by: str) -> tuple[Reaction, ...]:
    """Tell who commands, else who is inside of those concerned, whom nothing but this merge had brought in."""
    persons = (incident.commander, by, incident.declared_by)
    person = next((one for one in persons if one is not None and one in incident.inside), None)
    if person is None or not event.staying:
        return ()
    return (f.DirectMessage(person, n.BroughtIn(incident.lingering), f"{BROUGHT_IN}{event.part.number}"),)


def _asked(part: Other) -> str:
    """How the slots of what asks the part's role holders begin."""
    return f"{ROLE_IN_PART}{part.number}:"
