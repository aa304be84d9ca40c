"""Who goes where when there are more fires than hands: a proposal with its price beside that of moving nobody.

The solver (`staffing_solver`) chooses who works on what now. Its price, and that of the alternative, is then worked out
to the end: whoever gets free takes the next fire by Smith's rule. Of the two the cheaper one is proposed, so that a
move that only looks good for the moment is not.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bot.analysis.staffing_solver import solve
from bot.analysis.staffing_view import View, lacking, view
from bot.domain.catalog import NOTHING
from bot.domain.staffing import Fire, Part, Person, Place, Plan, Proposal, Situation, Waiting

HORIZON: Final = 24.0
"""Hours that are priced for a fire which nobody will be free to lead."""


def propose(situation: Situation) -> Proposal:
    """Propose who leads what, what is left waiting, and what keeping everyone would cost instead."""
    seen = view(situation)
    keep = _plan(seen, _solved(seen, keep=True))
    best = _plan(seen, _solved(seen, keep=False)) if _someone_could_move(seen) else keep
    plan = keep if _merit(seen, keep) <= _merit(seen, best) else best
    resting = tuple(sorted(one.user for one in seen.people.values() if one.available and seen.is_tired(one)))
    return Proposal(plan, keep, resting)


def _solved(seen: View, *, keep: bool) -> list[Place]:
    """Return the solver's places, or things as they are where it ran out of time."""
    found = solve(seen, keep=keep)
    if found is not None:
        return found
    commands = {fire.commander: fire.incident for fire in seen.fires.values() if fire.commander in seen.people}
    return [Place(user, incident, Part.LEADS) for user, incident in commands.items() if user is not None]


def _someone_could_move(seen: View) -> bool:
    return len(seen.fires) > 1 and any(person.incident in seen.fires for person in seen.people.values())


def _merit(seen: View, plan: Plan) -> tuple[int, float, int]:
    """What is compared: people at risk first, then money, then how many are disturbed. Less is better."""
    unled = sum(fire.safety and plan.leader(fire.incident) is None for fire in seen.fires.values())
    return (unled, plan.price.expected, len(plan.moves))


def _plan(seen: View, places: list[Place]) -> Plan:
    places = [*places, *_staying(seen, places)]
    course = _Course(seen, places)
    waiting = tuple(
        Waiting(fire.incident, fire.per_hour, begun, fire.per_hour.times(HORIZON if begun is None else begun))
        for fire in sorted(seen.fires.values(), key=seen.index, reverse=True)
        if (begun := course.begun.get(fire.incident)) != 0
    )
    price = sum((fire.per_hour.times(course.done[key]) for key, fire in seen.fires.items()), NOTHING)
    order = sorted(places, key=lambda place: (place.incident, place.part is Part.HELPS, place.user))
    return Plan(tuple(order), waiting, price, course.done, course.lacking)


def _staying(seen: View, places: Iterable[Place]) -> list[Place]:
    """People whom the solver gave nothing stay where they are, as helpers, if somebody leads there."""
    placed = {place.user for place in places}
    led = {place.incident for place in places if place.part is Part.LEADS}
    return [
        Place(user, person.incident, Part.HELPS)
        for user, person in seen.people.items()
        if person.available and user not in placed and person.incident in led and person.incident is not None
    ]


@dataclass(slots=True)
class _Course:
    """How things are expected to go from a set of places: hours from now until each fire is begun and done."""

    seen: View
    places: list[Place]
    begun: dict[str, float] = field(default_factory=dict)
    done: dict[str, float] = field(default_factory=dict)
    lacking: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        teams: dict[str, list[Person]] = {}
        for place in sorted(self.places, key=lambda one: one.part is Part.HELPS):
            teams.setdefault(place.incident, []).append(self.seen.people[place.user])
        busy = {place.user for place in self.places}
        free = [one for one in self.seen.people.values() if one.user not in busy and self.seen.takes_more(one)]
        ends: list[tuple[float, str]] = []
        for incident, team in teams.items():
            heapq.heappush(ends, (self._begin(self.seen.fires[incident], team, 0.0), incident))
        queue = sorted((one for key, one in self.seen.fires.items() if key not in teams), key=self.seen.index)
        while ends:
            now, incident = heapq.heappop(ends)
            free += [one for one in teams[incident] if self.seen.takes_more(one)]
            while queue and (team := _team(queue[-1], free)):
                fire = queue.pop()
                teams[fire.incident] = team
                free = [one for one in free if one not in team]
                heapq.heappush(ends, (self._begin(fire, team, now), fire.incident))
        for fire in queue:
            self.done[fire.incident] = HORIZON

    def _begin(self, fire: Fire, team: list[Person], now: float) -> float:
        short = lacking(fire, team)
        if short and now == 0:
            self.lacking[fire.incident] = short
        time = self.seen.time(team[0], fire, not short, now=now == 0)
        self.begun[fire.incident] = now
        self.done[fire.incident] = now + time
        return now + time


def _team(fire: Fire, free: list[Person]) -> list[Person]:
    """Return a leader and those who bring the skills that are still needed, found greedily; empty if none can lead."""
    leaders = [person for person in free if person.may_command]
    if not leaders:
        return []
    team = [max(leaders, key=lambda person: (len(fire.skills & person.skills), -person.load))]
    while short := lacking(fire, team):
        helper = max((one for one in free if one not in team), key=lambda one: len(short & one.skills), default=None)
        if helper is None or not short & helper.skills:
            break
        team.append(helper)
    return team
