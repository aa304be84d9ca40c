"""What an incident is to others: links, and merges as both sides record them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.relations import Other, Relation


@dataclass(frozen=True, slots=True)
class IncidentLinked:
    """This incident is now `relation` to the other, whatever it was to it before."""

    relation: Relation
    other: Other


@dataclass(frozen=True, slots=True)
class IncidentUnlinked:
    other: Other


@dataclass(frozen=True, slots=True)
class IncidentMerged:
    """This incident is over: it has become part of `into`, where work goes on and `leader` owes updates (or "")."""

    into: Other
    reason: str
    leader: str = ""


@dataclass(frozen=True, slots=True)
class IncidentAbsorbed:
    """The other has become part of this incident.

    `people` were in it and are invited here; `shared` are here already, but only by other merges. `held` are its role
    holders as pairs (role, user), `followers` those who follow this one because of it. `services` count as affected
    here because of it. `within` are those that had become part of the other before.
    """

    part: Other
    reason: str
    people: tuple[str, ...] = ()
    held: tuple[tuple[str, str], ...] = ()
    followers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    within: tuple[Other, ...] = ()
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentUnmerged:
    """This incident is one of its own again, and open."""

    out_of: Other
    reason: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PartReleased:
    """What had become part of this incident is one of its own again; `followers` and `services` go with it.

    `staying` are those whom nothing but this merge brought into the room of a private incident. What was said of danger
    (`safety`) and the named `figures` came with it, and stand until somebody changes them.
    """

    part: Other
    reason: str
    followers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    staying: tuple[str, ...] = ()
    safety: bool = False
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleTakenOut:
    """They came in by a merge that was taken back, and are to be in the room no more."""

    users: tuple[str, ...]


Relations = (
    IncidentLinked
    | IncidentUnlinked
    | IncidentMerged
    | IncidentAbsorbed
    | IncidentUnmerged
    | PartReleased
    | PeopleTakenOut
)
