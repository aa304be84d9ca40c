"""Effects of a known kind that no release which ran here could read: after hours they make way for what comes after."""

from __future__ import annotations

from typing import Final

import structlog

from bot.domain.commands import RecordFailure
from bot.domain.model import FIREBELL
from bot.ports import Ledger
from bot.rows import UNREADABLE, UNREADABLE_KEPT_HOURS, Unreadable
from bot.service import INTERNAL_DEADLINE_SECONDS, Service

DETAIL: Final = (
    f"No release that ran here could read it for {UNREADABLE_KEPT_HOURS} hours. "
    "Press Retry once the release of Firebell that wrote it runs, or a newer one."
)

log = structlog.get_logger(__name__)


async def give_up(ledger: Ledger, service: Service, one: Unreadable) -> bool:
    """Mark it dead and record that; False when it was read meanwhile, or its incident's log cannot be read either.

    The incident is locked before its effect, as commands do it.
    """
    async with ledger.transaction(seconds=INTERNAL_DEADLINE_SECONDS) as unit:
        incident = (await unit.incidents({one.incident_id})).get(one.incident_id)
        if incident is None or not await unit.effects.give_up(one, DETAIL):
            return False
        failure = RecordFailure(one.key, one.effect, UNREADABLE, DETAIL)
        await service.carry_out(unit, incident, failure, FIREBELL, one.key)
        await unit.commit()
    log.error("unreadable_given_up", effect=one.key, what=one.effect.what)
    return True
