"""How incidents belong together: which has to do with which, and which has become part of which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Relation(StrEnum):
    """What an incident is to another. Each has its counterpart, which is what the other is to it."""

    RELATED = "related"
    CAUSED_BY = "caused_by"
    CAUSE_OF = "cause_of"
    DUPLICATE_OF = "duplicate_of"
    DUPLICATED_BY = "duplicated_by"

    @property
    def inverse(self) -> Relation:
        return _INVERSE[self]


_INVERSE: Final[Mapping[Relation, Relation]] = MappingProxyType(
    {
        Relation.RELATED: Relation.RELATED,
        Relation.CAUSED_BY: Relation.CAUSE_OF,
        Relation.CAUSE_OF: Relation.CAUSED_BY,
        Relation.DUPLICATE_OF: Relation.DUPLICATED_BY,
        Relation.DUPLICATED_BY: Relation.DUPLICATE_OF,
    }
)


@dataclass(frozen=True, slots=True)
class Other:
    """Another incident as a log names it. `channel` is the id of the room that it had then, "" without one."""

    id: str
    number: int
    channel: str = ""
    drill: bool = False

    @property
    def label(self) -> str:
        return f"INC-{self.number}"


@dataclass(frozen=True, slots=True)
class Tie:
    """A link: what the incident is to the other."""

    relation: Relation
    other: Other


@dataclass(frozen=True, slots=True)
class Part:
    """An incident that was merged into this one. `followers` are those who follow this one only because of merges.

    `services` count as affected here only because of merges, this one among them. `within` were part of it before.
    `people` are in this one only because of merges; what only this merge brought goes when it is taken back.
    """

    other: Other
    at: datetime
    followers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    within: tuple[Other, ...] = ()
    people: tuple[str, ...] = ()
