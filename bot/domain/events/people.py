"""Who is there, who holds a role, who came and left."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoleAssigned:
    role: str
    user: str
    replaced: str | None = None


@dataclass(frozen=True, slots=True)
class RoleReleased:
    role: str
    user: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CommanderMissing:
    """Nobody took command within the policy's time."""

    minutes: int


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
