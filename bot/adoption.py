"""Rules that changed while incidents were under way: what is still to come is counted anew, once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog

from bot.domain import cadence, duties, reaction
from bot.domain.commands import AdoptPolicy, RescheduleDuties, RescheduleReminders
from bot.domain.model import FIREBELL, Incident
from bot.domain.policy import Policy
from bot.domain.rungs import timer_fits
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
    armed = await queries.timers_of(reaction.UPDATE)
    for start in range(0, len(open_ids), AT_ONCE):
        found = await queries.by_ids(open_ids[start : start + AT_ONCE])
        for incident in found.values():
            if _differs(incident, policy, clock.now()):
                adopted += await _adopt(service, incident, AdoptPolicy())
            elif not timer_fits(incident, policy, armed.get(incident.id)):
                adopted += await _adopt(service, incident, RescheduleReminders())
    adopted += await _adopt_duties(service, queries, policy)
    if adopted:
        log.info("policy_adopted", incidents=adopted)


def _differs(incident: Incident, policy: Policy, now: datetime) -> bool:
    moved = cadence.due_by_policy(incident, policy, now) != incident.clock.due_at
    return moved or bool(duties.arising(incident, policy, now))


async def _adopt_duties(service: Service, queries: Queries, policy: Policy) -> int:
    """Set timers of regulatory clocks anew where the rows now say another time, of what is over as well."""
    armed, adopted = await queries.timers_of(reaction.REGULATORY), 0
    ids = list(armed)
    for start in range(0, len(ids), AT_ONCE):
        found = await queries.by_ids(ids[start : start + AT_ONCE])
        for incident in found.values():
            if duties.next_at(incident, policy) != armed[incident.id]:
                adopted += await _adopt(service, incident, RescheduleDuties())
    return adopted


async def _adopt(
    service: Service, incident: Incident, command: AdoptPolicy | RescheduleDuties | RescheduleReminders
) -> bool:
    request = f"policy:{type(command).__name__}:{incident.id}:{incident.seq}"
    try:
        return bool((await service.execute(command, FIREBELL, request, incident_id=incident.id)).events)
    except BotError as error:
        log.warning("policy_not_adopted", incident=incident.id, error=str(error))
        return False
