"""The canvas of the channel, and the incident's call."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CanvasOpened:
    """The channel has a canvas that says how things stand."""

    canvas: str


@dataclass(frozen=True, slots=True)
class CanvasRefused:
    """There is to be no canvas; `why` is the chat system's word, `extent` is one of those in `bot.domain.venue`."""

    why: str
    extent: str


@dataclass(frozen=True, slots=True)
class CallOpened:
    """A call was opened for this incident."""

    url: str


Surroundings = CanvasOpened | CanvasRefused | CallOpened
