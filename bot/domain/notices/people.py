"""What is said about roles and about command: facts only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoleDuties:
    """To a new holder: what the role does. `short` is the one-line form for people who had the full card twice."""

    role: str
    by: str
    short: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RoleMoved:
    """To the room, one line. `user` None means the role is vacant now; `replaced` is who held it."""

    role: str
    user: str | None
    replaced: str | None
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RoleTakenOver:
    """To the former holder."""

    role: str
    by: str


@dataclass(frozen=True, slots=True)
class NoCommander:
    """Nobody has taken command for `minutes`."""

    minutes: int


@dataclass(frozen=True, slots=True)
class CommandOffer:
    """To the deputy, or to the room and those on call: the commander has not acted for `minutes`. Take command?"""

    commander: str
    minutes: int


@dataclass(frozen=True, slots=True)
class CommanderAsked:
    """To the commander, who has not acted for `minutes`: command was offered to `asked`; are they there?"""

    minutes: int
    asked: str


PeopleNotice = RoleDuties | RoleMoved | RoleTakenOver | NoCommander | CommandOffer | CommanderAsked
