"""Calls for charts and for the postmortem's files, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import PanelReading


@dataclass(frozen=True, slots=True)
class CollectPanels:
    """Query the panels of the affected services. `moment` is "declare", "resolve", "after" or "asked"."""

    moment: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ShareCharts:
    """Draw stored panels and upload the pictures to the room."""

    blob: str
    moment: str


@dataclass(frozen=True, slots=True)
class RenderPostmortem:
    """Render Markdown and HTML from the log; `version` is the rendering's number."""

    version: int


@dataclass(frozen=True, slots=True)
class ShareDocument:
    """Upload one rendered file of the postmortem. `format` is "md" or "html"."""

    version: int
    format: str
    blob: str


@dataclass(frozen=True, slots=True)
class RemoveFiles:
    """Delete files that a newer rendering has replaced."""

    file_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """Panel data was stored under `blob`. `errors` are sentences, one for each panel that could not be had."""

    blob: str
    panels: int
    errors: tuple[str, ...] = ()
    readings: tuple[PanelReading, ...] = ()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Files that now stand in the chat system: parallel tuples."""

    file_ids: tuple[str, ...]
    names: tuple[str, ...]
    permalinks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A rendering was stored: pairs (format, blob)."""

    blobs: tuple[tuple[str, str], ...]


DocumentEffect = CollectPanels | ShareCharts | RenderPostmortem | ShareDocument | RemoveFiles
WrittenFacts = PanelFacts | FileFacts | DocumentFacts
