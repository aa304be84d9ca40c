"""Incidents that became part of others: where work goes on, and what there is to read of both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.domain.decisions.relations import named
from bot.domain.events import Recorded
from bot.domain.model import Incident
from bot.domain.subscriptions import Subscription
from bot.ports import Queries, UnitOfWork

Folds = Callable[[set[str]], Awaitable[Mapping[str, Incident]]]
"""Reads incidents by their ids."""

DEEPEST: Final = 20
"""How far a chain of merges is followed; nobody makes one that long."""


async def final(queries: Queries, incident: Incident) -> Incident:
    """Follow a merged incident to where work goes on."""
    for _ in range(DEEPEST):
        if incident.merged_into is None:
            break
        following = await queries.by_id(incident.merged_into.id)
        if following is None:
            break
        incident = following
    return incident


async def pointing(queries: Queries, incident: Incident) -> Incident:
    """Return a merged incident as people are to read it: pointing to where work goes on now."""
    goal = await final(queries, incident)
    return incident if goal is incident else replace(incident, merged_into=named(goal))


async def parts_within(folds: Folds, incident: Incident) -> Mapping[str, Incident]:
    """Return everything that was merged into the incident, directly or by way of another, by id."""
    found: dict[str, Incident] = {}
    waiting = list(incident.parts)
    while waiting:
        read = await folds({part.other.id for part in waiting}.difference(found))
        found.update(read)
        waiting = [part for one in read.values() for part in one.parts]
    return found


async def subscribed(unit: UnitOfWork, incident: Incident, severities: Sequence[str] = ()) -> Sequence[Subscription]:
    """Return the subscriptions that an incident concerns: those to it, and those to what is part of it now."""
    parts = await parts_within(unit.folds, incident)
    return await unit.subscriptions.reaching(incident, severities, tuple(parts))


async def logs_of_parts(queries: Queries, incident: Incident) -> Mapping[int, Sequence[Recorded]]:
    """Return the log of everything that was merged into the incident, directly or by way of another, by number."""
    parts = await parts_within(queries.by_ids, incident)
    return {part.number: await queries.log(part.id) for part in parts.values()}
