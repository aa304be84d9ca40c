"""What is said about an incident's place among others: facts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RankMoved:
    """The incident took the place of others in the displayed order; `passed` are their numbers, best place first."""

    old: int
    new: int
    passed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SafetyMoved:
    """People may come to harm (`declared`; `again`: in other words), or it turned out that they do not."""

    declared: bool
    reason: str
    by: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class PlaceOverridden:
    """A rank was set by hand `until` a time; None: it ended, before its time if somebody (`by`) ended it."""

    place: int
    reason: str
    by: str
    until: datetime | None = None


ImpactNotice = RankMoved | SafetyMoved | PlaceOverridden
