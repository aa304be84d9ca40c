"""What concerns two incidents. Each gets a command of its own, in one transaction; `other` is the one beside it, as
that transaction has locked it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.model import Incident
from bot.domain.relations import Relation


@dataclass(frozen=True, slots=True)
class LinkTo:
    """Say what this incident is to the other; the other gets the same with the inverse."""

    other: Incident
    relation: Relation


@dataclass(frozen=True, slots=True)
class Unlink:
    other: Incident


@dataclass(frozen=True, slots=True)
class MergeInto:
    """End this incident as part of the other."""

    other: Incident
    reason: str


@dataclass(frozen=True, slots=True)
class Absorb:
    """Take the other in."""

    other: Incident
    reason: str


@dataclass(frozen=True, slots=True)
class Unmerge:
    """Take this incident out of the other again: it goes on by itself."""

    other: Incident
    reason: str


@dataclass(frozen=True, slots=True)
class ReleasePart:
    """Let the other go on by itself."""

    other: Incident
    reason: str


@dataclass(frozen=True, slots=True)
class TakeOut:
    """Remove from the room whom merges that were taken back had brought in."""


Relations = LinkTo | Unlink | MergeInto | Absorb | Unmerge | ReleasePart | TakeOut
