"""One sentence that says why an incident has its place, and the number that would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.domain.priority.values import Factor, Key, Ranked

MOSTLY: Final = 0.8
"""From this share of the cost on, one factor alone is named."""

_CALLED: Final[Mapping[Key, str]] = MappingProxyType(
    {
        Key.REVENUE: "revenue lost",
        Key.CUSTOMERS: "customers affected",
        Key.REGULATION: "data or people exposed",
        Key.CASCADE: "what depends on it",
        Key.BACKLOG: "its growing backlog",
        Key.BUDGET: "error budget burnt",
    }
)


@dataclass(frozen=True, slots=True)
class Flip:
    """What would change a place: two neighbours swap once `factor` of `incident` goes from `now` beyond `to`.

    Both are currency per hour of expected cost. `incident` is the explained one, or the one below it where the
    explained one would stay whatever became of its main factor; `other` is the neighbour (both are numbers).
    """

    factor: Key
    now: float
    to: float
    incident: int
    other: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """`sentence` is for everyone and holds no amounts; `flip` is for those who may see them.

    `flip` is None where no amount changes the place: safety decides, an override holds, or nothing stands beside it.
    """

    sentence: str
    flip: Flip | None = None


def explain(ranked: Sequence[Ranked], place: int, margin: float) -> Explanation:
    """Explain one place (from 1) of a displayed order; raises IndexError for a place that it does not have.

    `margin` is the one that the displayed order is settled with.
    """
    if not 1 <= place <= len(ranked):
        raise IndexError(f"there is no place {place} among {len(ranked)}")
    one = ranked[place - 1]
    return Explanation(sentence(one), None if one.overridden else _flip(ranked, place, margin))


def sentence(one: Ranked) -> str:
    """Say why it has its place, without amounts."""
    return f"{_why(one)}{_held(one)}{_speeding(one)}."


def _why(one: Ranked) -> str:
    """Danger to people is said first, whatever else holds the place."""
    by_hand = ""
    if one.overridden and one.scored.case.override:
        by_hand = f"set by hand: {one.scored.case.override.reason.rstrip('.')}"
    if one.scored.score.safety and one.scored.case.safety:
        danger = f"Rank {one.place}, safety first: {one.scored.case.safety.reason.rstrip('.')}"
        return f"{danger}. Also {by_hand}" if by_hand else danger
    if by_hand:
        return f"Rank {one.place}, {by_hand}"
    parts = sorted(one.scored.score.factors, key=lambda factor: -factor.per_hour.expected)
    if not parts or parts[0].per_hour.expected <= 0:
        return f"Rank {one.place}: waiting is not known to cost anything"
    share = parts[0].per_hour.expected / one.scored.score.per_hour.expected
    if share >= MOSTLY or len(parts) == 1 or parts[1].per_hour.expected <= 0:
        return f"Rank {one.place}: mostly {_CALLED[parts[0].key]}"
    return f"Rank {one.place}: {_CALLED[parts[0].key]}, then {_CALLED[parts[1].key]}"


def _held(one: Ranked) -> str:
    if one.overridden or one.place == one.by_score:
        return ""
    return f" (by score alone it would be rank {one.by_score})"


def _speeding(one: Ranked) -> str:
    count = len(one.speeds)
    return f". Fix first: speeds {count} other{'s' if count > 1 else ''}" if count else ""


def _flip(ranked: Sequence[Ranked], place: int, margin: float) -> Flip | None:
    """Return the smallest change of the main factor that moves it up a place; for rank 1, down one."""
    one = ranked[place - 1]
    main = one.scored.score.main
    if main is None:
        return None
    if place > 1:
        return _rise(one, ranked[place - 2], main, margin)
    return _fall(one, ranked[1], main, margin) if len(ranked) > 1 else None


def _rise(one: Ranked, above: Ranked, main: Factor, margin: float) -> Flip | None:
    if above.overridden or above.scored.score.safety != one.scored.score.safety:
        return None
    rest = one.scored.score.per_hour.expected - main.per_hour.expected
    needed = above.scored.score.per_hour.expected * (1.0 + margin) - rest
    return Flip(main.key, main.per_hour.expected, needed, one.scored.case.number, above.scored.case.number)


def _fall(one: Ranked, below: Ranked, main: Factor, margin: float) -> Flip | None:
    if below.overridden or below.scored.score.safety != one.scored.score.safety:
        return None
    rest = one.scored.score.per_hour.expected - main.per_hour.expected
    needed = below.scored.score.per_hour.expected / (1.0 + margin) - rest
    if needed < 0:
        # The rest alone keeps it there: what would have to happen happens to the other.
        theirs = below.scored.score.main
        return _rise(below, one, theirs, margin) if theirs else None
    return Flip(main.key, main.per_hour.expected, needed, one.scored.case.number, below.scored.case.number)
