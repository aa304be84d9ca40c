"""Drawing one service's panels on one card, with matplotlib's objects and none of its global state.

The card is narrow and its letters are large, because most people see it on a phone; it brings its own background,
because chats are dark as often as light. Colours are those of Okabe and Ito, which colour-blind people can tell apart.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from bot.analysis.series import PanelData, PanelDocument, Series, change
from templates.quantities import quantity
from templates.readings import ChartContext, clock, name_of, reading, shaded, window

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH: Final = 5.6
DPI: Final = 200
"""1120 pixels wide: sharp on a phone, and still readable when a chat shows it at a third of that."""

_TOP, _PANEL, _FOOT = 0.72, 1.72, 0.42
_LEFT, _RIGHT, _RIGHT_NAMED = 0.62, 0.28, 1.35
_TITLE, _MARKS, _TICKS = 0.50, 0.17, 0.24
_LINES_DRAWN: Final = 6
_MARK_SHARE: Final = 0.24
"""Marks nearer to each other than this share of the plot's width have their words in one place."""
_LETTER_SHARE: Final = 0.0115
"""How much of a plot's width one letter of a mark takes."""
_NO_DATA: Final = "The query returned no data."


@dataclass(frozen=True, slots=True)
class Palette:
    paper: str
    ink: str
    muted: str
    grid: str
    before: str
    shade: str
    lines: tuple[str, ...]


LIGHT: Final = Palette(
    "#ffffff", "#1b1f24", "#5c6670", "#e5e8eb", "#8b95a0", "#fbe3b6",
    ("#0062a8", "#c04f00", "#00795a", "#a6568a", "#8a6500", "#3a8fc4"),
)  # fmt: skip
DARK: Final = Palette(
    "#1a1d21", "#eceef0", "#a7b0b9", "#31363c", "#79838d", "#4a3c1e",
    ("#6cb8f0", "#f0883e", "#3fc79a", "#dd93c3", "#e3b341", "#a5d4f2"),
)  # fmt: skip


def draw_service(panels: Sequence[PanelData], document: PanelDocument, context: ChartContext) -> bytes:
    """Draw the panels of one service below each other; returns a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = _TOP + _MARKS + _PANEL * len(panels) + _FOOT
    colours = DARK if context.dark else LIGHT
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=colours.paper)
    canvas: Any = FigureCanvasAgg(figure)  # parts of matplotlib carry no types
    card = _Card(figure, height, document, context, colours)
    card.head(panels[0].service_name)
    marked = next((place for place, panel in enumerate(panels) if panel.series), 0)
    for place, panel in enumerate(panels):
        card.panel(panel, _TOP + _PANEL * place + (_MARKS if place > marked else 0), marked=place == marked)
    card.foot()
    with warnings.catch_warnings():
        # Names may hold letters that the font lacks; a box in their place is drawn, and that is enough.
        warnings.filterwarnings("ignore", message=r"Glyph \d+")
        canvas.draw()
    return _png(canvas)


def _png(canvas: Any) -> bytes:
    """Write a PNG with a palette: a third of the size, with no difference that eyes can see on flat colours."""
    from PIL import Image

    width, height = canvas.get_width_height()
    drawn = Image.frombuffer("RGBA", (width, height), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    picture = io.BytesIO()
    drawn.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(picture, "PNG", optimize=True)
    return picture.getvalue()


class _Card:
    """One figure; measures are in inches from the top left."""

    def __init__(
        self, figure: Figure, height: float, document: PanelDocument, context: ChartContext, colours: Palette
    ) -> None:
        self._figure = figure
        self._height = height
        self._document = document
        self._context = context
        self._colours = colours

    def head(self, name: str) -> None:
        start, end = window(self._document)
        self._write(_LEFT, 0.30, _short(name, 34), size=14, weight="bold")
        about = f"{self._context.label} · {clock(start)} to {clock(end, start)} UTC"
        self._write(_LEFT, 0.54, about, size=9.5, color=self._colours.muted)

    def foot(self) -> None:
        start, _ = window(self._document)
        text = f"{shaded(self._context, start)}  Dashed: usual value before."
        self._write(_LEFT, self._height - 0.16, text, size=8.5, color=self._colours.muted)

    def panel(self, panel: PanelData, from_top: float, *, marked: bool) -> None:
        """Draw title, numbers and plot; without data, the reason stands where the plot would.

        The `marked` panel has the marks' words above its plot, which takes a little more room.
        """
        self._write(_LEFT, from_top + 0.16, _short(panel.title, 46), size=10.5, weight="bold")
        read = reading(panel, self._context)
        axes = self._axes(from_top + (_MARKS if marked else 0), named=len(panel.series) > 1)
        if read is None:
            self._no_data(axes, panel.error or _NO_DATA)
            return
        self._write(_LEFT, from_top + 0.37, _short(read.sentence(), 62), size=9.5, color=self._colours.muted)
        self._frame(axes, panel)
        self._moments(axes, labelled=marked)
        if len(panel.series) == 1:
            self._one_line(axes, panel.series[0])
        else:
            self._many_lines(axes, panel)
        _limits(axes, panel, self._document)

    def _axes(self, from_top: float, *, named: bool) -> Axes:
        right = _RIGHT_NAMED if named else _RIGHT
        height = _PANEL - _TITLE - _TICKS
        box = (
            _LEFT / WIDTH,
            1 - (from_top + _TITLE + height) / self._height,
            (WIDTH - _LEFT - right) / WIDTH,
            height / self._height,
        )
        return self._figure.add_axes(box, facecolor=self._colours.paper)

    def _frame(self, axes: Axes, panel: PanelData) -> None:
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        for side in ("top", "left", "right"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(self._colours.grid)
        axes.grid(axis="y", color=self._colours.grid, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, labelsize=8.5, labelcolor=self._colours.muted, pad=4)
        axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 2.5, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: quantity(value, panel.unit)))
        ticks = _ticks(self._document)
        start, _ = window(self._document)
        axes.set_xticks([at.timestamp() for at in ticks], [clock(at, start) for at in ticks])

    def _moments(self, axes: Axes, *, labelled: bool) -> None:
        """Shade the impact, or what is known of it; mark the declaration and the end, with words above one panel."""
        end = self._context.ended.timestamp() if self._context.ended else self._document.end
        axes.axvspan(self._context.began.timestamp(), end, color=self._colours.shade, linewidth=0, zorder=0)
        named = (("declared", self._context.declared), ("resolved", self._context.resolved))
        marks = [
            (at.timestamp(), f"{word} {clock(at)}")
            for word, at in named
            if at and self._document.start <= at.timestamp() <= self._document.end
        ]
        for at, _ in marks:
            axes.axvline(at, color=self._colours.muted, linewidth=0.9)
        span = self._document.end - self._document.start
        if len(marks) == 2 and marks[1][0] - marks[0][0] < _MARK_SHARE * span:
            marks = [(marks[1][0], f"{marks[0][1]}, {marks[1][1]}")]
        room_until = self._document.end
        for at, text in reversed(marks) if labelled else ():
            # The words begin at their mark, or end there where what follows would be too near for them.
            on_left = room_until - at < _LETTER_SHARE * len(text) * span
            room_until = at - _LETTER_SHARE * len(text) * span if on_left else at
            axes.annotate(
                text, (at, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 2), textcoords="offset points",
                ha="right" if on_left else "left", va="bottom", fontsize=8, color=self._colours.ink,
                parse_math=False, annotation_clip=False,
            )  # fmt: skip

    def _one_line(self, axes: Axes, line: Series) -> None:
        """Draw what was before in grey and what came in colour, with the usual value of before across both."""
        since = self._context.began.timestamp()
        for run in line.runs(self._document.step):
            old = [point for point in run if point[0] <= since]
            new = [point for point in run if point[0] > since]
            self._plot(axes, old, self._colours.before)
            self._plot(axes, [*old[-1:], *new] if new else [], self._colours.lines[0])
        usual = change(line, since).before
        if usual is not None:
            axes.axhline(usual, color=self._colours.muted, linewidth=0.9, linestyle=(0, (4, 3)), zorder=2)

    def _many_lines(self, axes: Axes, panel: PanelData) -> None:
        ends: list[tuple[float, str, str]] = []
        for place, line in enumerate(panel.series):
            named = place < _LINES_DRAWN
            colour = self._colours.lines[place] if named else self._colours.grid
            runs = line.runs(self._document.step)
            for run in runs:
                self._plot(axes, run, colour)
            if named and runs:
                ends.append((runs[-1][-1][1], name_of(line, panel), colour))
        left_out = panel.left_out + max(0, len(panel.series) - _LINES_DRAWN)
        _end_labels(axes, ends, f"and {left_out} more" if left_out else "", self._colours.muted)

    def _plot(self, axes: Axes, points: Sequence[tuple[float, float]], colour: str) -> None:
        marker = "o" if len(points) == 1 else None
        times, values = [at for at, _ in points], [value for _, value in points]
        axes.plot(times, values, color=colour, linewidth=1.7, marker=marker, markersize=3, zorder=3)

    def _no_data(self, axes: Axes, sentence: str) -> None:
        import textwrap

        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set_color(self._colours.grid)
        text = "\n".join(textwrap.wrap(sentence, 58, max_lines=4, placeholder=" …"))
        axes.text(
            0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", fontsize=9.5,
            color=self._colours.muted, parse_math=False,
        )  # fmt: skip

    def _write(self, left: float, from_top: float, text: str, **look: Any) -> None:
        look.setdefault("color", self._colours.ink)
        self._figure.text(left / WIDTH, 1 - from_top / self._height, text, parse_math=False, **look)


def _limits(axes: Axes, panel: PanelData, document: PanelDocument) -> None:
    """Begin at zero unless that would flatten the line and leave room above."""
    values = [value for line in panel.series for value in line.values()]
    low, high = min(values), max(values)
    floor = 0.0 if 0 <= low < 0.6 * high or low == high >= 0 else low - 0.15 * (high - low)
    if low == high < 0:
        floor = 1.2 * low
    room = (high - floor) or 1.0
    axes.set_ylim(floor, floor + 1.12 * room)
    axes.set_xlim(document.start, document.end if document.end > document.start else document.start + 1)


def _ticks(document: PanelDocument) -> list[datetime]:
    """Return round times, at most six, none where the lowest value is written."""
    span = document.end - document.start
    sizes = (300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800)
    size = next((one for one in sizes if span / one <= 5), 2_419_200)
    first = int(-(-(document.start + span / 25) // size) * size)
    return [datetime.fromtimestamp(at, UTC) for at in range(first, int(document.end) + 1, size)]


def _end_labels(axes: Axes, ends: Sequence[tuple[float, str, str]], more: str, muted: str) -> None:
    """Write the lines' names beside the plot, from the highest last value to the lowest."""
    rows = [*((name, colour) for _, name, colour in sorted(ends, reverse=True)), *([(more, muted)] if more else [])]
    gap = 0.84 / max(1, len(rows) - 1)
    places = [0.92 - gap * index for index in range(len(rows))]
    for (name, colour), place in zip(rows, places, strict=True):
        axes.annotate(
            name, (1.0, place), xycoords="axes fraction", xytext=(5, 0), textcoords="offset points", va="center",
            fontsize=8, color=colour, parse_math=False, annotation_clip=False,
        )  # fmt: skip


def _short(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
