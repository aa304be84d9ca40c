"""Roles, followers, and who is in the room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AssignRole:
    """Give a role to a person. Where the role holds one person and is taken, `replace` must be true.

    `reason` stands on the timeline; those in `told_elsewhere` hear of it by another message.
    """

    role: str
    user: str
    replace: bool = False
    reason: str = ""
    told_elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseRole:
    """Take a person out of a role; `user` None means whoever holds it."""

    role: str
    user: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VacatePerson:
    """A person was deactivated in the chat system: their roles fall vacant."""

    user: str


@dataclass(frozen=True, slots=True)
class Follow:
    """The actor wants a direct message for each update."""


@dataclass(frozen=True, slots=True)
class Unfollow:
    pass


@dataclass(frozen=True, slots=True)
class EnterRoom:
    """Somebody came into the incident's room, by whatever way. It matters to private incidents only."""

    user: str


@dataclass(frozen=True, slots=True)
class LeaveRoom:
    """Somebody left the incident's room, or was removed from it."""

    user: str


People = AssignRole | ReleaseRole | VacatePerson | Follow | Unfollow | EnterRoom | LeaveRoom
