"""Rules that changed while incidents were under way: what is still to come is counted anew, once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from bot.domain import cadence
from bot.domain.commands import AdoptPolicy
from bot.domain.model import FIREBELL, Incident
from bot.domain.policy import Policy
from bot.errors import BotError, Busy
from bot.ports import Clock, Queries
from bot.service import Service

AT_ONCE: Final = 200
"""Folds that are read at one time."""

WAITS: Final = (5.0, 30.0, 120.0, 600.0)
"""What a database needs that starts beside us, or fails over."""

log = structlog.get_logger(__name__)


async def adopt_policy(
    service: Service, queries: Queries, policy: Policy, clock: Clock, *, waits: Sequence[float] = WAITS
) -> None:
    """Count the due times of open incidents anew where the rules in force say another.

    Nothing has to be remembered: a due time that follows from the rules already is left as it is, however often and in
    however many replicas this runs. While the database does not answer it waits, once for each of `waits` (seconds).

    Raises:
        Busy: the database did not answer to the last.
    """
    for wait in waits:
        try:
            return await _adopt_all(service, queries, policy, clock)
        except Busy as error:
            log.warning("policy_waits", error=str(error), seconds=wait)
            await asyncio.sleep(wait)
    return await _adopt_all(service, queries, policy, clock)


async def _adopt_all(service: Service, queries: Queries, policy: Policy, clock: Clock) -> None:
    open_ids, adopted = await queries.open_ids(), 0
    for start in range(0, len(open_ids), AT_ONCE):
        found = await queries.by_ids(open_ids[start : start + AT_ONCE])
        for incident in found.values():
            if cadence.due_by_policy(incident, policy, clock.now()) != incident.clock.due_at:
                adopted += await _adopt(service, incident)
    if adopted:
        log.info("policy_adopted", incidents=adopted)


async def _adopt(service: Service, incident: Incident) -> bool:
    request = f"policy:{incident.id}:{incident.seq}"
    try:
        return bool((await service.execute(AdoptPolicy(), FIREBELL, request, incident_id=incident.id)).events)
    except BotError as error:
        log.warning("policy_not_adopted", incident=incident.id, error=str(error))
        return False
