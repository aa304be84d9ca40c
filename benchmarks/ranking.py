"""What it takes to rank ten thousand open incidents over a graph of a thousand services.

Run: python -m benchmarks.ranking

Times are CPU time, medians over a few runs, so that what else the machine does counts for little. `rank_ms` lays the
board out from scores that are known, following the order that was shown, and hands out every place; `rank_top_ms` the
first fifty, more than any list in the chat shows. `rerank_one_ms` is what one change costs while the board is kept:
its incident is scored again, the board follows, and what its card says and the first fifty places are drawn from it;
`rerank_worst_ms` is the dearest such change that was tried. `score_ms` scores all with what failures pass on to already
known, `first_score_ms` with nothing known.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from bot.config import load
from bot.domain.catalog import Edge, Range, Tool
from bot.domain.policy import Policy, ServicePolicy
from bot.domain.priority import Board, Case, Figure, Impact, Override, Safety, Scored, Scorer, lay_out

SERVICES: Final = 1_000
INCIDENTS: Final = 10_000
DEPENDENCIES: Final = 3
LAYERS: Final = 5
TOOLS: Final = 10
SHOWN: Final = 50
RUNS: Final = 7
CHANGES: Final = 200
SEED: Final = 20261121
NOW: Final = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def catalog(dice: Random) -> Policy:
    """Return services in five layers, each depending on up to three of the layer below and operated with two tools."""
    width = SERVICES // LAYERS
    services = []
    for number in range(SERVICES):
        layer = number // width
        below = [f"s{(layer - 1) * width + dice.randrange(width)}" for _ in range(DEPENDENCIES)] if layer else []
        edges = (
            Edge(key, Range.exact(dice.random()), timedelta(minutes=dice.randrange(60))) for key in dict.fromkeys(below)
        )
        services.append(
            ServicePolicy(
                f"s{number}",
                f"Service {number}",
                tier=1 + layer,
                revenue_per_hour=Range.exact(dice.lognormvariate(6, 1.5)),
                customers=dice.randrange(5_000),
                depends_on=tuple(edges),
                operates_with=tuple(Tool(f"s{dice.randrange(TOOLS)}") for _ in range(2)),
            )
        )
    return replace(load({}).policy, services=tuple(services))


def incidents(dice: Random, policy: Policy) -> list[Case]:
    """Return incidents on one service each, half of them with a figure that a person set."""
    severities = [one.key for one in policy.severities]
    return [
        Case(
            f"i{number}",
            number,
            dice.choice(severities),
            NOW - timedelta(minutes=dice.randrange(600)),
            (f"s{dice.randrange(SERVICES)}",),
            Impact(degraded=Figure(dice.random(), "UANA", NOW)) if dice.random() < 0.5 else Impact(),
        )
        for number in range(INCIDENTS)
    ]


def _median_ms(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return round(statistics.median(taken) * 1000, 2)


def changes(dice: Random, cases: list[Case]) -> list[Case]:
    """Return incidents of which something became known, of each kind that a rank depends on."""
    return [
        dice.choice(
            [
                replace(case, impact=Impact(revenue_per_hour=Figure(dice.lognormvariate(7, 2), "UANA", NOW))),
                replace(case, services=(f"s{dice.randrange(SERVICES)}", f"s{dice.randrange(TOOLS)}")),
                replace(case, safety=Safety("Dosing may stop.", "UANA", NOW)),
                replace(case, override=Override(3, "The board meets.", "UBEA", NOW, NOW + timedelta(hours=1))),
            ]
        )
        for case in dice.sample(cases, CHANGES)
    ]


def one_by_one(board: Board, changed: list[Case], scorer: Scorer) -> list[float]:
    """Return what each change costs in milliseconds, one after the other, as the board that is kept follows them."""
    taken = []
    for case in changed:
        started = time.process_time()
        board = board.after(NOW, changed=[Scored(case, scorer.score(case, NOW))])
        board.standing(case.id)
        _ = board[:SHOWN]
        taken.append((time.process_time() - started) * 1000)
    return taken


def measure() -> dict[str, Any]:
    """Return medians in milliseconds."""
    dice = Random(SEED)
    policy = catalog(dice)
    cases = incidents(dice, policy)
    scorer = Scorer(policy)

    def score_all(by: Scorer) -> list[Scored]:
        return [Scored(case, by.score(case, NOW)) for case in cases]

    scored = score_all(scorer)
    shown = [one.scored.case.id for one in lay_out(scored, NOW, policy.priority)[:SHOWN]]

    def board() -> Board:
        return lay_out(scored, NOW, policy.priority, shown, scorer.services)

    one = one_by_one(board(), changes(dice, cases), scorer)
    return {
        "services": SERVICES,
        "incidents": INCIDENTS,
        "shown": SHOWN,
        "changes": CHANGES,
        "rank_ms": _median_ms(lambda: list(board())),
        "rank_top_ms": _median_ms(lambda: board()[:SHOWN]),
        "rerank_one_ms": round(statistics.median(one), 2),
        "rerank_worst_ms": round(max(one), 2),
        "score_ms": _median_ms(lambda: score_all(scorer)),
        "first_score_ms": _median_ms(lambda: score_all(Scorer(policy))),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
