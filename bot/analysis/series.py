"""Stored panel data: its JSON form, and what changed between before an incident and now.

Times are seconds since 1970 (UTC). A value is None where the source had no number (NaN or infinity).
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

NOW_SECONDS: Final = 300.0
"""What counts as "now": the median of the last five minutes, so that one odd sample decides nothing."""

_GAP_STEPS: Final = 1.5


@dataclass(frozen=True, slots=True)
class Series:
    """One line: label pairs, sorted, and (time, value) points in order of time."""

    labels: tuple[tuple[str, str], ...]
    points: tuple[tuple[float, float | None], ...]

    def values(self, start: float = -math.inf, end: float = math.inf) -> list[float]:
        """Return the numbers from `start` (included) to `end` (excluded)."""
        return [value for at, value in self.points if value is not None and start <= at < end]

    def runs(self, step: float) -> list[list[tuple[float, float]]]:
        """Cut the line where points are missing, so that no gap is drawn over."""
        found: list[list[tuple[float, float]]] = [[]]
        known = [(at, value) for at, value in self.points if value is not None]
        for index, point in enumerate(known):
            if index and point[0] - known[index - 1][0] > _GAP_STEPS * step:
                found.append([])
            found[-1].append(point)
        return [run for run in found if run]


@dataclass(frozen=True, slots=True)
class PanelData:
    """One panel's answer. With an `error` (a sentence) it has no series; `left_out` counts lines beyond the limit."""

    service: str
    service_name: str
    key: str
    title: str
    unit: str
    query: str
    series: tuple[Series, ...] = ()
    left_out: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class PanelDocument:
    """Everything that was read at one moment, over one window."""

    start: float
    end: float
    step: float
    panels: tuple[PanelData, ...]

    def services(self) -> tuple[str, ...]:
        """Return the keys of the services, in order, each once."""
        return tuple(dict.fromkeys(panel.service for panel in self.panels))


@dataclass(frozen=True, slots=True)
class Change:
    """What one line did: its usual value before, the value furthest from that since, and its value at the end."""

    before: float | None
    worst: float | None
    now: float | None


def encode(document: PanelDocument) -> bytes:
    """Write the one JSON form that is stored: keys sorted, no spaces, no NaN."""
    wire = asdict(document)
    for panel in wire["panels"]:
        for line in panel["series"]:
            line["labels"] = dict(line["labels"])
    return json.dumps(wire, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def decode(data: bytes) -> PanelDocument:
    """Read what `encode` wrote; raises ValueError for anything else."""
    try:
        wire = json.loads(data)
        panels = tuple(_panel(row) for row in wire["panels"])
        return PanelDocument(float(wire["start"]), float(wire["end"]), float(wire["step"]), panels)
    except (KeyError, TypeError) as error:
        raise ValueError(f"this is no panel document: {error!r}") from error


def _panel(row: Mapping[str, Any]) -> PanelData:
    words = {key: _text(row[key]) for key in ("service", "service_name", "key", "title", "unit", "query", "error")}
    series = tuple(_series(line["labels"], line["points"]) for line in row["series"])
    return PanelData(**words, series=series, left_out=int(row["left_out"]))


def _series(labels: Mapping[str, str], points: Sequence[Sequence[Any]]) -> Series:
    pairs = tuple(sorted((_text(key), _text(value)) for key, value in labels.items()))
    return Series(pairs, tuple((float(at), None if value is None else float(value)) for at, value in points))


def _text(value: Any) -> str:
    """Read a text; halves of a letter, which JSON can hold and a font cannot draw, become question marks."""
    return str(value).encode("utf-8", "replace").decode()


def series_of(labels: Mapping[str, str], samples: Sequence[Sequence[Any]]) -> Series:
    """Read one series as Prometheus gives it: values are text, "NaN" and "+Inf" among them.

    Raises TypeError or ValueError when it is no such thing.
    """
    points = [(float(at), float(value)) for at, value in samples]
    kept = [(at, value if math.isfinite(value) else None) for at, value in points]
    return _series({key: value for key, value in labels.items() if key != "__name__"}, kept)


def change(line: Series, since: float) -> Change:
    """Compare a line before `since` with how it was afterwards."""
    earlier, later = line.values(end=since), line.values(start=since)
    before = statistics.median(earlier) if earlier else None
    if not later:
        return Change(before, None, before)
    worst = max(later) if before is None else max(later, key=lambda value: abs(value - before))
    last = max(at for at, value in line.points if value is not None)
    return Change(before, worst, statistics.median(line.values(start=max(since, last - NOW_SECONDS))))


def most_changed(panel: PanelData, since: float) -> Series | None:
    """Return the line that went furthest from its usual value (from nothing, where it is new); None without lines."""
    return max(panel.series, key=lambda line: _departure(change(line, since)), default=None)


def _departure(moved: Change) -> float:
    return 0.0 if moved.worst is None else abs(moved.worst - (moved.before or 0.0))


def step_for(start: float, end: float, *, points: int = 240, at_least: int = 15) -> int:
    """Return a step in whole seconds, a multiple of `at_least`, that gives about so many points."""
    return at_least * max(1, math.ceil((end - start) / points / at_least))
