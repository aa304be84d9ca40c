"""Charts of stored panels: one picture for each service, with its words for those who cannot see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.analysis.series import PanelDocument, decode
from templates.canvas import draw_service
from templates.clip import clip_words
from templates.readings import ChartContext, clock, describe, window

__all__ = ["ALT_MAX", "Chart", "ChartContext", "alt_text", "draw_charts"]

ALT_MAX: Final = 1_000
"""Slack's limit for `alt_txt` (docs.slack.dev, files.getUploadURLExternal)."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart: its file name, a PNG, and what it shows in words."""

    name: str
    data: bytes
    alt: str


def draw_charts(document: bytes, context: ChartContext) -> list[Chart]:
    """Draw stored panel data (`bot.analysis.series.encode`), one chart for each service; what has no data says so.

    Raises ValueError when the bytes are no such document. Takes about a second: call it through `templates.studio`.
    """
    data = decode(document)
    charts = []
    for service in data.services():
        panels = [panel for panel in data.panels if panel.service == service]
        name = "-".join(_word(part) for part in (context.label, service, context.moment)) + ".png"
        charts.append(Chart(name, draw_service(panels, data, context), alt_text(service, data, context)))
    return charts


def alt_text(service: str, document: PanelDocument, context: ChartContext) -> str:
    """Say what a service's chart shows: `Checkout, 01:40 to 03:52 UTC. Latency: 180 ms before, 2.4 s now.`"""
    panels = [panel for panel in document.panels if panel.service == service]
    start, end = window(document)
    head = f"{panels[0].service_name}, {clock(start)} to {clock(end, start)} UTC."
    return clip_words(" ".join((head, *(describe(panel, context) for panel in panels))), ALT_MAX)


def _word(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
