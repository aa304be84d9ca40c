"""The displayed order, kept so that any place is found, and any incident moved, without going through all the others.

Most incidents stand where their score puts them, and these are kept sorted. Only the few that do not are placed one by
one: those that were shown before, which the margin may hold, and those whose place is set by hand. So a place is found
in a few bisections, and a change costs a copy of two tables.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import accumulate
from typing import Final

from bot.domain.priority.order import is_pinned, pinned_index, pinned_place, settle
from bot.domain.priority.values import Order, Scored

ONE_BY_ONE: Final = 100
"""Changes up to which each is put in by itself; for more, everything is sorted again."""


class Line:
    """Incidents in the displayed order. Never changes: `after` gives another one. Places count from 0 here."""

    __slots__ = (
        "_apart",
        "_bars",
        "_by_hand",
        "_order",
        "_pinned",
        "_pinned_at",
        "_scored",
        "_settled",
        "_settled_at",
        "_slots",
        "_taken",
        "margin",
        "shown",
    )

    def __init__(self, margin: float) -> None:
        """Begin with nobody. `margin` is the share by which costs must differ to change the shown order."""
        self.margin = margin
        self.shown: tuple[str, ...] = ()
        self._scored: dict[str, Scored] = {}
        self._order: list[Order] = []
        self._by_hand: frozenset[str] = frozenset()
        self._place(())

    def after(
        self, now: datetime, *, changed: Mapping[str, Scored], gone: AbstractSet[str], shown: Sequence[str] | None
    ) -> Line:
        """Return the order with incidents put in or moved, others taken out, and following what was `shown` before.

        `changed` (by id) wins over `gone`. Without `shown` it follows the same as before.
        """
        other = Line(self.margin)
        gone = gone - changed.keys()
        left = [self._scored[key] for key in (*changed, *gone) if key in self._scored]
        # Nothing is taken out that is put back: a table without gaps is copied in one go.
        other._scored = self._scored.copy()
        for key in gone:
            other._scored.pop(key, None)
        other._scored |= changed
        other._order = _moved(self._order, [one.order for one in left], [one.order for one in changed.values()])
        by_hand = {key for key, one in changed.items() if one.case.override is not None}
        other._by_hand = (self._by_hand - {one.case.id for one in left}) | by_hand
        other.shown = self.shown if shown is None else tuple(shown)
        other._place([other._scored[key] for key in other._by_hand if is_pinned(other._scored[key], now)])
        return other

    def _place(self, pinned: Collection[Scored]) -> None:
        """Place those that do not stand where their score puts them."""
        by_hand = {one.case.id for one in pinned}
        settled = settle(
            [self._scored[key] for key in self.shown if key in self._scored and key not in by_hand], self.margin
        )
        self._settled = settled
        self._settled_at = {one.case.id: at for at, one in enumerate(settled)}
        self._apart = sorted(self.by_score(one) for one in (*pinned, *settled))
        # What was shown may hold a cheaper one above a dearer; others stand before the first that is worse than they.
        self._bars = list(accumulate((one.order for one in settled), max))
        self._slots = [at + self._others_before(bar) for at, bar in enumerate(self._bars)]
        self._pinned = self._by_place(sorted(pinned, key=pinned_place))
        self._pinned_at = {one.case.id: at for at, one in self._pinned.items()}
        self._taken = sorted(self._pinned)

    def _by_place(self, pinned: Sequence[Scored]) -> dict[int, Scored]:
        """Put those pinned in one after the other, and return where each stands once all are in."""
        count, safe = len(self._order) - len(pinned), bisect_left(self._order, True, key=lambda order: order[0])
        safe -= sum(one.score.safety for one in pinned)
        put_in = []
        for one in pinned:
            put_in.append(pinned_index(one, count, safe))
            count, safe = count + 1, safe + one.score.safety
        # The last one stays where it was put; each before it takes what the later ones have left free.
        found: dict[int, Scored] = {}
        taken: list[int] = []
        for one, index in zip(reversed(pinned), reversed(put_in), strict=True):
            at = _free(taken, index)
            found[at] = one
            insort(taken, at)
        return found

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[tuple[Scored, int]]:
        """Go through all, each with the place that its score alone would give it."""
        line = list(range(len(self._order)))
        for index in reversed(self._apart):
            del line[index]
        for slot, one in zip(self._slots, self._settled, strict=True):
            line.insert(slot, self.by_score(one))
        for at in self._taken:
            line.insert(at, self.by_score(self._pinned[at]))
        scored, order = self._scored, self._order
        return zip([scored[order[index][-1]] for index in line], line, strict=True)

    def __getitem__(self, place: int) -> Scored:
        """Return who stands at a place, which there must be."""
        if place in self._pinned:
            return self._pinned[place]
        free = place - bisect_left(self._taken, place)
        at = bisect_left(self._slots, free)
        if at < len(self._slots) and self._slots[at] == free:
            return self._settled[at]
        return self._scored[self._order[_free(self._apart, free - at)][-1]]

    def place(self, key: str) -> int | None:
        """Return where an incident stands, or None if it does not."""
        one = self._scored.get(key)
        if one is None or key in self._pinned_at:
            return self._pinned_at.get(key)
        at = self._settled_at.get(key)
        if at is not None:
            return _free(self._taken, self._slots[at])
        return _free(self._taken, self._others_before(one.order) + bisect_left(self._bars, one.order))

    def find(self, key: str) -> Scored | None:
        """Return an incident and its score, or None if it does not stand here."""
        return self._scored.get(key)

    def by_score(self, one: Scored) -> int:
        """Return the place that its score alone would give it."""
        return bisect_left(self._order, one.order)

    def is_pinned(self, key: str) -> bool:
        """Whether its place is set by hand."""
        return key in self._pinned_at

    @property
    def pinned(self) -> Sequence[int]:
        """The places that are set by hand, sorted."""
        return self._taken

    @property
    def pinned_until(self) -> datetime | None:
        """When the next place that is set by hand is free again."""
        ends = (one.case.override.until for one in self._pinned.values() if one.case.override)
        return min(ends, default=None)

    def _others_before(self, order: Order) -> int:
        """How many of those that stand where their score puts them stand before one of that score."""
        index = bisect_left(self._order, order)
        return index - bisect_left(self._apart, index)


def _moved(order: list[Order], left: Collection[Order], come: Collection[Order]) -> list[Order]:
    """Return a sorted list with some taken out and others put in."""
    if len(left) + len(come) > ONE_BY_ONE:
        out = {one[-1] for one in left}
        return sorted([*(one for one in order if one[-1] not in out), *come])
    other = order.copy()
    for one in left:
        del other[bisect_left(other, one)]
    for one in come:
        insort(other, one)
    return other


def _free(taken: Sequence[int], index: int) -> int:
    """Return the number that is at an index (from 0) of those not taken; `taken` is sorted."""
    return index + bisect_right(range(len(taken)), index, key=lambda at: taken[at] - at)
