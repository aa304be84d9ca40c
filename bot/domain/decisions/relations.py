"""What concerns two incidents: links, merges, and taking them back.

A public log never names a private incident: everybody reads it. A private one may name a public one.
"""

from __future__ import annotations

from bot.domain import cadence
from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.decisions.documents import again
from bot.domain.decisions.impact import override_over
from bot.domain.decisions.moment import Moment, permit, require_open, require_text, require_unmerged
from bot.domain.lingering import shared, staying, without_ground
from bot.domain.merging import own_services, remaining, taken_over
from bot.domain.model import Incident, Status
from bot.domain.paging import PageStatus
from bot.domain.refusal import Refused
from bot.domain.relations import Other


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.LinkTo():
            return link(incident, command, moment)
        case c.Unlink(other=other):
            permit(moment, "link", incident, "link incidents")
            known = any(tie.other.id == other.id for tie in incident.ties)
            return (e.IncidentUnlinked(named(other)),) if known else ()
        case c.MergeInto(other=other, reason=reason):
            why = _why_merged(incident, other, reason, moment)
            merged = e.IncidentMerged(named(other), why, cadence.owner(other) or "")
            return (merged, *override_over(incident), *again(incident, "merged"))
        case c.Absorb(other=other, reason=reason):
            return absorb(incident, other, _why_merged(other, incident, reason, moment), moment)
        case c.Unmerge():
            return unmerge(incident, command, moment)
        case c.ReleasePart(other=other, reason=reason):
            return release(incident, other, reason, moment)
        case c.TakeOut():
            permit(moment, "merge", incident, "take people out of the channel")
            users = tuple(user for user in without_ground(incident) if user != moment.actor.id)
            return (e.PeopleTakenOut(users),) if users else ()
    return None


def named(incident: Incident) -> Other:
    """Return how another log names this incident."""
    return Other(incident.id, incident.number, incident.room.channel if incident.room else "", incident.drill)


def link(incident: Incident, command: c.LinkTo, moment: Moment) -> tuple[e.Event, ...]:
    """Note the link, unless that would name a private incident where it is not known."""
    permit(moment, "link", incident, "link incidents")
    other = command.other
    if other.id == incident.id:
        raise Refused("itself", f"{incident.label} cannot be linked to itself.", "Name the other one, like `#42`.")
    require_unmerged(incident, "its links stand")
    if incident.private and other.private:
        raise Refused(
            "two_private",
            f"{incident.label} and {other.label} are both private: the people of each would learn of the other.",
            "Merge them, or note in each what its people may know.",
        )
    if other.private:
        return ()
    known = any((tie.other.id, tie.relation) == (other.id, command.relation) for tie in incident.ties)
    return () if known else (e.IncidentLinked(command.relation, named(other)),)


def _why_merged(source: Incident, target: Incident, reason: str, moment: Moment) -> str:
    may_merge(source, target, moment)
    return require_text(reason, field="reason", name="The reason")


def may_merge(source: Incident, target: Incident, moment: Moment) -> None:
    """Refuse what would disclose something, lose something, or go in a circle."""
    for one in (source, target):
        permit(moment, "merge", one, "merge incidents")
    if source.id == target.id:
        raise Refused("itself", f"{source.label} cannot be merged into itself.", "Name the other one, like `#42`.")
    require_open(source, "there is nothing to merge")
    if target.merged_into is not None:
        goal = target.merged_into
        if goal.id == source.id:
            text = f"{target.label} is part of {goal.label} already."
            raise Refused("merged_already", text, f"To take it out, use `unmerge #{target.number} why`.")
        text = f"{target.label} was itself merged into {goal.label}."
        raise Refused("merged_already", text, f"Merge into #{goal.number} instead.")
    require_open(target, "nothing is merged into it")
    if source.private != target.private:
        hidden, shown = (source, target) if source.private else (target, source)
        text = f"{hidden.label} is private and {shown.label} is not: merging them would disclose it."
        raise Refused(
            "private", text, "Work on in the private one, and cancel the other with a reason that tells nothing."
        )
    if source.drill != target.drill:
        raise Refused("drill", "A drill and a real incident are not merged.", "Cancel the one that is not needed.")


def absorb(incident: Incident, part: Incident, reason: str, moment: Moment) -> tuple[e.Event, ...]:
    """Take over people, followers, services, what counts for the rank, and a call that nobody has answered."""
    people = tuple(sorted(invited(incident, part)))
    held = tuple((role, user) for role, users in part.roles.items() for user in users)
    own = set(incident.followers).difference(*(one.followers for one in incident.parts))
    fresh = tuple(user for user in part.followers if user not in own and user not in incident.left)
    within = tuple(other for one in part.parts for other in (one.other, *one.within))
    services, both = brought(incident, part), shared(incident, part)
    absorbed = e.IncidentAbsorbed(named(part), reason, people, held, fresh, services, within, both)
    weight, calls = weight_of(incident, part, moment), _calls_on(incident, part, moment)
    return (absorbed, *weight, *calls, *again(incident, "merged"))


def invited(incident: Incident, part: Incident) -> frozenset[str]:
    """Return whom a merge brings in. Whoever left, or was removed, comes back by a person's invitation only."""
    return part.inside.difference(incident.inside, incident.left)


def brought(incident: Incident, part: Incident) -> tuple[str, ...]:
    """Return the services that count here because of merges, once this part is in: its own, less what people named."""
    own = own_services(incident)
    return tuple(dict.fromkeys(key for key in part.services if key not in own))


def weight_of(incident: Incident, part: Incident, moment: Moment) -> tuple[e.Event, ...]:
    """Return what a part brings to the rank: danger to people, and what people said of its impact."""
    figures = taken_over(incident, part, moment.policy, moment.now)
    if part.safety is None or incident.safety is not None:
        return figures
    danger = part.safety
    return (e.SafetyDeclared(f"{danger.reason} (from {part.label})", danger.by, danger.at), *figures)


def _calls_on(incident: Incident, part: Incident, moment: Moment) -> tuple[e.Event, ...]:
    """The part's pages end with it. Where nobody has answered one and nobody leads here, somebody is called here."""
    if (
        incident.drill
        or incident.commander is not None
        or any(one.is_open for one in incident.pages)
        or moment.policy.pager is None
    ):
        return ()
    waiting = [one for one in part.pages if one.status in (PageStatus.REQUESTED, PageStatus.PAGED)]
    reason = f"{part.label} was merged into {incident.label}"
    return tuple(
        e.PageRequested(number, one.target, reason) for number, one in enumerate(waiting, start=len(incident.pages) + 1)
    )


def unmerge(incident: Incident, command: c.Unmerge, moment: Moment) -> tuple[e.Event, ...]:
    """Open it again as one of its own; the clock restarts."""
    permit(moment, "merge", incident, "take merged incidents apart")
    if incident.status is not Status.MERGED or incident.merged_into is None:
        raise Refused("not_merged", f"{incident.label} is {incident.status.value}.", "Only a merged one is taken out.")
    if incident.merged_into.id != command.other.id:
        raise Refused("merged_elsewhere", f"{incident.label} is part of {incident.merged_into.label}.", "Try again.")
    reason = require_text(command.reason, field="reason", name="The reason")
    due = cadence.next_due(moment.policy.severity(incident.severity), moment.policy, moment.now)
    return (e.IncidentUnmerged(incident.merged_into, reason, due), *again(incident, "merged"))


def release(incident: Incident, other: Incident, reason: str, moment: Moment) -> tuple[e.Event, ...]:
    permit(moment, "merge", incident, "take merged incidents apart")
    part = next((one for one in incident.parts if one.other.id == other.id), None)
    if part is None:
        return ()
    why = require_text(reason, field="reason", name="The reason")
    others = [one for one in incident.parts if one is not part]
    services = tuple(key for key in part.services if not any(key in one.services for one in others))
    followers = tuple(user for user in part.followers if not any(user in one.followers for one in others))
    safety, figures = remaining(incident, other)
    return (
        e.PartReleased(part.other, why, followers, services, staying(incident, part), safety, figures),
        *again(incident, "merged"),
    )
