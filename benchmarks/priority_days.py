"""What it costs to follow `/incident staff`, against what responders do otherwise: `make bench-priority`.

Plays the same random days (`benchmarks/days.py` says what they assume) under each policy. Figures go to standard output
as JSON, the tables to standard error. Intervals are bootstrap intervals over days, 95 per cent.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from benchmarks.days import BURST, BUSY, CALM, Weather, World, day
from benchmarks.responders import POLICIES, Shift, optimum, staffed

SEED: Final = 20260302
RESAMPLES: Final = 2000
SHARES: Final = {CALM: 0.35, BUSY: 0.30, BURST: 0.35}
"""How the days are shared out among the weathers."""

SMALL: Final = {
    "all at once, figures exact": (Weather("small", 6, 0, 2, fixed=True), World(error=0)),
    "all at once, figures off": (Weather("small", 6, 0, 2, fixed=True), World()),
    "within 30 minutes, figures exact": (Weather("small", 6, 0.5, 2, fixed=True), World(error=0)),
    "within 30 minutes, figures off": (Weather("small", 6, 0.5, 2, fixed=True), World()),
    "within 4 hours, figures exact": (Weather("small", 6, 4, 2, fixed=True), World(error=0)),
}

WORLDS: Final = {
    "as above": World(),
    "costs spread less (0.5)": World(cost=0.5),
    "costs spread more (1.5)": World(cost=1.5),
    "hours spread less (0.5)": World(hours=0.5),
    "hours spread more (1.5)": World(hours=1.5),
    "figures exact": World(error=0),
    "figures twice as far off (1.0)": World(error=1),
}
"""Other assumptions about the world, for the burst: how much the figures rest on them."""

NAMES: Final = {
    "rank": "rank alone (cost per hour)",
    "rank_pulling": "rank alone, pulling people off lower ranks",
    "severity": "severity, then age",
    "severity_pulling": "severity, then age, pulling people off lower severities",
    "first_come": "first come, first served",
}

_PEERS: Final = ("severity", "severity_pulling")

Costs = dict[str, NDArray[np.float64]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.priority_days", description=__doc__)
    parser.add_argument("days", nargs="?", type=int, default=2000, help="how many days to play (2000)")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    results = measure(asked.days, asked.seed)
    json.dump(results, sys.stdout, indent=2)
    print()
    print("\n".join(table(results)), file=sys.stderr)
    return 0


def measure(days: int, seed: int) -> dict[str, Any]:
    """Return every figure for so many days; of small instances a tenth as many a kind, of other worlds a twentieth."""
    dice = default_rng(seed)
    weathers = {
        weather.name: _compare(weather, World(), max(2, round(days * share)), dice) for weather, share in SHARES.items()
    }
    small = {name: _against_optimum(*kind, max(2, days // 10), dice) for name, kind in SMALL.items()}
    worlds = {name: _compare(BURST, world, max(2, days // 20), dice)["saved"] for name, world in WORLDS.items()}
    return {"days": days, "seed": seed, "weathers": weathers, "optimum": small, "worlds": worlds}


def _compare(weather: Weather, world: World, days: int, dice: Generator) -> dict[str, Any]:
    costs: Costs = {name: np.zeros(days) for name in POLICIES}
    moves = dict.fromkeys(POLICIES, 0)
    for number in range(days):
        incidents = day(weather, dice, world)
        for name, policy in POLICIES.items():
            shift = Shift(incidents, weather.responders, policy).play()
            costs[name][number] = shift.cost
            moves[name] += shift.moves
    return {
        "days": days,
        "incidents": weather.count,
        "hours": weather.within,
        "responders": weather.responders,
        "moves_a_day": {name: round(count / days, 2) for name, count in moves.items()},
        "saved": {name: _saved(costs["staff"], costs[name], dice) for name in NAMES},
    }


def _saved(ours: NDArray[np.float64], theirs: NDArray[np.float64], dice: Generator) -> dict[str, float]:
    """Return the share of their total cost that ours saves, with its interval, and how many days were dearer."""
    picks = dice.integers(0, len(ours), (RESAMPLES, len(ours)))
    spread = 1 - ours[picks].sum(axis=1) / theirs[picks].sum(axis=1)
    low, high = np.quantile(spread, [0.025, 0.975])
    return {
        "share": round(float(1 - ours.sum() / theirs.sum()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "dearer_days": round(float(np.mean(ours > theirs * (1 + 1e-9))), 4),
    }


def _against_optimum(weather: Weather, world: World, days: int, dice: Generator) -> dict[str, float]:
    ratios = np.zeros(days)
    for number in range(days):
        incidents = day(weather, dice, world)
        ours = Shift(incidents, weather.responders, staffed).play().cost
        ratios[number] = ours / optimum(incidents, weather.responders)
    means = ratios[dice.integers(0, days, (RESAMPLES, days))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return {
        "instances": days,
        "over": round(float(ratios.mean() - 1), 4),
        "low": round(float(low - 1), 4),
        "high": round(float(high - 1), 4),
        "worst": round(float(ratios.max() - 1), 4),
    }


def table(results: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the tables for docs/priority.md."""
    weathers = results["weathers"]
    yield "| saved by following the proposals, against | " + " | ".join(_title(*one) for one in weathers.items()) + " |"
    yield "| --- |" + " ---: |" * len(weathers)
    for name, title in NAMES.items():
        yield f"| {title} | " + " | ".join(_interval(one["saved"][name], "share") for one in weathers.values()) + " |"
    yield ""
    yield "| six incidents, two responders | over the optimum, in the mean | worst of all |"
    yield "| --- | ---: | ---: |"
    for name, one in results["optimum"].items():
        yield f"| {name} | {_interval(one, 'over')} | {one['worst']:.1%} |"
    yield ""
    yield "| burst, in other worlds: saved against | severity, then age | the same, pulling people |"
    yield "| --- | ---: | ---: |"
    for name, saved in results["worlds"].items():
        yield f"| {name} | " + " | ".join(_interval(saved[one], "share") for one in _PEERS) + " |"


def _title(name: str, one: dict[str, Any]) -> str:
    return f"{name}: {one['incidents']} in {one['hours']} h, {one['responders']} responders, {one['days']} days"


def _interval(one: dict[str, float], key: str) -> str:
    return f"{one[key]:.1%} ({one['low']:.1%} to {one['high']:.1%})"


if __name__ == "__main__":
    sys.exit(main())
