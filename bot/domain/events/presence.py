"""Who is there: latecomers who were told how things stand, and commanders who do not act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """Somebody joined the room late and was told how things stand."""

    user: str


@dataclass(frozen=True, slots=True)
class CommanderAbsent:
    """The commander `user` has not acted for `minutes`; `asked` is who was offered command: "deputy" or "room"."""

    user: str
    minutes: int
    asked: str


@dataclass(frozen=True, slots=True)
class CommanderPresent:
    """The commander said that they are there."""

    user: str


@dataclass(frozen=True, slots=True)
class WaitExtended:
    """A timer came before its time by the rules in force, which wait longer: it comes again at `until`."""

    timer: str
    until: datetime


Presence = CaughtUp | CommanderAbsent | CommanderPresent | WaitExtended
