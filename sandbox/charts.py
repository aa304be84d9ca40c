"""Draws the last hour of one figure as SVG, for the alerts in the demo's channels.

The card brings its own background, so that it reads the same on a light page and on a dark one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from aiohttp import web

from sandbox.outage import MODELS, SERVICES, Scenario, value

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 62, 20, 52, 34
SPAN_SECONDS = 3600.0
POINTS = 121

_INK, _QUIET, _GRID, _PAPER = "#22313f", "#5d6b78", "#dfe4e8", "#fbfbf9"
_LINE, _LIMIT = "#b5403c", "#8a6d1f"


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart: what it shows, how a value is written, its objective, and the least height of its axis."""

    title: str
    read: Callable[[Scenario, float], float]
    write: Callable[[float], str]
    objective: float
    ceiling: float


def _seconds(amount: float) -> str:
    if not amount:
        return "0"
    return f"{amount:.1f} s" if amount >= 1 else f"{amount * 1000:.0f} ms"


def _percent(share: float) -> str:
    return f"{share * 100:.0f}%" if share >= 0.1 or share == 0 else f"{share * 100:.1f}%"


def _latency(name: str, *, objective: float, ceiling: float) -> Figure:
    measure = {**SERVICES, **MODELS}[name].latency
    return Figure(
        f"{name} · latency, 99th percentile",
        lambda scenario, at: value(scenario, f"{name}/latency", measure, at),
        _seconds,
        objective,
        ceiling,
    )


def _bad(name: str, what: str, *, objective: float, ceiling: float) -> Figure:
    measure = {**SERVICES, **MODELS}[name].bad
    return Figure(
        f"{name} · {what}",
        lambda scenario, at: value(scenario, f"{name}/bad", measure, at),
        _percent,
        objective,
        ceiling,
    )


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "checkout-latency": _latency("checkout", objective=0.8, ceiling=1.0),
        "checkout-errors": _bad("checkout", "share of requests answered 5xx", objective=0.01, ceiling=0.05),
        "payments-latency": _latency("payments", objective=0.6, ceiling=0.8),
        "payments-errors": _bad("payments", "share of requests answered 5xx", objective=0.01, ceiling=0.05),
        "search-latency": _latency("search", objective=0.3, ceiling=0.4),
        "recommender-fallback": _bad("recommender", "share of fallback answers", objective=0.05, ceiling=0.1),
    }
)


def routes(clock: Callable[[], float], scenario: Scenario) -> list[web.RouteDef]:
    """Return ``GET /sandbox/charts/{name}.svg``; an unknown name is a 404."""

    async def chart(request: web.Request) -> web.Response:
        figure = FIGURES.get(request.match_info["name"])
        if figure is None:
            raise web.HTTPNotFound(text=f"There is no chart of that name. There are: {', '.join(FIGURES)}.")
        return web.Response(
            text=draw(figure, scenario, clock()), content_type="image/svg+xml", headers={"Cache-Control": "no-store"}
        )

    return [web.get("/sandbox/charts/{name}.svg", chart)]


def draw(figure: Figure, scenario: Scenario, now: float) -> str:
    """Return one chart of the hour before ``now`` (epoch seconds) as an SVG document."""
    start = now - SPAN_SECONDS
    moments = [start + SPAN_SECONDS * index / (POINTS - 1) for index in range(POINTS)]
    values = [figure.read(scenario, moment) for moment in moments]
    top = _nice(max(figure.ceiling, *values))
    points = [(_x(moment, start), _y(amount, top)) for moment, amount in zip(moments, values, strict=True)]
    parts = (
        _frame(figure, values[-1]),
        _levels(figure, top),
        _hours(start),
        _limit(figure, top),
        _curve(points),
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="12">{"".join(parts)}</svg>\n'
    )


def _x(moment: float, start: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (moment - start) / SPAN_SECONDS


def _y(amount: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(1.0, amount / top)


def _nice(amount: float) -> float:
    """Return the next number above that divides into four round steps."""
    scale = 1.0
    while amount <= scale:
        scale /= 10
    while amount > scale * 10:
        scale *= 10
    return next(scale * step for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if amount <= scale * step)


def _frame(figure: Figure, latest: float) -> str:
    now = figure.write(latest)
    return (
        f"<title>{figure.title}, now {now}</title>"
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="8" fill="{_PAPER}" stroke="{_GRID}"/>'
        f'<g fill="{_INK}" font-size="14" font-weight="600"><text x="16" y="27">{figure.title}</text>'
        f'<text x="{WIDTH - RIGHT}" y="27" text-anchor="end">{now}</text></g>'
    )


def _levels(figure: Figure, top: float) -> str:
    lines = []
    for step in range(5):
        amount = top * step / 4
        y = _y(amount, top)
        lines.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_GRID}"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" fill="{_QUIET}" text-anchor="end">{figure.write(amount)}</text>'
        )
    return "".join(lines)


def _hours(start: float) -> str:
    """Label every quarter of an hour; the image has no reader's zone to use, so it names its own."""
    labels = []
    first = (int(start) // 900 + 1) * 900
    for moment in range(first, int(start + SPAN_SECONDS) + 1, 900):
        text = datetime.fromtimestamp(moment, UTC).strftime("%H:%M")
        x = min(max(_x(moment, start), LEFT + 16), WIDTH - RIGHT - 30)
        labels.append(f'<text x="{x:.1f}" y="{HEIGHT - 12}" fill="{_QUIET}" text-anchor="middle">{text}</text>')
    zone = f'<text x="{LEFT - 8}" y="{HEIGHT - 12}" fill="{_QUIET}" text-anchor="end">UTC</text>'
    return zone + "".join(labels)


def _limit(figure: Figure, top: float) -> str:
    y = _y(figure.objective, top)
    return (
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_LIMIT}" stroke-dasharray="5 4"/>'
        f'<text x="{LEFT + 6}" y="{y - 5:.1f}" fill="{_LIMIT}">objective {figure.write(figure.objective)}</text>'
    )


def _curve(points: Sequence[tuple[float, float]]) -> str:
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    floor = HEIGHT - BOTTOM
    last_x, last_y = points[-1]
    return (
        f'<polygon points="{points[0][0]:.1f},{floor} {line} {last_x:.1f},{floor}" fill="{_LINE}" fill-opacity="0.1"/>'
        f'<polyline points="{line}" fill="none" stroke="{_LINE}" stroke-width="2" stroke-linejoin="round"/>'
        f'<circle cx="{last_x:.1f}" cy="{last_y:.1f}" r="3.5" fill="{_LINE}"/>'
    )
