"""What decides a place: the score, what was shown before, an override, and the class of those that may harm people."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.policy import PriorityPolicy
from bot.domain.priority.values import Band, Score, Scored

_BANDS = tuple(Band)


def by_score(scored: Iterable[Scored]) -> tuple[Scored, ...]:
    """Return the pure order: safety first, then the expected cost of waiting, then age."""
    return tuple(sorted(scored, key=lambda one: one.order))


def settle(shown: Sequence[Scored], margin: float) -> tuple[Scored, ...]:
    """Return incidents in the order in which they were shown before, unless costs differ by more than `margin`.

    An incident passes the one above it only if its expected cost is more than `1 + margin` times as high, or if it is
    of the safety class and the other is not.
    """
    placed: list[Scored] = []
    bars: list[tuple[bool, float]] = []
    for one in shown:
        safety, cost = one.score.safety, one.score.per_hour.expected
        place = len(placed)
        while place and (safety, cost) > bars[place - 1]:
            place -= 1
        placed.insert(place, one)
        bars.insert(place, (safety, cost * (1.0 + margin)))
    return tuple(placed)


def is_pinned(one: Scored, now: datetime) -> bool:
    """Whether its place is set by hand just now."""
    return one.case.override is not None and now < one.case.override.until


def pinned_place(one: Scored) -> tuple[int, datetime, str]:
    """What those with places set by hand are put in by: the earlier the place, the sooner."""
    override = one.case.override
    assert override is not None
    return override.place, override.at, one.case.id


def pinned_index(one: Scored, count: int, safe: int) -> int:
    """Return where (from 0) a place set by hand puts it in among `count` others, of which the first `safe` are safety
    first: within its class, and at its end if there are fewer.
    """
    override = one.case.override
    assert override is not None
    first, last = (0, safe) if one.score.safety else (safe, count)
    return min(max(override.place - 1, first), last)


def band(score: Score, rules: PriorityPolicy) -> Band:
    """Return how bad waiting is; where people may come to harm, it is extreme whatever it costs."""
    if score.safety:
        return Band.EXTREME
    return _BANDS[bisect_right(rules.bands, score.per_hour.expected)]
