"""What was shown of a board, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from bot.domain.priority.board import ON_CARDS, Board, Standing
from bot.domain.priority.values import Ranked

KEPT: Final = 50
"""Places of the displayed order that are kept. An incident from beyond them comes in where its score puts it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown last, by incident id: the first places of the public order, and what stands on cards."""

    order: tuple[str, ...] = ()
    faces: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Moved:
    """One change of the order that people are told of: an incident passed others that it stood below.

    `old` counts only what is still open: what ended above it moved it up without anything having changed.
    """

    incident: str
    old: int
    new: int
    passed: tuple[str, ...]


def shown_by(board: Board, others: Mapping[str, Standing]) -> Shown:
    """Return what is to be kept of a public board; `others` are private incidents, each among what those inside see."""
    first = [one.scored.case.id for one in board[:KEPT]]
    standings = {key: board.standing(key) for key in first[:ON_CARDS]} | dict(others)
    return Shown(tuple(first), {key: one.face for key, one in standings.items() if one is not None})


def moved(before: Shown, board: Board) -> Moved | None:
    """Return the highest place that another incident took over, among those that were shown before and still are.

    None for what comes and goes, since that is told anyway; for a place that was set by hand or that danger to people
    gave, which is told as such; and beyond the places that cards tell.
    """
    first = {one.scored.case.id: one for one in board[:KEPT]}
    old = [key for key in before.order if board.place_of(key) is not None]
    known = set(old)
    for was, one in zip(old, (key for key in first if key in known), strict=False):
        if was == one:
            continue
        mover, passed = first[one], tuple(old[old.index(was) : old.index(one)])
        if mover.place > ON_CARDS or mover.overridden or _for_safety(mover, passed, board):
            return None
        return Moved(one, old.index(one) + 1, mover.place, passed)
    return None


def _for_safety(mover: Ranked, passed: tuple[str, ...], board: Board) -> bool:
    if not mover.scored.score.safety:
        return False
    others = (board[place - 1] for key in passed if (place := board.place_of(key)))
    return not all(one.scored.score.safety for one in others)


def redrawn(before: Shown, after: Shown) -> tuple[str, ...]:
    """Return the incidents whose cards no longer tell the truth, those that went beyond the exact places last."""
    changed = [key for key, face in after.faces.items() if before.faces.get(key) != face]
    return (*changed, *(key for key in before.faces if key not in after.faces))
