"""What staffing derives from a situation once: effective weights, times, and who may go where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from bot.domain.staffing import Fire, Person, Situation

SHORTEST: Final = 1 / 12
"""Hours (five minutes): no mitigation is planned to be quicker, so that no index grows without bound."""

_BUSIEST: Final = 0.9
_SPARE_FIRES: Final = 8


@dataclass(frozen=True, slots=True)
class View:
    """A situation with its derived figures, by incident and by person.

    `weight` is the cost per hour plus what the incident costs others by slowing them; `hours` includes being slowed.
    """

    situation: Situation
    fires: dict[str, Fire]
    people: dict[str, Person]
    weight: dict[str, float]
    hours: dict[str, float]

    def time(self, person: Person, fire: Fire, skilled: bool, *, now: bool = True) -> float:
        """Return the hours until this person, once leading, has the fire mitigated.

        A handover is added for whoever leaves another incident `now` or takes this one from somebody. Whoever comes
        later has finished what they were on.
        """
        rules = self.situation.rules
        work = self.hours[fire.incident] * (1 if skilled else rules.unskilled) / (1 - min(person.load, _BUSIEST))
        leaves = now and person.incident in self.fires and person.incident != fire.incident
        takes_over = fire.commander not in (None, person.user)
        return work + (rules.handover.total_seconds() / 3600 if leaves or takes_over else 0)

    def index(self, fire: Fire) -> tuple[bool, float]:
        """Return the fire's place in the queue: safety first, then cost over time to mitigate (Smith's rule)."""
        return (fire.safety, self.weight[fire.incident] / self.hours[fire.incident])

    def is_settling(self, person: Person, fire: Fire) -> bool:
        """Whether this commander took over so lately that they are left alone."""
        since = fire.commander_since
        if fire.commander != person.user or since is None or person.incident not in (None, fire.incident):
            return False
        return self.situation.now - since < self.situation.rules.settled

    def is_tired(self, person: Person) -> bool:
        """Whether this person should be given nothing new."""
        return (person.hours_awake or 0) > self.situation.rules.rest_after

    def takes_more(self, person: Person) -> bool:
        """Whether this person may be given anything beside what they command or work on already."""
        return person.available and not self.is_tired(person)

    def may_work(self, person: Person, fire: Fire, keep: bool) -> bool:
        """Whether the person may be on the fire; `keep` lets nobody leave an incident."""
        stays = person.incident == fire.incident or fire.commander == person.user
        if not self.takes_more(person):
            return stays
        return stays or not (keep and person.incident in self.fires)

    def candidates(self) -> list[Fire]:
        """Return the fires worth the solver's time: those that people are on, and the first in the queue.

        With more fires than people, those far down the queue cannot be led now whatever the others do.
        """
        queue = sorted(self.fires.values(), key=self.index, reverse=True)
        at_work = {person.incident for person in self.people.values()} | {
            fire.incident for fire in queue if fire.commander in self.people
        }
        first = len(self.people) + _SPARE_FIRES
        return [fire for place, fire in enumerate(queue) if place < first or fire.incident in at_work]


def view(situation: Situation) -> View:
    """Derive the figures of a situation."""
    fires = {fire.incident: fire for fire in situation.fires}
    slowed: defaultdict[str, float] = defaultdict(lambda: 1.0)
    worth: defaultdict[str, float] = defaultdict(float)
    for fire in fires.values():
        for other, factor in fire.speeds:
            if other in fires and other != fire.incident:
                slowed[other] *= factor
                # An hour without the tool leaves 1/factor of an hour's progress, so it delays the other by the rest.
                worth[fire.incident] += fires[other].per_hour.expected * (1 - 1 / factor)
    # Where nothing is known of the cost, someone who is free should still go.
    floor = max((fire.per_hour.expected for fire in fires.values()), default=0.0) * 1e-6 or 1e-6
    # Whoever commands is counted on there, whatever else is said of them, until somebody takes over.
    commands = {fire.commander for fire in fires.values()}
    return View(
        situation,
        fires,
        {person.user: person for person in situation.people if person.available or person.user in commands},
        {key: max(fire.per_hour.expected, floor) + worth[key] for key, fire in fires.items()},
        {key: max(fire.hours, SHORTEST) * slowed[key] for key, fire in fires.items()},
    )


def lacking(fire: Fire, team: list[Person]) -> frozenset[str]:
    """Return the skills that a fire needs and nobody on the team has."""
    return fire.skills.difference(*(person.skills for person in team))
