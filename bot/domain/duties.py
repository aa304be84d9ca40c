"""The possible duties of one incident: which come up, whose they are, and when somebody is told of them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain import cadence
from bot.domain.model import Actor, ActorKind, Incident
from bot.domain.policy import Policy
from bot.domain.regulation import (
    PASSED,
    Cause,
    Clock,
    Regulation,
    Reminder,
    Standing,
    State,
    Trigger,
    outstanding,
    possible,
)

LEGAL: Final = "legal"
"""The role of the legal liaison."""

LEADERS: Final = (cadence.COMMANDER, cadence.DEPUTY)

CHASE_AFTER: Final = timedelta(days=1)
"""How long nobody is told again of what no clock runs for: not assessed, not started, or passed."""

LEADERS_FROM: Final = 80
"""Per cent of the time from which on command hears of a duty beside its owner."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Who is told: holders of these roles, and members of these user groups."""

    roles: tuple[str, ...]
    groups: tuple[str, ...] = ()


def arising(incident: Incident, policy: Policy, now: datetime) -> tuple[Cause, ...]:
    """Return what comes up for the incident as it is now and has not before; drills owe nothing to anybody.

    What data is touched is a person's word, else what the catalog says of the services.
    """
    if incident.drill:
        return ()
    hit = [policy.service(key) for key in incident.services]
    said = incident.figures.data_classes
    data = {
        one.casefold() for one in (said.value if said else (kind for service in hit for kind in service.data_classes))
    }
    regions = {region for service in hit for region in service.regions}
    named = {key for service in hit for key in service.regulations}
    found = possible(policy.regulations, named, now.date(), data=data, regions=regions)
    return tuple(
        Cause(
            row.key,
            tuple(service.key for service in hit if row.key in service.regulations),
            tuple(sorted(data.intersection(row.data))) if row.is_met_by(data, regions) else (),
        )
        for row in found
        if row.key not in incident.duties
    )


def open_clocks(incident: Incident, policy: Policy) -> tuple[Clock, ...]:
    """Return what is left to do, by due time; a row that left the book since is in `orphans`."""
    return outstanding(policy.regulations, incident.duties.values(), policy.is_business_day)


def orphans(incident: Incident, policy: Policy) -> tuple[Standing, ...]:
    """Return undecided duties whose row is no longer in the book: nobody can say when they are due."""
    undecided = (State.TO_ASSESS, State.APPLIES)
    return tuple(
        one for key, one in incident.duties.items() if key not in policy.regulations and one.state in undecided
    )


def is_open(incident: Incident, policy: Policy) -> bool:
    """Whether anything is left to do."""
    return bool(open_clocks(incident, policy) or orphans(incident, policy))


def due_reminders(incident: Incident, policy: Policy, now: datetime) -> tuple[Reminder, ...]:
    """Return the reminders whose time has come; of several that one clock missed, the last stands for all."""
    newest: dict[tuple[str, str], Reminder] = {}
    for at, reminder in _pending(incident, policy):
        if at <= now:
            newest[reminder.regulation, reminder.step] = reminder
    return tuple(newest.values())


def next_at(incident: Incident, policy: Policy) -> datetime | None:
    """Return when somebody is told again, None once nothing is left to do."""
    times = [at for at, _ in _pending(incident, policy)]
    if incident.duties_told_at is not None and needs_a_person(incident, policy):
        times.append(incident.duties_told_at + CHASE_AFTER)
    return min(times, default=None)


def needs_a_person(incident: Incident, policy: Policy) -> bool:
    """Whether something waits that no reminder will come for: a clock that has not started, or has run out.

    A report that follows another one waits for that one, whose own clock reminds.
    """
    waiting = (clock for clock in open_clocks(incident, policy) if not _left(incident, clock))
    return bool(orphans(incident, policy)) or any(
        clock.due_at is not None or clock.missing is not Trigger.FILED for clock in waiting
    )


def _pending(incident: Incident, policy: Policy) -> Iterator[tuple[datetime, Reminder]]:
    for clock in open_clocks(incident, policy):
        yield from _left(incident, clock)


def _left(incident: Incident, clock: Clock) -> tuple[tuple[datetime, Reminder], ...]:
    """Return a clock's reminders that were not sent yet; those for another due time do not count."""
    due = clock.due_at
    if due is None:
        return ()
    sent = incident.duties[clock.regulation].reminded.get(clock.step)
    reached = sent.percent if sent and sent.due_at == due else 0
    return tuple(
        (at, Reminder(clock.regulation, clock.step, percent, due))
        for percent, at in (*clock.reminders(), (PASSED, due))
        if percent > reached
    )


def concerns(incident: Incident, actor: Actor, policy: Policy) -> bool:
    """Whether the regulatory matters are for this actor: legal, command, and whoever was asked to decide."""
    return actor.kind is ActorKind.FIREBELL or actor.legal or actor.id in insiders(incident, policy)


def insiders(incident: Incident, policy: Policy) -> frozenset[str]:
    """Return those whom the incident's regulatory matters are for by what they hold or were asked."""
    roles = {LEGAL, *LEADERS, *(row.owner for row in policy.regulations.values() if _is_role(row, policy))}
    holders = (user for role in roles for user in incident.roles.get(role, ()))
    asked = (user for standing in incident.duties.values() for user in standing.deciders.values())
    return frozenset((*holders, *asked))


def groups(policy: Policy) -> tuple[str, ...]:
    """Return the user groups that regulatory matters are for in every incident."""
    owners = (row.owner.removeprefix("@") for row in policy.regulations.values() if row.owner.startswith("@"))
    return tuple(dict.fromkeys(group for group in (policy.legal_group, *owners) if group))


def circle(incident: Incident, policy: Policy, rules: Iterable[str], *, percent: int = 0) -> Circle:
    """Say who is told about these regulations: their owners, and later on (`percent`) command as well.

    Where nobody holds the owner's role, the legal group stands in; where that is empty, command does (see
    `outbox.audience`). The groups' people know of a private incident only once they are in it.
    """
    rows = [policy.regulations[key] for key in rules if key in policy.regulations]
    roles = {row.owner for row in rows if _is_role(row, policy)} or {LEGAL}
    owning = {row.owner.removeprefix("@") for row in rows if row.owner.startswith("@")}
    vacant = any(not incident.roles.get(role) for role in roles)
    if policy.legal_group and (vacant or percent > LEADERS_FROM):
        owning.add(policy.legal_group)
    told = (*sorted(roles), *(LEADERS if percent >= LEADERS_FROM else ()))
    return Circle(told, () if incident.private else tuple(sorted(owning)))


def _is_role(row: Regulation, policy: Policy) -> bool:
    return any(role.key == row.owner for role in policy.roles)
