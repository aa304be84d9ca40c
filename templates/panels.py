"""The kept panel document, read into values. Shared by charts and tables; knows no drawing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

MINUS: Final = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Series:
    """One line: `times` in epoch seconds, `values` in the panel's unit."""

    label: str
    times: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PanelData:
    """One panel as it was kept. `error` is a sentence when there is nothing to draw."""

    service: str
    key: str
    title: str
    unit: str
    error: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class PanelDocument:
    """All panels of one collection; times in epoch seconds."""

    start: float
    end: float
    step: float
    panels: tuple[PanelData, ...]


@dataclass(frozen=True, slots=True)
class Contrast:
    """A panel in two numbers: the median before the incident, and the most telling value during it."""

    before: float | None
    during: float | None
    worst: float | None


def read(document: bytes) -> PanelDocument:
    """Read the JSON document; raises ValueError if it is none of ours."""
    try:
        data = json.loads(document)
        panels = tuple(_panel(panel) for panel in data["panels"])
        return PanelDocument(float(data["start"]), float(data["end"]), float(data["step"]), panels)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is no panel document") from error


def _panel(panel: dict[str, Any]) -> PanelData:
    series = tuple(_series(one, number) for number, one in enumerate(panel["series"], start=1))
    return PanelData(
        str(panel["service"]),
        str(panel["key"]),
        str(panel["title"]),
        str(panel["unit"]),
        str(panel["error"]),
        tuple(one for one in series if one.times),
    )


def _series(data: dict[str, Any], number: int) -> Series:
    labels = {key: value for key, value in data["labels"].items() if key != "__name__"}
    label = ", ".join(f"{key} {value}" for key, value in sorted(labels.items())) or f"series {number}"
    points = [(float(at), float(value)) for at, value in data["points"]]
    return Series(label, tuple(at for at, _ in points), tuple(value for _, value in points))


def contrast(panel: PanelData, began: float, ended: float | None) -> Contrast:
    """Compare before with during: medians, and the value furthest from the one before."""
    before, during = [], []
    for series in panel.series[:1]:
        for at, value in zip(series.times, series.values, strict=True):
            if at < began:
                before.append(value)
            elif ended is None or at <= ended:
                during.append(value)
    usual = median(before) if before else None
    worst = max(during, key=lambda value: abs(value - (usual or 0.0))) if during else None
    return Contrast(usual, median(during) if during else None, worst)
