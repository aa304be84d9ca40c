"""Handing over: an offer with a note, which its receiver accepts or declines. Until then nothing moves."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain import events as e
from bot.domain import reaction
from bot.domain.decisions.moment import Moment, admit, permit, require_open, require_text
from bot.domain.evolve import foresee
from bot.domain.handoffs import Ended, Handoff, HandoffState
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.refusal import Refused


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.OfferHandoff():
            return offer(incident, command, moment)
        case c.AcceptHandoff(number=number):
            return accept(incident, number, moment)
        case c.DeclineHandoff(number=number):
            return decline(incident, number, moment)
        case c.WithdrawHandoff(number=number):
            return withdraw(incident, number, moment)
    return None


def offer(incident: Incident, command: c.OfferHandoff, moment: Moment) -> tuple[e.Event, ...]:
    """Offer those of the named roles that the actor holds."""
    permit(moment, "roles", incident, "hand over roles")
    require_open(incident, "its roles stand")
    giver, receiver = moment.actor.id, command.receiver
    roles = still_held(incident, giver, command.roles)
    if not roles:
        names = named(command.roles, moment.policy)
        raise Refused("not_holder", f"You are not {names} of {incident.label}.", "There is nothing to hand over.")
    if receiver == giver:
        raise Refused("same_person", "That is yourself.", "Choose somebody else.", field="receiver")
    if incident.private and receiver not in incident.inside:
        raise Refused(
            "outside",
            f"@{{{receiver}}} is not in this private incident.",
            "Invite them to its channel first.",
            field="receiver",
        )
    note = require_text(command.note, field="note", name="The note")
    mine = [one for one in incident.handoffs if one.is_open and one.giver == giver and set(one.roles) & set(roles)]
    if any((one.receiver, one.roles, one.note) == (receiver, roles, note) for one in mine):
        return ()
    replaced = (e.HandoffWithdrawn(one.number, "superseded") for one in mine)
    return (*replaced, e.HandoffOffered(len(incident.handoffs) + 1, giver, receiver, roles, note))


def accept(incident: Incident, number: int, moment: Moment) -> tuple[e.Event, ...]:
    """Move what the giver still holds to the receiver, all at once."""
    found = _for_receiver(incident, number, moment)
    if found.state is HandoffState.ACCEPTED:
        return ()
    _require_open(incident, found)
    roles = still_held(incident, found.giver, found.roles)
    moved = (e.RoleAssigned(role, found.receiver, found.giver, handoff=number) for role in roles)
    return (e.HandoffAccepted(number, roles), *moved)


def decline(incident: Incident, number: int, moment: Moment) -> tuple[e.Event, ...]:
    found = _for_receiver(incident, number, moment)
    if found.state is HandoffState.DECLINED:
        return ()
    _require_open(incident, found)
    return (e.HandoffDeclined(number),)


def withdraw(incident: Incident, number: int, moment: Moment) -> tuple[e.Event, ...]:
    """Take an offer back; only its giver may."""
    admit(moment, "hand over roles")
    found = _handoff(incident, number)
    if moment.actor.id != found.giver:
        raise Refused("not_giver", f"This handoff is @{{{found.giver}}}'s.", "Only they can take it back.")
    if found.state is HandoffState.WITHDRAWN:
        return ()
    _require_open(incident, found)
    return (e.HandoffWithdrawn(number, "taken_back"),)


def follow(incident: Incident | None, events: tuple[e.Event, ...], moment: Moment) -> tuple[e.Event, ...]:
    """Return the ends of offers that these events leave without ground."""
    if incident is None or not events or not any(one.is_open for one in incident.handoffs):
        return ()
    after = foresee(incident, events, moment.actor, moment.now)
    open_ones = (one for one in after.handoffs if one.is_open)
    return tuple(e.HandoffWithdrawn(one.number, why) for one in open_ones if (why := _groundless(after, one)))


def vacated(incident: Incident, user: str) -> tuple[e.Event, ...]:
    """End the offers to somebody who was deactivated."""
    waiting = (one.number for one in incident.handoffs if one.is_open and one.receiver == user)
    return tuple(e.HandoffWithdrawn(number, "receiver_left") for number in waiting)


def unanswered(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    """Tell the givers whose offers nobody has answered in time; each once. Too early for all, it comes again."""
    wait = moment.policy.span(moment.policy.durations.handoff)
    waiting = [one for one in incident.handoffs if one.is_open and not one.chased]
    late = [one for one in waiting if moment.now - one.offered_at >= wait]
    if waiting and not late:
        return (e.WaitExtended(reaction.HANDOFF, min(one.offered_at for one in waiting) + wait),)
    minutes = round(moment.policy.durations.handoff.total_seconds() / 60)
    return tuple(e.HandoffUnanswered(one.number, minutes) for one in late)


def still_held(incident: Incident, user: str, roles: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the roles that a person holds now, each once."""
    return tuple(role for role in dict.fromkeys(roles) if user in incident.roles.get(role, ()))


def named(roles: tuple[str, ...], policy: Policy) -> str:
    """Return roles as words in a sentence: `commander or scribe`."""
    return " or ".join(policy.role(role).label.lower() for role in roles)


def _groundless(after: Incident, one: Handoff) -> Ended | None:
    if not after.is_open:
        return "over"
    if one.receiver in after.left:
        return "receiver_left"
    return None if still_held(after, one.giver, one.roles) else "moved"


def _handoff(incident: Incident, number: int) -> Handoff:
    found = next((one for one in incident.handoffs if one.number == number), None)
    if found is None:
        raise Refused("no_handoff", "There is no such handoff.", "Use `handoff` to begin one.")
    return found


def _for_receiver(incident: Incident, number: int, moment: Moment) -> Handoff:
    admit(moment, "take over roles")
    found = _handoff(incident, number)
    if moment.actor.id != found.receiver:
        raise Refused("not_receiver", f"This handoff is for @{{{found.receiver}}}.", "Only they can answer it.")
    return found


def _require_open(incident: Incident, found: Handoff) -> None:
    require_open(incident, "its roles stand")
    if found.is_open:
        return
    what = {
        HandoffState.ACCEPTED: f"@{{{found.receiver}}} has accepted this handoff already.",
        HandoffState.DECLINED: f"@{{{found.receiver}}} has declined this handoff already.",
        HandoffState.WITHDRAWN: "This handoff is no longer open.",
    }
    raise Refused("handoff_over", what[found.state], "`status` shows who holds which role.")
