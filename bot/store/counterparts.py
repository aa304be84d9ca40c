"""The same words in another log: the reason of a merge, or of taking one back, is told by both incidents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.events import IncidentAbsorbed, IncidentMerged, IncidentUnmerged, PartReleased
from bot.store.tables import events

_OTHER: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        IncidentMerged.__name__: ("into", IncidentAbsorbed.__name__),
        IncidentAbsorbed.__name__: ("part", IncidentMerged.__name__),
        IncidentUnmerged.__name__: ("out_of", PartReleased.__name__),
        PartReleased.__name__: ("part", IncidentUnmerged.__name__),
    }
)
"""By an event's type: which field names the other incident, and what its own event is."""


async def counterparts(
    connection: AsyncConnection, workspace: str, incident_id: str, seq: int | None = None
) -> Mapping[str, frozenset[int]]:
    """Return the seqs of events of other incidents, by incident, that one request recorded together with an event here.

    `seq` is that event's; None asks for those of all.
    """
    mine = select(events).where(events.c.incident == incident_id, events.c.type.in_(_OTHER))
    if seq is not None:
        mine = mine.where(events.c.seq == seq)
    found: dict[str, frozenset[int]] = {}
    for row in (await connection.execute(mine)).all():
        field, kind = _OTHER[row.type]
        other = str(json.loads(row.data)[field]["id"])
        same = (events.c.workspace == workspace, events.c.incident == other, events.c.type == kind)
        theirs = select(events.c.seq).where(*same, events.c.request_id == row.request_id)
        seqs = frozenset((await connection.execute(theirs)).scalars())
        found[other] = found.get(other, frozenset()) | seqs
    return found
