"""Places: the order by score, the displayed order, bands, overrides, and what to fix first because it speeds others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.domain.policy import PriorityPolicy, ServicePolicy
from bot.domain.priority.values import Band, Case, Ranked, Score, Scored, Speeds


def by_score(scored: Iterable[Scored]) -> tuple[Scored, ...]:
    """Return the pure order: safety first, then the expected cost of waiting, then age."""
    return tuple(sorted(scored, key=_order))


def settle(order: Sequence[Scored], shown: Sequence[str], margin: float) -> tuple[Scored, ...]:
    """Return the displayed order: as `shown` before (ids), unless costs differ by more than `margin`.

    An incident passes the one above it only if its expected cost is more than `1 + margin` times as high, or if it is
    of the safety class and the other is not. One that was not shown before takes the place that its score gives it.
    """
    before = {key: place for place, key in enumerate(shown)}
    known: list[Scored] = []
    new: list[Scored] = []
    for one in order:
        (known if one.case.id in before else new).append(one)
    known.sort(key=lambda one: before[one.case.id])
    placed: list[Scored] = []
    bars: list[tuple[bool, float]] = []
    for one in known:
        safety, cost = one.score.safety, one.score.per_hour.expected
        place = len(placed)
        while place and (safety, cost) > bars[place - 1]:
            place -= 1
        placed.insert(place, one)
        bars.insert(place, (safety, cost * (1.0 + margin)))
    return _merged(placed, new)


def _merged(placed: Sequence[Scored], new: Sequence[Scored]) -> tuple[Scored, ...]:
    """Put each new one before the first that it is worse than."""
    if not new:
        return tuple(placed)
    merged: list[Scored] = []
    waiting = list(reversed(new))
    for one in placed:
        while waiting and waiting[-1].order < one.order:
            merged.append(waiting.pop())
        merged.append(one)
    return (*merged, *reversed(waiting))


def rank(
    scored: Iterable[Scored],
    now: datetime,
    rules: PriorityPolicy,
    *,
    shown: Sequence[str] = (),
    services: Mapping[str, ServicePolicy] | None = None,
    top: int | None = None,
) -> tuple[Ranked, ...]:
    """Return the displayed order of these incidents; give only those that the viewer may see.

    `shown` is the order displayed before, with its overridden incidents. An override holds until its time is over, and
    within its class: it lifts nothing above an incident where people may come to harm. `services` (by key) is needed
    to say what speeds others. With `top`, only so many places are returned: the rest still counts.
    """
    order = by_score(scored)
    pinned = [one for one in order if is_pinned(one, now)]
    free = [one for one in order if not is_pinned(one, now)] if pinned else order
    displayed = list(settle(free, shown, rules.margin) if shown else free)
    for one in sorted(pinned, key=pinned_place):
        _pin(displayed, one)
    true_place = {one.case.id: place for place, one in enumerate(order, start=1)}
    speeds = speeding(displayed, services) if services else {}
    kept = {one.case.id for one in pinned}
    return tuple(
        Ranked(
            place,
            true_place[one.case.id],
            one,
            band(one.score, rules),
            one.case.id in kept,
            speeds.get(one.case.id, ()),
        )
        for place, one in enumerate(displayed[:top], start=1)
    )


def is_pinned(one: Scored, now: datetime) -> bool:
    """Whether its place is set by hand just now."""
    return one.case.override is not None and now < one.case.override.until


def pinned_place(one: Scored) -> tuple[int, datetime, str]:
    """What those with places set by hand are put in by: the earlier the place, the sooner."""
    override = one.case.override
    assert override is not None
    return override.place, override.at, one.case.id


def _pin(displayed: list[Scored], one: Scored) -> None:
    safe = sum(other.score.safety for other in displayed)
    displayed.insert(pinned_index(one, len(displayed), safe), one)


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


_BANDS = tuple(Band)


def speeding(scored: Iterable[Scored], services: Mapping[str, ServicePolicy]) -> dict[str, tuple[Speeds, ...]]:
    """Return, by incident, which others take longer to mitigate because a tool that they need is lost.

    An incident that lost the tool itself is not slowed by it once more. A tool that several needed services of one
    incident name counts with the largest factor.
    """
    cases = [one.case for one in scored]
    waiting = waiting_for(cases, services)
    lost = {case.id: frozenset(waiting.keys() & set(case.services)) for case in cases}
    # Many incidents may have lost the same tools, and many more wait for those: what is the same is made once.
    known = {gone: slowed_by(waiting[tool] for tool in gone) for gone in set(lost.values())}
    return {key: known[gone] for key, gone in lost.items() if known[gone]}


def waiting_for(cases: Iterable[Case], services: Mapping[str, ServicePolicy]) -> dict[str, dict[str, float]]:
    """Return, by each tool that others are operated with, which incidents would wait for it, and how slowed."""
    waiting: dict[str, dict[str, float]] = {tool.service: {} for one in services.values() for tool in one.operates_with}
    for case in cases:
        for tool in {tool for key in case.services if key in services for tool in services[key].operates_with}:
            if tool.service not in case.services:
                slowed = waiting[tool.service]
                slowed[case.id] = max(slowed.get(case.id, 1.0), tool.slows)
    return waiting


def slowed_by(waiting: Iterable[Mapping[str, float]]) -> tuple[Speeds, ...]:
    """Return everybody who waits for any of several tools, with the largest factor of each."""
    found: dict[str, float] = {}
    for slowed in waiting:
        for other, slows in slowed.items():
            found[other] = max(found.get(other, 1.0), slows)
    return tuple(Speeds(other, slows) for other, slows in sorted(found.items()))


def _order(one: Scored) -> tuple[bool, float, datetime, int, str]:
    return one.order
