"""The reminder ladder as data: whom an update that is due is brought up with, one step after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Final

OWNER: Final = "owner"
"""Whoever owes the update: the communications lead, else the commander."""
LEADERS: Final = "leaders"
"""Commander and deputy."""
ROOM: Final = "room"
"""The incident channel, without a mention of everybody."""
ON_CALL: Final = "oncall"
"""The user groups on call for the affected services, by direct message."""
PAGE: Final = "page"
"""Whoever is on call, through the paging system."""

WORDS: Final = (OWNER, LEADERS, ROOM, ON_CALL, PAGE)
"""Whom a step may tell; anything else is the key of a role, whose holders are told by direct message."""

_URGENT_RANK: Final = 2


@dataclass(frozen=True, slots=True)
class Wait:
    """A time from the due time: a share of the cadence or a span, then held between `at_least` and `at_most`."""

    share: Fraction = Fraction(0)
    span: timedelta = timedelta()
    at_least: timedelta | None = None
    at_most: timedelta | None = None

    def of(self, cadence: timedelta) -> timedelta:
        """Return how long that is for a cadence."""
        found = self.span + cadence * self.share.numerator / self.share.denominator
        if self.at_least is not None:
            found = max(found, self.at_least)
        return found if self.at_most is None else min(found, self.at_most)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: whom to `tell`, and how long `before` or after the due time.

    `repeat` tells them again once a cadence. With `missed` it waits until so many due times have passed without an
    update, with `silent` until nobody has done or said anything for so long.
    """

    tell: str
    wait: Wait = Wait()
    before: bool = False
    repeat: bool = False
    missed: int = 0
    silent: timedelta | None = None


def default_ladder(rank: int, *, working_hours_only: bool) -> tuple[Step, ...]:
    """Return the steps of a severity that names none: the worst ends with a page, the mildest is one message."""
    at_due = Step(OWNER)
    if working_hours_only:
        return (at_due,)
    urgent = rank <= _URGENT_RANK
    third = Wait(Fraction(1, 3), at_most=timedelta(minutes=5) if urgent else None)
    two_thirds = Wait(Fraction(2, 3), at_most=timedelta(minutes=10) if urgent else None)
    page = Step(PAGE, missed=2, silent=timedelta(minutes=15))
    return (
        Step(OWNER, Wait(Fraction(1, 5), at_least=timedelta(minutes=3), at_most=timedelta(minutes=10)), before=True),
        at_due,
        Step(LEADERS, third),
        Step(ROOM, two_thirds),
        Step(ROOM, Wait(Fraction(1)), repeat=True),
        *((page,) if rank == 1 else ()),
    )
