"""Where one more incident would stand beside those of a board, without laying the board out anew for each.

A private incident's card tells its place among the public ones and itself. There may be many such, each with a board of
its own; all of these boards are the public one with a single incident put in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime
from itertools import accumulate

from bot.domain.policy import PriorityPolicy, ServicePolicy
from bot.domain.priority.board import Board, Standing
from bot.domain.priority.explain import sentence
from bot.domain.priority.order import band, is_pinned, pinned_index, pinned_place, slowed_by, waiting_for
from bot.domain.priority.values import Ranked, Scored, Speeds


class Beside:
    """A board made ready to be asked. What it says is what `lay_out` would of the board's incidents and one more.

    That one must not be on the board, nor in the order that was shown before: it takes the place of its score.
    """

    def __init__(
        self, board: Board, now: datetime, rules: PriorityPolicy, services: Mapping[str, ServicePolicy] | None = None
    ) -> None:
        self._now = now
        self._rules = rules
        self._services = services or {}
        free = [one.scored for one in board.ranked if not one.overridden]
        # The displayed order may hold a cheaper one above a dearer; a new one stands before the first that is worse.
        self._worst_so_far = list(accumulate((one.order for one in free), max))
        self._by_score = sorted(one.scored.order for one in board.ranked)
        self._pinned = sorted((one.scored for one in board.ranked if one.overridden), key=pinned_place)
        self._free, self._safe = len(free), sum(one.score.safety for one in free)
        self._waiting = waiting_for((one.scored.case for one in board.ranked), self._services)
        self._slowed: dict[frozenset[str], tuple[Speeds, ...]] = {}

    def standing(self, one: Scored) -> Standing:
        """Say where it would stand."""
        pinned = is_pinned(one, self._now)
        by_score = bisect_left(self._by_score, one.order) + 1
        place = self._pinned_place(one) if pinned else self._free_place(one)
        rated = band(one.score, self._rules)
        ranked = Ranked(place, by_score, one, rated, pinned, self._speeds(one))
        return Standing(place, rated, sentence(ranked))

    def _free_place(self, one: Scored) -> int:
        place = bisect_left(self._worst_so_far, one.order)
        return self._pushed(place, self._pinned, self._free + 1, self._safe + one.score.safety)

    def _pinned_place(self, one: Scored) -> int:
        """Those pinned to earlier places are put in first, and it then; the later ones may push it down."""
        mine = pinned_place(one)
        before = [other for other in self._pinned if pinned_place(other) < mine]
        count, safe = self._free + len(before), self._safe + sum(other.score.safety for other in before)
        place = pinned_index(one, count, safe)
        return self._pushed(place, self._pinned[len(before) :], count + 1, safe + one.score.safety)

    def _pushed(self, place: int, pinned: list[Scored], count: int, safe: int) -> int:
        """Where what stands at an index (from 0) among `count` is (from 1) once others were pinned."""
        for other in pinned:
            place += pinned_index(other, count, safe) <= place
            count, safe = count + 1, safe + other.score.safety
        return place + 1

    def _speeds(self, one: Scored) -> tuple[Speeds, ...]:
        lost = frozenset(self._waiting.keys() & set(one.case.services))
        if lost not in self._slowed:
            self._slowed[lost] = slowed_by(self._waiting[tool] for tool in lost)
        return self._slowed[lost]
