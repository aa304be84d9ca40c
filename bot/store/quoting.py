"""What becomes of effects that quote what is taken out of the log, or name somebody who is."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.effects import DirectMessage, EditMessage, PostMessage, SendEmail, TellAudience
from bot.domain.personal import QUOTED_BY_NAME, REDACTED
from bot.store import codec
from bot.store.tables import DEAD, DONE, counters, effects

CARRY_TEXT: Final = tuple(one.__name__ for one in (PostMessage, TellAudience, DirectMessage, EditMessage, SendEmail))
"""Effects that may quote people; the others are drawn from the incident when they are performed."""

SETTLED: Final = (DONE, DEAD)


async def forget_quotes(
    connection: AsyncConnection, incident_id: str, seqs: Collection[int], gone: Collection[str]
) -> None:
    """Drop the settled effects of these events, and take the text out of those that are still to be performed.

    An effect that was collapsed into an earlier one stands under that one's seq, so whatever repeats one of the texts
    that are `gone` is treated alike. What is still to be performed is performed, so that its stream goes on and the
    room learns what happened. A dead effect that quotes nobody stays, for its Retry.
    """
    concerned = or_(effects.c.seq.in_(seqs), effects.c.type.in_(CARRY_TEXT))
    for row in await _locked(connection, incident_id, concerned):
        its_own = row.seq in seqs
        blanked = _blanked(row, gone, everything=its_own) if row.type in CARRY_TEXT else row.data
        quotes = blanked != row.data
        this = effects.c.id == row.id
        if row.status in SETTLED and (quotes or (its_own and row.status == DONE)):
            await connection.execute(delete(effects).where(this))
        elif quotes:
            await connection.execute(update(effects).where(this).values(data=blanked))


async def forget_person(connection: AsyncConnection, workspace: str, incident_id: str, user: str) -> None:
    """Drop the settled effects that name this person, and the counts of how often they were told their duties."""
    theirs = effects.c.stream.endswith(f":{user}", autoescape=True)
    named = or_(theirs, effects.c.data.contains(json.dumps(user), autoescape=True))
    settled = (effects.c.incident == incident_id, effects.c.status.in_(SETTLED))
    await connection.execute(delete(effects).where(*settled, named))
    told = (counters.c.name.startswith("duties:"), counters.c.name.endswith(f":{user}", autoescape=True))
    await connection.execute(delete(counters).where(counters.c.workspace == workspace, *told))


async def _locked(connection: AsyncConnection, incident_id: str, which: ColumnElement[bool]) -> list[Any]:
    """Return effects that nobody else claims or settles from now on."""
    query = select(effects).where(effects.c.incident == incident_id, which).order_by(effects.c.id)
    return list((await connection.execute(query.with_for_update())).all())


def _blanked(row: Any, gone: Collection[str], *, everything: bool) -> str:
    """Return an effect's data without the texts that are gone, or without any."""
    wire = json.loads(row.data)
    notice = wire["notice"]
    for name in QUOTED_BY_NAME.get(notice[codec.TAG], ()):
        if notice.get(name) and (everything or notice[name] in gone):
            notice[name] = REDACTED
    return codec.canonical(wire)
