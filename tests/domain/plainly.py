"""The displayed order in the plainest way there is, to hold the kept one against: sorted, and put in one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.domain.policy import PriorityPolicy, ServicePolicy
from bot.domain.priority import Case, Ranked, Scored, band, by_score


def in_order(
    scored: Iterable[Scored],
    now: datetime,
    rules: PriorityPolicy,
    shown: Sequence[str] = (),
    services: Mapping[str, ServicePolicy] | None = None,
) -> list[Ranked]:
    """Return every place, from 1."""
    order = list(by_score(scored))
    true_place = {one.case.id: place for place, one in enumerate(order, start=1)}
    pinned = [one for one in order if one.case.override and now < one.case.override.until]
    line = _settled([one for one in order if one not in pinned], shown, rules.margin)
    for one in sorted(pinned, key=_by_hand):
        _pin(line, one)
    return [
        Ranked(
            place,
            true_place[one.case.id],
            one,
            band(one.score, rules),
            one in pinned,
            {
                other.case.id: slows
                for other in order
                if (slows := _slows(one.case, other.case, services or {})) is not None
            },
        )
        for place, one in enumerate(line, start=1)
    ]


def _settled(order: list[Scored], shown: Sequence[str], margin: float) -> list[Scored]:
    """Nobody passes for little; what was not shown before stands before the first that is worse than it."""
    line: list[Scored] = []
    for key in shown:
        for one in (one for one in order if one.case.id == key):
            line.append(one)
            while (at := line.index(one)) and _passes(one, line[at - 1], margin):
                line[at - 1], line[at] = one, line[at - 1]
    for one in (one for one in order if one.case.id not in shown):
        worse = [at for at, other in enumerate(line) if other.order > one.order and other.case.id in shown]
        line.insert(worse[0] if worse else len(line), one)
    return line


def _passes(one: Scored, above: Scored, margin: float) -> bool:
    if one.score.safety != above.score.safety:
        return one.score.safety
    return one.score.per_hour.expected > above.score.per_hour.expected * (1 + margin)


def _by_hand(one: Scored) -> tuple[int, datetime, str]:
    assert one.case.override is not None
    return one.case.override.place, one.case.override.at, one.case.id


def _pin(line: list[Scored], one: Scored) -> None:
    assert one.case.override is not None
    safe = sum(other.score.safety for other in line)
    first, last = (0, safe) if one.score.safety else (safe, len(line))
    line.insert(min(max(one.case.override.place - 1, first), last), one)


def _slows(lost: Case, other: Case, services: Mapping[str, ServicePolicy]) -> float | None:
    """How many times as long the other takes while these services are lost, or None where it does not wait for them."""
    tools = [
        tool.slows
        for key in other.services
        if key in services
        for tool in services[key].operates_with
        if tool.service in lost.services and tool.service not in other.services
    ]
    return max(tools, default=None)
