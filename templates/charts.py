"""Charts of kept panels: one picture for each service, its panels under each other, before against now.

matplotlib is imported when something is drawn, since it takes most of a second. Colours are from Okabe and Ito's
palette, which people with any kind of colour blindness can tell apart; the window is also hatched and labelled.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final

from templates.panels import Contrast, PanelData, PanelDocument, contrast, read, value_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_INCHES: Final = 8.0
PANEL_INCHES: Final = 1.9
HEAD_INCHES: Final = 0.75
DPI: Final = 125

INK: Final = "#1f2328"
FAINT: Final = "#6a737d"
GRID: Final = "#e4e7eb"
PAPER: Final = "#ffffff"
WINDOW: Final = "#d55e00"
LINES: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
MOST_LINES: Final = len(LINES)


@dataclass(frozen=True, slots=True)
class ChartContext:
    """What a chart must know of its incident. Times in epoch seconds; `ended` None while it runs."""

    label: str
    began: float
    declared: float
    ended: float | None
    service_names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A PNG, its file name, and what it shows in words."""

    name: str
    png: bytes
    alt: str


def draw_charts(document: bytes, context: ChartContext) -> list[Chart]:
    """Draw every service of a kept panel document; panels without data say why. Raises ValueError for other bytes."""
    panels = read(document)
    names = dict(context.service_names)
    charts = []
    for service, rows in groupby(sorted(panels.panels, key=lambda panel: panel.service), lambda panel: panel.service):
        group = list(rows)
        name = names.get(service, service)
        png = _draw(name, group, panels, context)
        charts.append(Chart(f"{context.label.lower()}-{service}.png", png, alt_text(name, group, context)))
    return charts


def alt_text(name: str, panels: Sequence[PanelData], context: ChartContext) -> str:
    """Say in words what the picture shows: each panel before and during the incident."""
    parts = []
    for panel in panels:
        if panel.error:
            parts.append(f"{panel.title}: {panel.error}")
            continue
        found = contrast(panel, context.began, context.ended)
        parts.append(f"{panel.title}: {_told(found, panel.unit)}")
    return f"{name}. " + "; ".join(parts)


def _told(found: Contrast, unit: str) -> str:
    if found.before is None:
        return f"{value_text(found.during, unit)} during"
    return f"{value_text(found.before, unit)} before, {value_text(found.worst, unit)} at worst"


def _draw(name: str, panels: Sequence[PanelData], document: PanelDocument, context: ChartContext) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = HEAD_INCHES + PANEL_INCHES * len(panels)
    figure = Figure(figsize=(WIDTH_INCHES, height), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    top = 1 - HEAD_INCHES / height * 0.72
    figure.subplots_adjust(left=0.105, right=0.965, top=top - 0.25 / height, bottom=0.42 / height, hspace=0.62)
    _head(figure, name, context, height)
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)
    for panel, axis in zip(panels, axes[:, 0], strict=True):
        _panel(axis, panel, document, context)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _head(figure: Figure, name: str, context: ChartContext, height: float) -> None:
    y = 1 - 0.2 / height
    figure.text(0.02, y, name, fontsize=13, fontweight="bold", color=INK, va="center")
    when = f"{context.label} · times in UTC · shaded: the incident"
    figure.text(0.98, y, when, fontsize=8.5, color=FAINT, ha="right", va="center")


def _panel(axis: Axes, panel: PanelData, document: PanelDocument, context: ChartContext) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_facecolor(PAPER)
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)
    axis.spines["bottom"].set_color(GRID)
    axis.tick_params(colors=FAINT, labelsize=8, length=0)
    axis.grid(axis="y", color=GRID, linewidth=0.8)
    axis.set_axisbelow(True)
    axis.set_xlim(_moment(document.start), _moment(document.end))  # type: ignore[arg-type]
    locator = AutoDateLocator(minticks=4, maxticks=8, tz=UTC)  # type: ignore[no-untyped-call]
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=UTC, show_offset=False))  # type: ignore[no-untyped-call]
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: value_text(value, panel.unit)))
    axis.yaxis.set_major_locator(MaxNLocator(nbins=4))
    _title(axis, panel, context)
    if panel.error:
        axis.set_yticks([])
        axis.text(0.5, 0.45, panel.error, transform=axis.transAxes, ha="center", color=FAINT, fontsize=9, wrap=True)
        return
    _lines(axis, panel)
    _window(axis, document, context)
    _usual(axis, panel, document, context)


def _title(axis: Axes, panel: PanelData, context: ChartContext) -> None:
    axis.set_title(panel.title, loc="left", fontsize=9.5, color=INK, pad=5)
    if not panel.error:
        found = contrast(panel, context.began, context.ended)
        axis.set_title(_told(found, panel.unit), loc="right", fontsize=9, color=INK, pad=5)


def _lines(axis: Axes, panel: PanelData) -> None:
    several = len(panel.series) > 1
    for number, series in enumerate(panel.series[:MOST_LINES]):
        times = [_moment(at) for at in series.times]
        color = LINES[number]
        axis.plot(times, series.values, color=color, linewidth=1.6, solid_capstyle="round")  # type: ignore[arg-type]
        if several:
            last = (times[-1], series.values[-1])
            axis.annotate(series.label, last, fontsize=7, color=color, ha="right", va="bottom")
    low = min(value for series in panel.series for value in series.values)
    high = max(value for series in panel.series for value in series.values)
    room = (high - low or abs(high) or 1.0) * 0.12
    axis.set_ylim(0 if 0 <= low <= high * 0.6 else low - room, high + room)


def _window(axis: Axes, document: PanelDocument, context: ChartContext) -> None:
    start = max(context.began, document.start)
    end = min(context.ended or document.end, document.end)
    if start < end:
        axis.axvspan(_moment(start), _moment(end), color=WINDOW, alpha=0.10, linewidth=0)  # type: ignore[arg-type]
    if document.start <= context.declared <= document.end:
        axis.axvline(_moment(context.declared), color=INK, linewidth=0.9, linestyle=(0, (4, 3)))  # type: ignore[arg-type]
        axis.text(
            _moment(context.declared),  # type: ignore[arg-type]
            0.97,
            " declared",
            transform=axis.get_xaxis_transform(),
            fontsize=7.5,
            color=INK,
            va="top",
        )


def _usual(axis: Axes, panel: PanelData, document: PanelDocument, context: ChartContext) -> None:
    before = contrast(panel, context.began, context.ended).before
    if before is not None:
        axis.axhline(before, color=FAINT, linewidth=0.9, linestyle=(0, (1, 2)))
        axis.text(
            _moment(document.start),  # type: ignore[arg-type]
            before,
            " usual",
            fontsize=7.5,
            color=FAINT,
            va="bottom",
        )


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
