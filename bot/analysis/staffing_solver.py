"""The solver's side of staffing: a small integer program for HiGHS, which scipy brings.

For each person and fire there are up to three yes-or-no variables: leads with every skill on the team, leads without,
helps. The aim of the second stage is Smith's rule for several hands: the sum of cost over time to mitigate of what is
led now, which is the expected fall of the cost per hour. More hands are not assumed to be faster, only skills are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from bot.analysis.staffing_view import View
from bot.domain.staffing import Fire, Part, Person, Place

TIME_LIMIT: Final = 2.0
"""Seconds for each stage; the best plan found until then counts."""

_HELPER_COST: Final = 0.01
_LED_WORTH: Final = 0.001
_SLACK: Final = 1e-7


class Kind(Enum):
    """What a variable means."""

    LEADS_SKILLED = auto()
    LEADS = auto()
    HELPS = auto()


LEADING: Final = (Kind.LEADS_SKILLED, Kind.LEADS)


@dataclass(frozen=True, slots=True)
class Choice:
    """One variable: this person does this on this fire."""

    kind: Kind
    person: Person
    fire: Fire


def solve(view: View, *, keep: bool) -> list[Place] | None:
    """Return who leads and who helps now, or None if the solver found nothing in its time."""
    fires = view.candidates()
    choices = _choices(view, fires, keep)
    if not choices:
        return []
    program = _Program(view, fires, choices)
    rate = [_rate(view, choice) for choice in choices]
    safety = [_safety(view, choice) for choice in choices]
    if any(safety) and not program.hold(safety, share=1.0):
        return None
    if not program.hold([one / max(rate) for one in rate], share=1 - view.situation.rules.worth_moving):
        return None
    found = program.maximise([-_disturbance(view, choice) for choice in choices])
    return None if found is None else _places(view, [one for one, taken in zip(choices, found, strict=True) if taken])


class _Program:
    """The constraints, and what earlier stages asked to hold."""

    def __init__(self, view: View, fires: list[Fire], choices: list[Choice]) -> None:
        self._rows: list[dict[int, float]] = []
        self._upper: list[float] = []
        self._choices = choices
        self._each_person_is_in_one_place()
        for fire in fires:
            self._one_leads(fire)
            self._skills_are_there(fire)
        self._the_settling_stay(view)

    def hold(self, aim: Sequence[float], *, share: float) -> bool:
        """Maximise an aim, and keep that share of it in every later stage; False if nothing was found."""
        found = self.maximise(aim)
        if found is None:
            return False
        best = sum(value for value, taken in zip(aim, found, strict=True) if taken)
        self._add({i: -value for i, value in enumerate(aim) if value}, _SLACK - share * best)
        return True

    def maximise(self, aim: Sequence[float]) -> list[bool] | None:
        """Return the best choice, a yes or no per variable, or None if nothing was found."""
        # Half a second of imports, which change the environment too: only whoever asks for a proposal pays for them.
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        count = len(self._choices)
        data = [(row, i, value) for row, terms in enumerate(self._rows) for i, value in terms.items()]
        rows, columns, values = zip(*data, strict=True)
        matrix: Any = csr_array((values, (rows, columns)), shape=(len(self._rows), count))
        result: Any = milp(
            [-value for value in aim],
            integrality=np.ones(count),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(matrix, -np.inf, np.array(self._upper)),
            options={"time_limit": TIME_LIMIT},
        )
        return None if result.x is None else [bool(value > 0.5) for value in result.x]

    def _add(self, terms: dict[int, float], upper: float) -> None:
        if terms:
            self._rows.append(terms)
            self._upper.append(upper)

    def _where(self, *kinds: Kind, fire: Fire) -> list[int]:
        return [i for i, one in enumerate(self._choices) if one.fire is fire and one.kind in kinds]

    def _each_person_is_in_one_place(self) -> None:
        for user in {choice.person.user for choice in self._choices}:
            self._add({i: 1.0 for i, one in enumerate(self._choices) if one.person.user == user}, 1.0)

    def _one_leads(self, fire: Fire) -> None:
        leading = self._where(*LEADING, fire=fire)
        helping = self._where(Kind.HELPS, fire=fire)
        self._add(dict.fromkeys(leading, 1.0), 1.0)
        # Nobody helps where nobody leads.
        self._add({**dict.fromkeys(helping, 1.0), **dict.fromkeys(leading, -float(len(helping)))}, 0.0)

    def _skills_are_there(self, fire: Fire) -> None:
        skilled = self._where(Kind.LEADS_SKILLED, fire=fire)
        for skill in sorted(fire.skills):
            terms = dict.fromkeys(skilled, 1.0)
            for i in self._where(*Kind, fire=fire):
                if skill in self._choices[i].person.skills:
                    terms[i] = terms.get(i, 0.0) - 1.0
            self._add({i: value for i, value in terms.items() if value}, 0.0)

    def _the_settling_stay(self, view: View) -> None:
        """Commanders who took over lately stay in command."""
        pinned: dict[str, dict[int, float]] = {}
        for i, choice in enumerate(self._choices):
            if choice.kind in LEADING and view.is_settling(choice.person, choice.fire):
                pinned.setdefault(choice.person.user, {})[i] = -1.0
        for terms in pinned.values():
            self._add(terms, -1.0)


def _choices(view: View, fires: list[Fire], keep: bool) -> list[Choice]:
    found = []
    for person in view.people.values():
        for fire in fires:
            if not view.may_work(person, fire, keep):
                continue
            if person.may_command or fire.commander == person.user:
                found += [Choice(kind, person, fire) for kind in (LEADING if fire.skills else LEADING[:1])]
            if person.available and (person.incident == fire.incident or fire.skills & person.skills):
                found.append(Choice(Kind.HELPS, person, fire))
    return found


def _rate(view: View, choice: Choice) -> float:
    if choice.kind is Kind.HELPS:
        return 0.0
    time = view.time(choice.person, choice.fire, choice.kind is Kind.LEADS_SKILLED)
    return view.weight[choice.fire.incident] / time


def _safety(view: View, choice: Choice) -> float:
    """Every led fire of the safety class counts, with all its skills twice, and the quicker one a little more."""
    if not choice.fire.safety or choice.kind is Kind.HELPS:
        return 0.0
    return (2.0 if choice.kind is Kind.LEADS_SKILLED else 1.0) + 0.1 / (1 + view.hours[choice.fire.incident])


def _disturbance(view: View, choice: Choice) -> float:
    """What the last stage avoids: moves first, then helpers who are not needed, then leaving free people idle."""
    moved = choice.person.incident in view.fires and choice.person.incident != choice.fire.incident
    taken = choice.kind in LEADING and choice.fire.commander not in (None, choice.person.user)
    new_helper = choice.kind is Kind.HELPS and choice.person.incident != choice.fire.incident
    led = choice.kind in LEADING
    return float(moved) + float(taken) + _HELPER_COST * float(new_helper) - _LED_WORTH * float(led)


def _places(view: View, chosen: list[Choice]) -> list[Place]:
    found = []
    for choice in chosen:
        before = choice.person.incident
        left = before if before in view.fires and before != choice.fire.incident else None
        part = Part.HELPS if choice.kind is Kind.HELPS else Part.LEADS
        found.append(Place(choice.person.user, choice.fire.incident, part, left))
    return found
