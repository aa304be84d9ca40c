"""How long mitigating an incident takes, from those that were mitigated before.

Durations are taken as lognormal. The logarithm's mean is found in three steps, each of which begins with what the step
before found as if that had been seen `WEIGHT` times: over incidents of the same severity, over those that share an
affected service, over those that share both. Each incident counts in one step, the last that it fits. So a single odd
one moves little, and twenty of a kind decide. The spread is estimated over all of them, beginning with `PRIOR_SPREAD`;
the expected time is exp(mean + spread**2 / 2).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.model import Incident, Status
from bot.domain.shifts import OwnFigure, Shifts
from bot.domain.staffing import Estimate, estimate

PRIOR_MEDIAN: Final = 1.0
"""Hours, where nothing is known: the figure that the simulation in docs/staffing.md begins with."""

PRIOR_SPREAD: Final = 1.0
"""Of the logarithm: two of three incidents within a factor of e."""

WEIGHT: Final = 4.0
SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(days=7)
"""Shorter and longer ones are counted as that long: nobody said earlier, or everybody had gone home."""

LEFT_AT_LEAST: Final = 0.25
"""Work that takes longer than was thought is a quarter from its end, as in the simulation."""


@dataclass(frozen=True, slots=True)
class Past:
    """An incident that was mitigated: how long that took from when somebody took it on."""

    severity: str
    services: frozenset[str]
    hours: float


@dataclass(frozen=True, slots=True)
class Expected:
    """Expected hours, and how many incidents of that severity with a service in common they rest on."""

    hours: float
    alike: int


def past_of(incident: Incident) -> Past | None:
    """Return what an incident teaches; None for a drill, a false alarm, and one whose times are not known."""
    begun = incident.acknowledged_at or incident.declared_at
    if incident.drill or incident.mitigated_at is None or incident.status in (Status.CANCELLED, Status.MERGED):
        return None
    if incident.reopened_at is not None and incident.reopened_at > begun:
        begun = incident.reopened_at
    took = min(max(incident.mitigated_at - begun, SHORTEST), LONGEST)
    return Past(incident.severity, frozenset(incident.services), took / timedelta(hours=1))


class History:
    """What earlier incidents teach; build it once for some of them."""

    def __init__(self, past: Iterable[Past]) -> None:
        self._past = tuple(past)
        logs = [math.log(one.hours) for one in self._past]
        centre = _shrunk(math.log(PRIOR_MEDIAN), logs)
        spread = WEIGHT * PRIOR_SPREAD**2 + sum((one - centre) ** 2 for one in logs)
        self._variance = spread / (WEIGHT + len(logs))

    def expected(self, severity: str, services: Iterable[str]) -> Expected:
        """Return how long one of this severity on these services is expected to take."""
        affected = frozenset(services)
        shared = [one for one in self._past if one.services & affected]
        same = [one for one in self._past if one.severity == severity and not one.services & affected]
        near = [one for one in shared if one.severity != severity]
        both = [one for one in shared if one.severity == severity]
        mean = math.log(PRIOR_MEDIAN)
        for some in (same, near, both):
            mean = _shrunk(mean, [math.log(one.hours) for one in some])
        return Expected(math.exp(mean + self._variance / 2), len(both))


def _shrunk(start: float, logs: list[float]) -> float:
    return (WEIGHT * start + sum(logs)) / (WEIGHT + len(logs))


def left_of(hours: float, worked: timedelta) -> float:
    """Return what is left of so many expected hours after some work: never less than a quarter."""
    return max(hours - worked / timedelta(hours=1), hours * LEFT_AT_LEAST)


def time_left(expected: Expected, shifts: Shifts, now: datetime) -> Estimate:
    """Return the hours to plan with: history less the work done, or the commander's own figure within its bound."""
    history = left_of(expected.hours, shifts.worked(now))
    figure: OwnFigure | None = shifts.figure
    if figure is None:
        return estimate(history)
    return estimate(history, left_of(figure.minutes / 60, now - figure.at), figure.by)
