"""A ranked board as somebody sees it, and what of it stands on cards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, overload

from bot.domain.policy import PriorityPolicy, ServicePolicy
from bot.domain.priority.explain import Explanation, explain, sentence
from bot.domain.priority.held import Held, held
from bot.domain.priority.line import Line
from bot.domain.priority.order import band
from bot.domain.priority.tools import Tools
from bot.domain.priority.values import Band, Ranked, Scored

ON_CARDS: Final = 10
"""Places that cards tell exactly and are kept current for: each change of one costs an edit of two cards, of which
Slack allows some fifty a minute for everything (docs.slack.dev/apis/web-api/rate-limits).
"""

BEYOND: Final = f"rank {ON_CARDS + 1}+"
"""What cards say of the places after those."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an incident stands among those that whoever reads this may see. Holds no amounts.

    `held` says what keeps it from a place that was set by hand.
    """

    place: int
    band: Band
    sentence: str
    held: Held | None = None

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


class Board(Sequence[Ranked]):
    """A displayed order with what is needed to explain it: a sequence of the places, each made when it is asked for.

    Never changes: `after` gives another one, which costs little where little changed. Begun by `lay_out`.
    """

    __slots__ = ("_line", "_rules", "_tools")

    def __init__(self, line: Line, tools: Tools, rules: PriorityPolicy) -> None:
        self._line = line
        self._tools = tools
        self._rules = rules

    def after(
        self,
        now: datetime,
        *,
        changed: Iterable[Scored] = (),
        gone: Collection[str] = (),
        shown: Sequence[str] | None = None,
    ) -> Board:
        """Return the board once incidents came or `changed`, and others (by id) are `gone`.

        It is the one that `lay_out` would make of them all, at a fraction of the cost. Without `shown` it follows the
        same order as before.
        """
        come = {one.case.id: one for one in changed}
        left = [before.case for key in (*come, *gone) if (before := self._line.find(key)) is not None]
        line = self._line.after(now, changed=come, gone=frozenset(gone), shown=shown)
        return Board(line, self._tools.after(left, [one.case for one in come.values()]), self._rules)

    @overload
    def __getitem__(self, at: int) -> Ranked: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Ranked, ...]: ...
    def __getitem__(self, at: int | slice) -> Ranked | tuple[Ranked, ...]:
        if isinstance(at, slice):
            return tuple(self[place] for place in range(*at.indices(len(self))))
        if not -len(self) <= at < len(self):
            raise IndexError(f"there is no place {at + 1} among {len(self)}")
        place = at % len(self)
        one = self._line[place]
        return self._ranked(one, place, self._line.by_score(one))

    def __len__(self) -> int:
        return len(self._line)

    def __iter__(self) -> Iterator[Ranked]:
        rules, is_pinned, sped_up_by = self._rules, self._line.is_pinned, self._tools.sped_up_by
        for place, (one, by_score) in enumerate(self._line, start=1):
            case = one.case
            yield Ranked(place, by_score + 1, one, band(one.score, rules), is_pinned(case.id), sped_up_by(case))

    def _ranked(self, one: Scored, place: int, by_score: int) -> Ranked:
        return Ranked(
            place + 1,
            by_score + 1,
            one,
            band(one.score, self._rules),
            self._line.is_pinned(one.case.id),
            self._tools.sped_up_by(one.case),
        )

    @property
    def by_hand(self) -> tuple[Ranked, ...]:
        """The places that are set by hand, in order."""
        return tuple(self[place] for place in self._line.pinned)

    @property
    def holds_until(self) -> datetime | None:
        """When a place that is set by hand ends next: from then on `after` gives another order."""
        return self._line.pinned_until

    @property
    def shown(self) -> tuple[str, ...]:
        """The order of before that this one follows."""
        return self._line.shown

    def place_of(self, incident_id: str) -> int | None:
        """Return an incident's place (from 1), or None if it is not on the board."""
        place = self._line.place(incident_id)
        return None if place is None else place + 1

    def explanation(self, place: int) -> Explanation:
        """Explain a place (from 1); raises IndexError for one that there is not."""
        return explain(self, place, self._line.margin)

    def standing(self, incident_id: str) -> Standing | None:
        """Return what a card says of an incident's place."""
        place = self.place_of(incident_id)
        if place is None:
            return None
        one = self[place - 1]
        override = one.scored.case.override if one.overridden else None
        kept = held(self, one, override.place) if override else None
        return Standing(place, one.band, sentence(one), kept)


def lay_out(
    scored: Iterable[Scored],
    now: datetime,
    rules: PriorityPolicy,
    shown: Sequence[str] = (),
    services: Mapping[str, ServicePolicy] | None = None,
) -> Board:
    """Rank incidents that somebody may see, following the order in which they were `shown` before, with its overrides.

    An override holds until its time is over, and within its class: it lifts nothing above an incident where people may
    come to harm. `services` (by key) is needed to say what speeds others.
    """
    return Board(Line(rules.margin), Tools(services or {}), rules).after(now, changed=scored, shown=shown)


EMPTY: Final = lay_out((), datetime(1970, 1, 1, tzinfo=UTC), PriorityPolicy())
