"""The open incidents and the people there are, as staffing sees them; and what carrying out its plan means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from bot.domain import cadence
from bot.domain import commands as c
from bot.domain.availability import Word, hours_awake, is_available
from bot.domain.mitigation import Expected, History, time_left
from bot.domain.model import Incident
from bot.domain.policy import PersonPolicy, Policy
from bot.domain.priority.board import Board
from bot.domain.priority.values import Ranked
from bot.domain.staffing import Estimate, Fire, Part, Person, Place, Plan, Proposal, Situation

OPERATIONS: Final = "operations"
LOAD_EACH: Final = 0.25
"""The share of somebody's time that each further incident takes in which they hold a role."""

LOAD_MOST: Final = 0.75
REASON: Final = "proposal for all open incidents"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of people beside the incidents.

    `words` are their own, `elsewhere` those who are busy with what the viewer does not see, `on_call` whom a pager has.
    """

    words: Mapping[str, Word] = field(default_factory=lambda: MappingProxyType({}))
    elsewhere: Collection[str] = ()
    on_call: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Muster:
    """A situation with what it was made from: incidents by id, in the order of the board, and figures for each."""

    situation: Situation
    incidents: Mapping[str, Incident]
    expected: Mapping[str, Expected]
    estimates: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Look:
    """A proposal with what it rests on. `incidents` (by id) are those of the board, `name` is the proposal's digest.

    `unlisted`: nobody stands under `people` in the settings, so only those already at work were considered.
    """

    board: Board
    muster: Muster
    proposal: Proposal
    name: str
    unlisted: bool = False


def muster(
    ranked: Sequence[Ranked],
    incidents: Mapping[str, Incident],
    history: History,
    known: Known,
    policy: Policy,
    *,
    now: datetime,
) -> Muster:
    """Return the situation of a board; `incidents` (by id) holds those on it.

    What is being monitored has been mitigated: waiting for it costs nothing more, so its people are free.
    """
    seen = {one.scored.case.id: incidents[one.scored.case.id] for one in ranked if one.scored.case.id in incidents}
    burning = {key: one for key, one in seen.items() if one.is_open and one.mitigated_at is None}
    expected = {key: history.expected(one.severity, one.services) for key, one in burning.items()}
    estimates = {key: time_left(expected[key], one.shifts, now) for key, one in burning.items()}
    fires = tuple(
        _fire(one, burning[one.scored.case.id], estimates[one.scored.case.id].hours, policy)
        for one in ranked
        if one.scored.case.id in burning
    )
    people = tuple(_people(seen, burning, known, policy, now))
    return Muster(Situation(now, fires, people), burning, expected, estimates)


def _fire(one: Ranked, incident: Incident, hours: float, policy: Policy) -> Fire:
    commander = incident.commander
    return Fire(
        incident=incident.id,
        per_hour=one.scored.score.per_hour,
        hours=hours,
        skills=frozenset(skill for key in incident.services for skill in policy.service(key).skills),
        safety=one.scored.score.safety,
        commander=commander,
        commander_since=incident.shifts.held_since(cadence.COMMANDER, commander) if commander else None,
        speeds=tuple(sorted(one.speeds.items())),
    )


def helper_role(policy: Policy) -> str | None:
    """Return the role of those who bring a skill: operations, else the first that several people may hold."""
    many = [role.key for role in policy.roles if role.many]
    return OPERATIONS if OPERATIONS in many else next(iter(many), None)


def _working(policy: Policy) -> tuple[str, ...]:
    """Return the roles that take somebody's whole time, those that command first."""
    helper = helper_role(policy)
    return (cadence.COMMANDER, cadence.DEPUTY, *((helper,) if helper else ()))


def _people(
    seen: Mapping[str, Incident], burning: Mapping[str, Incident], known: Known, policy: Policy, now: datetime
) -> Iterable[Person]:
    """Yield those of the settings, those at work on what burns, and those on call for it, by id."""
    working = _working(policy)
    held: defaultdict[str, set[str]] = defaultdict(set)
    since: defaultdict[str, list[datetime]] = defaultdict(list)
    at_work: set[str] = set()
    for incident in seen.values():
        for role, holders in incident.roles.items():
            for user in holders:
                held[user].add(incident.id)
                since[user].append(incident.shifts.held_since(role, user) or incident.declared_at)
                if role in working and incident.id in burning:
                    at_work.add(user)
    settings = {person.user: person for person in policy.people}
    for user in sorted({*settings, *at_work, *known.on_call}):
        person, word = settings.get(user, PersonPolicy(user)), known.words.get(user)
        place = _place(user, burning, working)
        further = len(held[user] - {place})
        yield Person(
            user=user,
            skills=frozenset(person.skills),
            may_command=person.may_command,
            available=user not in known.elsewhere
            and is_available(person, now, word=word, at_work=bool(held[user]), on_call=user in known.on_call),
            load=min(further * LOAD_EACH, LOAD_MOST),
            hours_awake=hours_awake(person, now, word=word, on_since=min(since[user], default=None)),
            incident=place,
        )


def _place(user: str, burning: Mapping[str, Incident], working: Sequence[str]) -> str | None:
    """Return the incident that somebody works on: one that they command before others, then the newest."""
    for role in working:
        held = [
            (one.shifts.held_since(role, user) or one.declared_at, one.id)
            for one in burning.values()
            if user in one.roles.get(role, ())
        ]
        if held:
            return max(held)[1]
    return None


def digest(proposal: Proposal, muster: Muster) -> str:
    """Return a short name of what is proposed and what it rests on: another one means that people should look again.

    Costs and times that only moved a little change nothing; who goes where, who waits, and who leads now do.
    """
    plan = proposal.plan
    facts = [
        *sorted(f"{one.user}>{one.incident}>{one.part}>{one.left}" for one in plan.places),
        *sorted(f"{fire.incident}:{fire.commander}:{fire.safety}" for fire in muster.situation.fires),
        *sorted(one.incident for one in plan.waiting),
    ]
    return sha256("\n".join(facts).encode()).hexdigest()[:16]


def moves_nobody(proposal: Proposal, muster: Muster, policy: Policy) -> bool:
    """Whether the plan is what people do already, so that there is nothing to accept."""
    return not any(roles(proposal.plan, muster, policy).values())


def orders(proposal: Proposal, muster: Muster, policy: Policy) -> Mapping[str, tuple[c.Command, ...]]:
    """Return what to carry out on each incident, by id, when the proposal is accepted: roles, then the record of it."""
    name = digest(proposal, muster)
    plan, keep = proposal.plan, proposal.keep
    fires = {fire.incident: fire for fire in muster.situation.fires}
    waits = {one.incident: one.hours for one in plan.waiting}
    found: dict[str, tuple[c.Command, ...]] = {}
    for key, commands in roles(plan, muster, policy).items():
        leader = plan.leader(key)
        if not commands and leader is not None:
            continue
        hours = waits.get(key)
        minutes = None if hours is None else round(hours * 60)
        helpers = tuple(one.user for one in plan.places if one.incident == key and one.part is Part.HELPS)
        # Only what this incident costs: its log is read by people who may not know of the others.
        price, kept = plan.price_of([fires[key]]), keep.price_of([fires[key]])
        found[key] = (*commands, c.AcceptStaffing(name, leader, helpers, minutes, price, kept))
    return found


def roles(plan: Plan, muster: Muster, policy: Policy) -> Mapping[str, tuple[c.Command, ...]]:
    """Return the roles to hand out and to release on each incident, by id; each person is told by one message only."""
    helper = helper_role(policy)
    given = {key: tuple(_given(plan, incident, helper)) for key, incident in muster.incidents.items()}
    told = tuple(sorted({user for one in given.values() for _, user in one}))
    where = {place.user: place for place in plan.places}
    return {
        key: (
            *(
                c.AssignRole(role, user, True, _why(where[user], incident, muster), _others(told, user))
                for role, user in given[key]
            ),
            *_released(plan, incident, where, muster, policy),
        )
        for key, incident in muster.incidents.items()
    }


def _others(told: tuple[str, ...], user: str) -> tuple[str, ...]:
    return tuple(one for one in told if one != user)


def _given(plan: Plan, incident: Incident, helper: str | None) -> Iterable[tuple[str, str]]:
    leader = plan.leader(incident.id)
    if leader is not None and leader != incident.commander:
        yield cadence.COMMANDER, leader
    here = {user for role in (cadence.DEPUTY, helper) if role for user in incident.roles.get(role, ())}
    for place in plan.places:
        if helper and place.incident == incident.id and place.part is Part.HELPS and place.user not in here:
            yield helper, place.user


def _released(
    plan: Plan, incident: Incident, where: Mapping[str, Place], muster: Muster, policy: Policy
) -> Iterable[c.Command]:
    """Yield the releases of those who go elsewhere; a commander whom somebody replaces is released by that."""
    replaced = plan.leader(incident.id) is not None
    for role in _working(policy):
        for user in incident.roles.get(role, ()):
            place = where.get(user)
            if place is None or place.incident == incident.id or (role == cadence.COMMANDER and replaced):
                continue
            yield c.ReleaseRole(role, user, f"{REASON}, moved{_to(muster.incidents[place.incident], incident)}")


def _why(place: Place, incident: Incident, muster: Muster) -> str:
    origin = muster.incidents.get(place.left or "")
    if origin is None or origin.id == incident.id:
        return REASON
    return f"{REASON}, moved{_to(origin, incident, 'from')}"


def _to(other: Incident, incident: Incident, word: str = "to") -> str:
    """Name another incident, unless it is private: what is said here is read by those who do not know of it."""
    return f" {word} another one" if other.private and other.id != incident.id else f" {word} {other.label}"


def minutes_of(hours: float) -> timedelta:
    """Return hours as a length of time in whole minutes, at least one."""
    return timedelta(minutes=max(1, round(hours * 60)))
