"""What is said when incidents become one, or two again: facts only."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.relations import Other


@dataclass(frozen=True, slots=True)
class MergedInto:
    """To the room and the stakeholders of an incident that became part of another: where work goes on."""

    into: Other
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class MergedHere:
    """To the room of the incident that took another in."""

    part: Other
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class RoleInPart:
    """To who held roles in an incident that was taken in: who holds them here, and which are vacant."""

    part: Other
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergeUndone:
    """To the room and the stakeholders of an incident that is one of its own again, and to who has `roles` in it."""

    out_of: Other
    reason: str
    by: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartReleased:
    """To the room of the incident whose part is one of its own again; what it brought (`safety`, `figures`) stands."""

    part: Other
    reason: str
    by: str
    safety: bool = False
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """To the commander of a private incident: these came into its room by a merge that was taken back.

    They may be taken out, all at once; as far as they are, it says so.
    """

    users: tuple[str, ...]


RelationNotice = MergedInto | MergedHere | RoleInPart | MergeUndone | PartReleased | BroughtIn
