"""A ranked board as somebody sees it, what of it stands on cards, and what changed since it was shown last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from bot.domain.policy import PriorityPolicy, ServicePolicy
from bot.domain.priority.explain import Explanation, explain
from bot.domain.priority.order import rank
from bot.domain.priority.values import Band, Ranked, Scored

ON_CARDS: Final = 10
"""Places that cards tell exactly and are kept current for: each change of one costs an edit of two cards, of which
Slack allows some fifty a minute for everything (docs.slack.dev/apis/web-api/rate-limits).
"""

BEYOND: Final = f"rank {ON_CARDS + 1}+"
"""What cards say of the places after those."""

KEPT: Final = 50
"""Places of the displayed order that are kept. An incident from beyond them comes in where its score puts it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an incident stands among those that whoever reads this may see. Holds no amounts."""

    place: int
    band: Band
    sentence: str

    @property
    def words(self) -> str:
        """The rank as it follows a severity: `rank 1`."""
        return f"rank {self.place}"

    @property
    def rough(self) -> str:
        """The same for cards: `rank 11+` beyond the places that they tell exactly."""
        return self.words if self.place <= ON_CARDS else BEYOND

    @property
    def why(self) -> str:
        """The sentence without the rank that it begins with: `Mostly revenue lost.`"""
        rest = self.sentence.removeprefix(f"Rank {self.place}").lstrip(":, ")
        return rest[:1].upper() + rest[1:]

    @property
    def face(self) -> str:
        """A short digest of what a card shows: cards are drawn anew when it changes."""
        if self.place > ON_CARDS:
            return self.rough
        said = f"{self.words}|{self.band}|{self.sentence}"
        return sha256(said.encode()).hexdigest()[:12]


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


@dataclass(frozen=True, slots=True)
class Board:
    """A displayed order with what is needed to explain it. Made by `lay_out`."""

    ranked: tuple[Ranked, ...]
    margin: float
    places: Mapping[str, int]

    def place_of(self, incident_id: str) -> int | None:
        """Return an incident's place (from 1), or None if it is not on the board."""
        return self.places.get(incident_id)

    def explanation(self, place: int) -> Explanation:
        """Explain a place; raises IndexError for one that there is not."""
        return explain(self.ranked, place, self.margin)

    def standing(self, incident_id: str) -> Standing | None:
        """Return what a card says of an incident's place."""
        place = self.places.get(incident_id)
        if place is None:
            return None
        return Standing(place, self.ranked[place - 1].band, self.explanation(place).sentence)


EMPTY: Final = Board((), 0.0, MappingProxyType({}))


def lay_out(
    scored: Iterable[Scored],
    now: datetime,
    rules: PriorityPolicy,
    shown: Sequence[str] = (),
    services: Mapping[str, ServicePolicy] | None = None,
) -> Board:
    """Rank incidents that somebody may see, following the order in which they were shown before."""
    ranked = rank(scored, now, rules, shown=shown, services=services)
    return Board(ranked, rules.margin, {one.scored.case.id: one.place for one in ranked})


def shown_by(board: Board, others: Mapping[str, Standing]) -> Shown:
    """Return what is to be kept of a public board; `others` are private incidents, each among what those inside see."""
    first = [one.scored.case.id for one in board.ranked[:KEPT]]
    standings = {key: board.standing(key) for key in first[:ON_CARDS]} | dict(others)
    return Shown(tuple(first), {key: one.face for key, one in standings.items() if one is not None})


def moved(before: Shown, board: Board) -> Moved | None:
    """Return the highest place that another incident took over, among those that were shown before and still are.

    None for what comes and goes, since that is told anyway; for a place that was set by hand or that danger to people
    gave, which is told as such; and beyond the places that cards tell.
    """
    now = [one.scored.case.id for one in board.ranked[:KEPT]]
    old = [key for key in before.order if key in board.places]
    for was, one in zip(old, (key for key in now if key in set(old)), strict=False):
        if was == one:
            continue
        place, passed = board.places[one], tuple(old[old.index(was) : old.index(one)])
        mover = board.ranked[place - 1]
        if place > ON_CARDS or mover.overridden or _for_safety(mover, passed, board):
            return None
        return Moved(one, old.index(one) + 1, place, passed)
    return None


def _for_safety(mover: Ranked, passed: tuple[str, ...], board: Board) -> bool:
    others = (board.ranked[board.places[key] - 1] for key in passed)
    return mover.scored.score.safety and not all(one.scored.score.safety for one in others)


def redrawn(before: Shown, after: Shown) -> tuple[str, ...]:
    """Return the incidents whose cards no longer tell the truth, those that went beyond the exact places last."""
    changed = [key for key, face in after.faces.items() if before.faces.get(key) != face]
    return (*changed, *(key for key in before.faces if key not in after.faces))
