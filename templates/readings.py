"""What charts say in words, and the moments of an incident that they mark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from bot.analysis.series import Change, PanelData, PanelDocument, Series, change, most_changed
from bot.domain.model import Incident, Status
from templates.quantities import quantity

LABEL_MAX: Final = 22
_NEAR_PEAK: Final = 0.1
_TELLING: Final = 0.5
"""A panel tells something when it went at least half its usual value away from it."""
_WAY_BACK: Final = 0.5
"""It has not recovered while it is further away than half the way back from the worst."""


@dataclass(frozen=True, slots=True)
class ChartContext:
    """What a chart needs to know of its incident. Times are UTC.

    `began` is when impact began, else the declaration; `ended` when it ended (None: it goes on). `moment` says why the
    panels were read. `dark` draws for a dark page.
    """

    label: str
    began: datetime
    declared: datetime
    moment: str = "asked"
    ended: datetime | None = None
    resolved: datetime | None = None
    dark: bool = False

    @classmethod
    def of(cls, incident: Incident, moment: str) -> ChartContext:
        over = incident.status in (Status.RESOLVED, Status.CLOSED)
        return cls(
            label=incident.label,
            began=incident.started_at or incident.declared_at,
            declared=incident.declared_at,
            moment=moment,
            ended=(incident.impact_ended_at or incident.resolved_at) if over else None,
            resolved=incident.resolved_at,
        )

    def darkened(self) -> ChartContext:
        return replace(self, dark=True)


@dataclass(frozen=True, slots=True)
class Reading:
    """A panel in numbers, with their units. `line` names the series that changed most, where there are several.

    `last` is the value at the end of the window, which `last_word` names: "now", or "at the end". `peaked` says that it
    has come back a little from the worst.
    """

    before: str
    worst: str
    last: str
    last_word: str
    peaked: bool
    line: str = ""

    def sentence(self) -> str:
        """`180 ms before, 2.4 s at worst, 190 ms now`; the worst is left out where it is as good as the last."""
        parts = [f"{self.before} before"]
        if self.peaked and self.worst not in (self.before, self.last):
            parts.append(f"{self.worst} at worst")
        parts.append(f"{self.last} {self.last_word}")
        text = ", ".join(parts)
        return f"{text} ({self.line})" if self.line else text


def reading(panel: PanelData, context: ChartContext) -> Reading | None:
    """Read a panel, before against now; None when it has no data."""
    since = context.began.timestamp()
    line = most_changed(panel, since)
    if line is None:
        return None
    moved = change(line, since)
    if moved == Change(None, None, None):
        return None
    return Reading(
        before=quantity(moved.before, panel.unit),
        worst=quantity(moved.worst, panel.unit),
        last=quantity(moved.now, panel.unit),
        last_word="at the end" if context.resolved else "now",
        peaked=_peaked(moved),
        line=name_of(line, panel) if len(panel.series) > 1 else "",
    )


def _peaked(moved: Change) -> bool:
    if moved.worst is None or moved.now is None:
        return False
    return abs(moved.worst - moved.now) > _NEAR_PEAK * abs(moved.worst - (moved.before or 0.0))


def name_of(line: Series, panel: PanelData) -> str:
    """Name a line by the labels that tell it from the others."""
    differing = [
        (key, value)
        for key, value in line.labels
        if any(dict(other.labels).get(key) != value for other in panel.series)
    ]
    words = [value for _, value in differing] if len(differing) == 1 else [f"{key}={value}" for key, value in differing]
    text = " ".join(words) or "value"
    return text if len(text) <= LABEL_MAX else text[: LABEL_MAX - 1] + "…"


def describe(panel: PanelData, context: ChartContext) -> str:
    """Say what a panel shows: `Latency, 99th percentile: 180 ms before, 2.4 s now.`"""
    read = reading(panel, context)
    said = read.sentence() if read else panel.error or "no data"
    return f"{panel.title}: {said.rstrip('.')}."


def unrecovered(document: PanelDocument, context: ChartContext) -> tuple[str, ...]:
    """Name the panels that were still off when they were read: `Checkout, Latency at 2.3 s (180 ms before)`."""
    found = []
    for panel in document.panels:
        line = most_changed(panel, context.began.timestamp())
        moved = change(line, context.began.timestamp()) if line else Change(None, None, None)
        if _off(moved):
            last, before = quantity(moved.now, panel.unit), quantity(moved.before, panel.unit)
            found.append(f"{panel.service_name}, {panel.title} at {last} ({before} before)")
    return tuple(found)


def _off(moved: Change) -> bool:
    if moved.before is None or moved.worst is None or moved.now is None:
        return False
    peak, left = abs(moved.worst - moved.before), abs(moved.now - moved.before)
    return peak > _TELLING * abs(moved.before) and left > _WAY_BACK * peak


def window(document: PanelDocument) -> tuple[datetime, datetime]:
    """Return the times between which the panels were read."""
    return datetime.fromtimestamp(document.start, UTC), datetime.fromtimestamp(document.end, UTC)


def shaded(context: ChartContext, beside: datetime) -> str:
    """Say what the shade stands for: the impact, or only the time since the declaration when nobody said more."""
    began = context.began
    what = f"impact, {clock(began, beside)}" if began != context.declared else f"declared {clock(began, beside)}"
    until = f" to {clock(context.ended, beside)}" if context.ended else " and going on"
    return f"Shaded: {what}{until}."


def clock(at: datetime, beside: datetime | None = None) -> str:
    """Write a time of day; with the day when it is not that of `beside`, and the year when that is another, too."""
    if beside is None or at.date() == beside.date():
        return f"{at:%H:%M}"
    return f"{at.day} {at:%b %H:%M}" if at.year == beside.year else f"{at.day} {at:%b %Y %H:%M}"
