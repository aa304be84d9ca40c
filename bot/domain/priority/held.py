"""What keeps an incident from the place that was set for it by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.priority.values import Ranked


class Cause(StrEnum):
    """Why: others are safety first, or were set by hand before it; it is safety first itself; no more are open."""

    SAFETY = "safety"
    BY_HAND = "by_hand"
    ITSELF = "itself"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class Held:
    """What keeps an incident from its place, and the numbers of the incidents that do."""

    cause: Cause
    by: tuple[int, ...] = ()


def held(ranked: Sequence[Ranked], mine: Ranked, asked: int) -> Held | None:
    """Return what keeps an incident from the place (from 1) that was asked for; None where it has it."""
    if mine.place == asked:
        return None
    if mine.place < asked:
        # It would stand lower, but for the last of its class: those of the others begin after it.
        return Held(Cause.ITSELF if mine.scored.score.safety and not ranked[-1].scored.score.safety else Cause.FEW)
    before = ranked[: mine.place - 1]
    safe = [] if mine.scored.score.safety else [one for one in before if one.scored.score.safety]
    if safe:
        return Held(Cause.SAFETY, _numbers(safe))
    return Held(Cause.BY_HAND, _numbers([one for one in before if one.overridden]))


def _numbers(some: Sequence[Ranked]) -> tuple[int, ...]:
    return tuple(one.scored.case.number for one in some)
