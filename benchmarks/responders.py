"""Responders at work on a day's incidents, under one policy or another; and the cheapest plan by trying all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Final

from benchmarks.days import Incident
from bot.analysis.staffing import propose
from bot.domain.catalog import Range
from bot.domain.staffing import Fire, Part, Person, Situation, StaffingRules

RULES: Final = StaffingRules()
HANDOVER: Final = RULES.handover.total_seconds() / 3600
SETTLED: Final = RULES.settled.total_seconds() / 3600
_MIDNIGHT: Final = datetime(2026, 3, 2, tzinfo=UTC)
_LEAST_LEFT: Final = 0.25
"""Where work takes longer than estimated, a quarter of the estimate is always thought to be left."""
_EPSILON: Final = 1e-9
_A_MOMENT: Final = 1e-6
"""Hours (a few milliseconds): a commander is asked about after the half hour, and not in the instant that ends it."""


@dataclass(slots=True)
class Work:
    """One incident under way: hours of work left, who leads it, since when, and who did last."""

    incident: Incident
    left: float
    worked: float = 0.0
    leader: int | None = None
    since: float = 0.0
    before: int | None = None

    @property
    def thought_left(self) -> float:
        """The hours that people believe to be left."""
        return max(self.incident.seen_hours - self.worked, _LEAST_LEFT * self.incident.seen_hours)


Policy = Callable[[float, Sequence[Work], int], dict[int, int]]
"""From the time, what is open, and the number of responders to who should lead what: responder -> incident number."""


@dataclass(slots=True)
class Shift:
    """A day played through: the policy is asked when an incident comes, one is mitigated, or a commander has settled.

    `cost` is what the incidents cost until each was mitigated, at their true figures.
    """

    incidents: Sequence[Incident]
    responders: int
    policy: Policy
    now: float = 0.0
    cost: float = 0.0
    moves: int = 0
    open: list[Work] = field(default_factory=list)

    def play(self) -> Shift:
        """Play the day to its end."""
        coming = list(self.incidents)
        while coming or self.open:
            self._advance(min(coming[0].at if coming else math.inf, self._next_end(), self._next_settled()))
            while coming and coming[0].at <= self.now + _EPSILON:
                one = coming.pop(0)
                self.open.append(Work(one, one.hours))
            if self.open:
                self._follow(self.policy(self.now, self.open, self.responders))
        return self

    def _next_end(self) -> float:
        return min((self.now + work.left for work in self.open if work.leader is not None), default=math.inf)

    def _next_settled(self) -> float:
        times = (work.since + SETTLED + _A_MOMENT for work in self.open if work.leader is not None)
        return min((at for at in times if at > self.now + _EPSILON), default=math.inf)

    def _advance(self, until: float) -> None:
        passed = until - self.now
        self.now = until
        for work in self.open:
            if work.leader is not None:
                work.left -= passed
                work.worked += passed
        ended = [work for work in self.open if work.left <= _EPSILON]
        self.cost += sum(work.incident.cost * (self.now - work.incident.at) for work in ended)
        self.open = [work for work in self.open if work.left > _EPSILON]

    def _follow(self, wanted: dict[int, int]) -> None:
        by_incident = {incident: responder for responder, incident in wanted.items()}
        was_busy = {work.leader for work in self.open}
        for work in self.open:
            leader = by_incident.get(work.incident.number)
            if leader == work.leader:
                continue
            if work.leader is not None:
                work.before, work.leader = work.leader, None
            if leader is not None:
                # Whoever leaves something, or takes something over, needs the time of a handover first.
                if leader in was_busy or work.before not in (None, leader):
                    work.left += HANDOVER
                    work.worked -= HANDOVER
                    self.moves += leader in was_busy
                work.leader, work.since = leader, self.now


def staffed(now: float, open_: Sequence[Work], responders: int) -> dict[int, int]:
    """Follow every proposal of `/incident staff`."""
    at = _MIDNIGHT + timedelta(hours=now)
    fires = [_fire(work) for work in open_]
    on = {work.leader: str(work.incident.number) for work in open_ if work.leader is not None}
    people = [Person(str(number), incident=on.get(number)) for number in range(responders)]
    plan = propose(Situation(at, tuple(fires), tuple(people), RULES)).plan
    return {int(place.user): int(place.incident) for place in plan.places if place.part is Part.LEADS}


def _fire(work: Work) -> Fire:
    leader = work.leader if work.leader is not None else work.before
    return Fire(
        str(work.incident.number),
        Range.exact(work.incident.seen_cost),
        work.thought_left,
        commander=None if leader is None else str(leader),
        commander_since=_MIDNIGHT + timedelta(hours=work.since) if work.leader is not None else None,
    )


def in_order(key: Callable[[Incident], tuple[float, ...]], *, pulls: Callable[[Incident], float] | None) -> Policy:
    """Whoever is free takes the first in an order; with `pulls`, a lower figure also pulls people off their work."""

    def policy(now: float, open_: Sequence[Work], responders: int) -> dict[int, int]:
        led = {work.leader: work for work in open_ if work.leader is not None}
        free = [number for number in range(responders) if number not in led]
        queue = sorted((work for work in open_ if work.leader is None), key=lambda work: key(work.incident))
        for work in queue:
            if free:
                led[free.pop(0)] = work
                continue
            settled = [one for one in led if led[one].leader is not None and now - led[one].since >= SETTLED - _EPSILON]
            if pulls is None or not settled:
                break
            last = max(settled, key=lambda one: key(led[one].incident))
            if pulls(work.incident) < pulls(led[last].incident):
                led[last] = work
        return {number: work.incident.number for number, work in led.items() if number is not None}

    return policy


def _severity(incident: Incident) -> float:
    return incident.severity


def _rank(incident: Incident) -> float:
    return -incident.seen_cost


POLICIES: Final[dict[str, Policy]] = {
    "staff": staffed,
    "rank": in_order(lambda one: (_rank(one),), pulls=None),
    "rank_pulling": in_order(lambda one: (_rank(one),), pulls=_rank),
    "severity": in_order(lambda one: (_severity(one), one.at), pulls=None),
    "severity_pulling": in_order(lambda one: (_severity(one), one.at), pulls=_severity),
    "first_come": in_order(lambda one: (one.at,), pulls=None),
}


def optimum(incidents: Sequence[Incident], responders: int) -> float:
    """Return the least cost of any plan that knows everything beforehand and moves nobody; feasible for up to seven.

    Every order of the incidents is given out one by one to whoever is free first; each best plan is among these.
    """
    return min(_given_out(order, responders) for order in permutations(incidents))


def _given_out(order: Sequence[Incident], responders: int) -> float:
    free = [0.0] * responders
    cost = 0.0
    for incident in order:
        first = min(range(responders), key=free.__getitem__)
        free[first] = max(free[first], incident.at) + incident.hours
        cost += incident.cost * (free[first] - incident.at)
    return cost
