"""What an incident is to others."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.domain import events as e
from bot.domain.relations import Relation
from bot.domain.timeline.line import Line, because

RELATION_WORDS: Final[Mapping[Relation, str]] = MappingProxyType(
    {
        Relation.RELATED: "related to",
        Relation.CAUSED_BY: "caused by",
        Relation.CAUSE_OF: "cause of",
        Relation.DUPLICATE_OF: "duplicate of",
        Relation.DUPLICATED_BY: "duplicated by",
    }
)


def relations(event: e.Event, by: str) -> Line | None:
    """Return the line of an event of this subject, else None."""
    match event:
        case e.IncidentLinked(relation=relation, other=other):
            return Line("link", f"Linked by {by}: {RELATION_WORDS[relation]} {other.label}")
        case e.IncidentUnlinked(other=other):
            return Line("link", f"Link to {other.label} taken back by {by}", "detail")
        case e.IncidentMerged(into=into, reason=reason):
            return Line("merged", f"Merged into {into.label} by {by}{because(reason)}")
        case e.IncidentAbsorbed(part=part, reason=reason):
            return Line("merged", f"{part.label} merged into this incident by {by}{because(reason)}")
        case e.IncidentUnmerged(out_of=out_of, reason=reason):
            return Line("reopened", f"Taken out of {out_of.label} by {by}{because(reason)}")
        case e.PartReleased(part=part, reason=reason):
            return Line("merged", f"{part.label} taken out of this incident by {by}{because(reason)}")
        case e.PeopleTakenOut(users=users):
            names = ", ".join(f"@{{{user}}}" for user in users)
            return Line("people", f"{by} had {names} taken out of the channel, whom a merge had brought in", "detail")
    return None
