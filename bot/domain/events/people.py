"""Who is there, who holds a role, who came and left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DEACTIVATED: Final = "deactivated"
"""The reason of a release that followed from the chat system, not from anybody's word."""


@dataclass(frozen=True, slots=True)
class RoleAssigned:
    """Somebody has a role now, maybe in somebody's place; those in `told_elsewhere` hear of it by another message.

    `handoff` is the number of the handoff by which it moved, whose message tells everybody; 0 for none.
    """

    role: str
    user: str
    replaced: str | None = None
    reason: str = ""
    told_elsewhere: tuple[str, ...] = ()
    handoff: int = 0


@dataclass(frozen=True, slots=True)
class RoleReleased:
    role: str
    user: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CommanderMissing:
    """Nobody took command within the policy's time; `asked` is who was asked now: "room", "oncall" or "page"."""

    minutes: int
    asked: str = "room"


@dataclass(frozen=True, slots=True)
class Followed:
    user: str


@dataclass(frozen=True, slots=True)
class Unfollowed:
    user: str


@dataclass(frozen=True, slots=True)
class PersonEntered:
    """Somebody came into the room of a private incident."""

    user: str


@dataclass(frozen=True, slots=True)
class PersonLeft:
    user: str


People = RoleAssigned | RoleReleased | CommanderMissing | Followed | Unfollowed | PersonEntered | PersonLeft
