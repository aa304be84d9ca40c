"""Who holds a role in which open incident: what staffing looks at again before it hands anything out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import incidents, people


async def holders(connection: AsyncConnection, workspace: str) -> Mapping[str, frozenset[str]]:
    """Return for each open incident, private ones too, who holds a role in it; nobody where nobody does."""
    held = and_(people.c.incident == incidents.c.id, people.c.holds_role)
    query = (
        select(incidents.c.id, people.c.user)
        .outerjoin_from(incidents, people, held)
        .where(incidents.c.workspace == workspace, incidents.c.is_open)
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in (await connection.execute(query)).all():
        found[row.id] |= {row.user} if row.user is not None else set()
    return {key: frozenset(users) for key, users in found.items()}
