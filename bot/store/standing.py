"""What must stand in the other tables because the fold says so: people, messages, the next reminder, the set-up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.effects import route
from bot.domain.model import Incident, StepState
from bot.domain.reaction import UPDATE
from bot.domain.unread import Unread
from bot.store import codec
from bot.store.effect_row import read_effect
from bot.store.history import involved
from bot.store.tables import DEAD, UNSETTLED, effects, messages, people, timers


async def missing(connection: AsyncConnection, incident: Incident) -> list[str]:
    """Return a sentence for everything that the fold calls for and the tables do not hold."""
    return [
        *await _people(connection, incident),
        *await _messages(connection, incident),
        *await _reminder(connection, incident),
        *await _set_up(connection, incident),
    ]


async def _people(connection: AsyncConnection, incident: Incident) -> list[str]:
    query = select(people.c.user, people.c.holds_role).where(people.c.incident == incident.id)
    stored = {row.user: row.holds_role for row in (await connection.execute(query)).all()}
    return [] if stored == involved(incident) else ["the people of the incident do not follow from its log"]


async def _messages(connection: AsyncConnection, incident: Incident) -> list[str]:
    query = select(messages).where(messages.c.incident == incident.id)
    stored = {row.slot: (row.channel, row.ts) for row in (await connection.execute(query)).all()}
    expected = {slot: (place.channel, place.ts) for slot, place in incident.messages.items()}
    return [] if stored == expected else ["the places of its messages do not follow from its log"]


async def _reminder(connection: AsyncConnection, incident: Incident) -> list[str]:
    """An update that nobody was reminded of yet needs its timer, whatever the policy; later rungs depend on it."""
    if not incident.is_open or incident.clock.due_at is None or incident.clock.step:
        return []
    query = select(timers.c.kind).where(timers.c.incident == incident.id, timers.c.kind == UPDATE)
    found = (await connection.execute(query)).first()
    return [] if found else ["an update is due and no timer is set for it"]


async def _set_up(connection: AsyncConnection, incident: Incident) -> list[str]:
    if incident.setup_finished:
        return []
    wanted = (effects.c.incident == incident.id, effects.c.status.in_((*UNSETTLED, DEAD)))
    rows = (await connection.execute(select(effects).where(*wanted))).all()
    return [f"the set-up step `{name}` is open and no effect is left to do it" for name in _undone(incident, rows)]


def _undone(incident: Incident, rows: Any) -> Iterator[str]:
    alive = {_step(row) for row in rows if row.status != DEAD}
    dead = {row.id for row in rows if row.status == DEAD}
    for step in incident.setup:
        if step.state is StepState.PENDING and step.name not in alive:
            yield step.name
        if step.state is StepState.FAILED and step.effect_id not in dead:
            yield step.name


def _step(row: Any) -> str:
    try:
        return route(read_effect(row)).step
    except codec.CodecError:
        return Unread(row.type, row.stream).step
