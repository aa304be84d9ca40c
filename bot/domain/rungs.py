"""Where an incident stands on its reminder ladder: which steps there are for it now, when, and for whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.domain import cadence
from bot.domain.ladder import LEADERS, ON_CALL, OWNER, PAGE, ROOM, Step
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.presence import oncall_groups

LOOK_PATIENCE: Final = timedelta(minutes=2)
"""How long a page waits for the room to be read. The room cannot be read: then rather one page too many than none."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step as it is for an incident now. `recipients` is a word of the ladder or a role.

    `step` is 0 for the heads-up before the due time and counts from 1 for what comes at it and after.

    `users` get it by direct message; nobody who had an earlier one for the same due time is among them. `again` says
    that the room has heard of this due time before.
    """

    step: int
    at: datetime
    recipients: str
    users: tuple[str, ...] = ()
    again: bool = False


def rungs(incident: Incident, policy: Policy, until: datetime | None = None) -> tuple[Rung, ...]:
    """Return the rungs for the current due time, in order of time; empty when nothing is due.

    Of a step that repeats only its latest time up to `until` is there, and the one after. Steps without anybody to
    tell are left out, since a person told at one step is not told again at the next.
    """
    clock = incident.clock
    if clock.due_at is None or not incident.is_open:
        return ()
    due = max(clock.due_at, clock.snoozed_until) if clock.snoozed_until else clock.due_at
    climb = _Climb(incident, policy, due, until)
    steps = policy.severity(incident.severity).steps
    for number, step in enumerate(steps, start=0 if steps[:1] and steps[0].before else 1):
        climb.take(number, step)
    return tuple(sorted(climb.found, key=lambda rung: (rung.at, rung.step)))


def next_rung(incident: Incident, policy: Policy) -> Rung | None:
    """Return the next rung that has not been sent."""
    return next((rung for rung in rungs(incident, policy) if _unsent(rung, incident)), None)


def current_rung(incident: Incident, policy: Policy, now: datetime, *, paging: bool = True) -> Rung | None:
    """Return the latest unsent rung whose time has come: after downtime it stands for all that were missed.

    A page is never passed over for a later step; without `paging` it is.
    """
    ready = [rung for rung in rungs(incident, policy, now) if _unsent(rung, incident) and rung.at <= now]
    page = next((rung for rung in ready if rung.recipients == PAGE), None)
    if page is not None and paging:
        return page
    others = [rung for rung in ready if rung is not page]
    return others[-1] if others else None


def at_once(incident: Incident, policy: Policy, rung: Rung) -> tuple[Rung, ...]:
    """Return the unsent rungs of this one's time, itself among them: each tells somebody else. A page stands alone."""
    return tuple(
        one
        for one in rungs(incident, policy, rung.at)
        if one.at == rung.at and one.recipients != PAGE and _unsent(one, incident)
    )


def _unsent(rung: Rung, incident: Incident) -> bool:
    """Whether a rung is still to come. A reminder stands for every rung up to its time, only a page stands alone."""
    sent = incident.clock.reminded_at
    return rung.recipients == PAGE or sent is None or rung.at > sent


@dataclass(slots=True)
class _Climb:
    """Steps taken one after the other; it remembers who has been told by then."""

    incident: Incident
    policy: Policy
    due: datetime
    until: datetime | None
    found: list[Rung] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    room: bool = False

    def take(self, number: int, step: Step) -> None:
        at = self._at(step)
        if step.before:
            users = self._users(step.tell)
            every = self.policy.severity(self.incident.severity).cadence
            if users and self.incident.clock.snoozed_until is None and step.wait.of(every) < every:
                self.found.append(Rung(number, at, step.tell, users))
            return
        if step.tell == PAGE:
            if not (self.incident.drill or self.incident.clock.paged):
                self.found.append(Rung(number, at, PAGE))
            return
        asked = self._users(step.tell)
        users = tuple(user for user in asked if user not in self.people)
        if step.tell == ROOM or (step.tell == OWNER and not asked):
            self._tell_room(number, step, at)
        elif users or (step.tell == ON_CALL and oncall_groups(self.incident, self.policy)):
            self.people.update(users)
            self.found.append(Rung(number, at, step.tell, users))

    def _tell_room(self, number: int, step: Step, at: datetime) -> None:
        if not step.repeat:
            if not self.room:
                self.found.append(Rung(number, at, ROOM))
            self.room = True
            return
        span = self.policy.span(self.policy.severity(self.incident.severity).cadence)
        horizon = max(filter(None, (self.until, self.incident.clock.reminded_at, at)))
        passed = (horizon - at) // span
        for count in (passed, passed + 1):
            self.found.append(Rung(number, at + span * count, ROOM, again=self.room or count > 0))
        self.room = True

    def _users(self, tell: str) -> tuple[str, ...]:
        person = cadence.owner(self.incident)
        if tell == OWNER:
            return (person,) if person else ()
        if tell in (ROOM, ON_CALL, PAGE):
            return ()
        people = cadence.leaders(self.incident) if tell == LEADERS else self.incident.roles.get(tell, ())
        return tuple(user for user in people if user not in self.incident.left)

    def _at(self, step: Step) -> datetime:
        severity, clock = self.policy.severity(self.incident.severity), self.incident.clock
        wait = self.policy.span(step.wait.of(severity.cadence))
        at = self.due - wait if step.before else self.due + wait
        if step.missed and clock.due_at is not None:
            at = max(at, clock.due_at + self.policy.span(severity.cadence) * (step.missed - 1))
        if step.silent is not None:
            at = max(at, self._heard_at() + self.policy.span(step.silent))
        return at

    def _heard_at(self) -> datetime:
        """When somebody was last heard of, or could first have answered after Firebell was away."""
        times = (self.incident.human_at, self.incident.clock.caught_up, self.incident.clock.spoken_at)
        return max((one for one in times if one is not None), default=self.incident.declared_at)


def catch_up(incident: Incident, policy: Policy, now: datetime) -> Rung | None:
    """Return what is due after Firebell was away: one message. What it did not remind of itself wakes nobody."""
    return current_rung(incident, policy, now, paging=False) or current_rung(incident, policy, now)


def pages_after(incident: Incident, policy: Policy) -> timedelta | None:
    """Return the silence that the step which pages waits for; None when there is no such step, or no such wait."""
    steps = policy.severity(incident.severity).steps
    return next((step.silent for step in steps if step.tell == PAGE), None)


def timer_fits(incident: Incident, policy: Policy, armed: datetime | None) -> bool:
    """Whether the timer stands where the rules want it, or where quiet hours or a look into the room put it."""
    rung, clock = next_rung(incident, policy), incident.clock
    if rung is None or armed is None:
        return rung is None and armed is None
    looked = clock.asked_at + policy.span(LOOK_PATIENCE) if clock.asked_at else None
    return armed in (rung.at, clock.deferred_until, looked)
