"""The service catalog as a graph: figures that may be uncertain, dependencies, and how far a failure reaches.

A dependency stands at the dependent: `checkout` depends on `payments`, so a failure runs from `payments` to `checkout`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Range:
    """A figure that may be uncertain: `low` <= `expected` <= `high`. What is not known makes it wide, never zero."""

    low: float
    expected: float
    high: float

    @classmethod
    def exact(cls, value: float) -> Range:
        """Return the range of a figure that is known."""
        return cls(value, value, value)

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def __mul__(self, other: Range) -> Range:
        """Multiply two ranges that are not negative, as every figure of the catalog is."""
        return Range(self.low * other.low, self.expected * other.expected, self.high * other.high)

    def times(self, factor: float) -> Range:
        """Scale by a factor that is not negative."""
        return Range(self.low * factor, self.expected * factor, self.high * factor)


NOTHING: Final = Range.exact(0.0)
UNKNOWN_SHARE: Final = Range(0.2, 0.5, 1.0)
"""What a dependency without a share counts as: half of the failures pass on, maybe a fifth, maybe all."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One dependency: `share` (0..1) of the failures of the service `to` pass on, `after` some time."""

    to: str
    share: Range = UNKNOWN_SHARE
    after: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Tool:
    """A service that responders work with: while it is lost, mitigating takes `slows` times as long (1 or more)."""

    service: str
    slows: float = 1.5


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a failure gets: `share` (0..1) of it arrives at `service`, `after` hours at the earliest.

    `share.low` is the strongest single path. `share.expected` and `share.high` join all paths as if they failed
    independently (noisy-or at every service). Paths that share a link are positively associated, so that the truth
    lies between the two; the exact figure is network reliability, which is #P-hard.
    """

    service: str
    share: Range
    after: float


class Cascades:
    """What failures pass on to, worked out once for each set of failing services and kept.

    Built from the dependencies of each service; links to services that the catalog does not have are left out. Raises
    ValueError for a circle, which `find_cycle` names.
    """

    KEPT: Final = 20_000
    """Sets that are kept; beyond it the memory is emptied, since old sets belong to incidents that are over."""

    def __init__(self, depends_on: Mapping[str, Iterable[Edge]]) -> None:
        edges = {key: tuple(edge for edge in links if edge.to in depends_on) for key, links in depends_on.items()}
        cycle = find_cycle({key: [edge.to for edge in links] for key, links in edges.items()})
        if cycle:
            raise ValueError(f"services depend on each other in a circle: {' -> '.join(cycle)}")
        self._edges = edges
        self._dependents: dict[str, list[str]] = {key: [] for key in edges}
        for key, links in edges.items():
            for edge in links:
                self._dependents[edge.to].append(key)
        self._place = {key: place for place, key in enumerate(self._causes_first())}
        self._known: dict[frozenset[str], tuple[Reach, ...]] = {}

    def of(self, failing: frozenset[str]) -> tuple[Reach, ...]:
        """Return each service that these pass their failure on to: once each, and none that is failing itself."""
        known = self._known.get(failing)
        if known is None:
            if len(self._known) >= self.KEPT:
                self._known.clear()
            known = self._known[failing] = self._spread(failing)
        return known

    def _causes_first(self) -> list[str]:
        waiting = {key: len(links) for key, links in self._edges.items()}
        order = [key for key, count in waiting.items() if not count]
        for key in order:
            for dependent in self._dependents[key]:
                waiting[dependent] -= 1
                if not waiting[dependent]:
                    order.append(dependent)
        return order

    def _spread(self, failing: frozenset[str]) -> tuple[Reach, ...]:
        found = {key: Reach(key, Range.exact(1.0), 0.0) for key in failing if key in self._edges}
        for key in self._downstream(failing):
            low, expected, high, after = 0.0, 1.0, 1.0, float("inf")
            for edge in self._edges[key]:
                cause = found.get(edge.to)
                if cause is None:
                    continue
                low = max(low, cause.share.low * edge.share.low)
                expected *= 1.0 - cause.share.expected * edge.share.expected
                high *= 1.0 - cause.share.high * edge.share.high
                if edge.share.high > 0:
                    after = min(after, cause.after + edge.after / timedelta(hours=1))
            if high < 1.0:
                # Rounding must not turn a range around.
                likely = max(low, 1.0 - expected)
                found[key] = Reach(key, Range(low, likely, max(likely, 1.0 - high)), after)
        return tuple(reach for key, reach in found.items() if key not in failing)

    def _downstream(self, failing: frozenset[str]) -> list[str]:
        seen, waiting = set(failing), list(failing)
        while waiting:
            for dependent in self._dependents.get(waiting.pop(), ()):
                if dependent not in seen:
                    seen.add(dependent)
                    waiting.append(dependent)
        return sorted(seen - failing, key=self._place.__getitem__)


def find_cycle(links: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the keys of one circle, the first repeated at the end; empty if there is none."""
    done: set[str] = set()
    for start in links:
        path: dict[str, None] = {}
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            key, leaving = waiting.pop()
            if leaving:
                del path[key]
                done.add(key)
            elif key in path:
                walked = list(path)
                return (*walked[walked.index(key) :], key)
            elif key not in done:
                path[key] = None
                waiting.append((key, True))
                waiting.extend((other, False) for other in links.get(key, ()))
    return ()
