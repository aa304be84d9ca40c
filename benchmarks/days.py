"""Random days of incidents: what the simulation of responders assumes about the world.

Every figure here is an assumption, not a measurement. Cost per hour and hours of work are lognormal and independent of
each other; people know both only up to an error; severity is a coarse reading of the same estimate of cost; all
responders are equally able; a fire costs the same every hour until it is mitigated, and one commander works on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

MEDIAN_COST: Final = 1000.0
MEDIAN_HOURS: Final = 1.0
SEVERITY_SHARES: Final = (0.10, 0.20, 0.40, 0.30)
"""The share of incidents that people would call sev1, sev2, sev3 and sev4, by their estimate of cost."""

_CUTS: Final = (1.2816, 0.5244, -0.5244)
"""The normal distribution's quantiles above which 10, 30 and 70 per cent lie."""


@dataclass(frozen=True, slots=True)
class World:
    """How widely costs, hours of work and people's errors about both are spread: standard deviations of logarithms."""

    cost: float = 1.0
    hours: float = 1.0
    error: float = 0.5


@dataclass(frozen=True, slots=True)
class Weather:
    """How many incidents a day has (`count`, Poisson unless `fixed`), within how many hours, and who is there."""

    name: str
    count: float
    within: float
    responders: int
    fixed: bool = False


CALM: Final = Weather("calm", 5, 24, 3)
BUSY: Final = Weather("busy", 15, 24, 2)
BURST: Final = Weather("burst", 12, 0.5, 2, fixed=True)


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident as it is, and as people see it. Times in hours since the day began."""

    number: int
    at: float
    cost: float
    hours: float
    seen_cost: float
    seen_hours: float
    severity: int


def day(weather: Weather, dice: Generator, world: World) -> tuple[Incident, ...]:
    """Return one day's incidents in the order of their coming."""
    count = int(weather.count) if weather.fixed else int(dice.poisson(weather.count))
    times = np.sort(dice.uniform(0, weather.within, count))
    return tuple(_incident(number, float(at), dice, world) for number, at in enumerate(times))


def _incident(number: int, at: float, dice: Generator, world: World) -> Incident:
    cost = MEDIAN_COST * math.exp(world.cost * dice.standard_normal())
    hours = MEDIAN_HOURS * math.exp(world.hours * dice.standard_normal())
    seen_cost = cost * math.exp(world.error * dice.standard_normal())
    seen_hours = hours * math.exp(world.error * dice.standard_normal())
    spread = math.hypot(world.cost, world.error)
    height = math.log(seen_cost / MEDIAN_COST) / spread
    severity = 1 + sum(height < cut for cut in _CUTS)
    return Incident(number, at, cost, hours, seen_cost, seen_hours, severity)
