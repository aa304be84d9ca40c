"""Effects of a known kind that no release which ran here could read: after hours they make way for what comes after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.commands import RecordFailure
from bot.domain.model import FIREBELL
from bot.ports import Clock, Ledger
from bot.rows import UNREADABLE, UNREADABLE_KEPT_HOURS, Unreadable
from bot.service import INTERNAL_DEADLINE_SECONDS, Service

DETAIL: Final = (
    f"No release that ran here could read it for {UNREADABLE_KEPT_HOURS} hours. "
    "Press Retry once the release of Firebell that wrote it runs, or a newer one."
)

KEPT_SECONDS: Final = UNREADABLE_KEPT_HOURS * 3600.0

UNSEEN_SECONDS: Final = 3600.0
"""What was not met for longer is met anew: who could have read it meanwhile may have been away as well."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Span:
    """When something was met first, and last, in this process's monotonic seconds."""

    first: float
    last: float


class Met:
    """For how long this process has met what it cannot read.

    Neither an outage nor a database clock that was set makes anything old, and a new process begins anew. So a release
    that can read it, and comes back after this one, finds it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spans: dict[tuple[str, int], _Span] = {}

    def too_long(self, met: Sequence[Unreadable]) -> list[Unreadable]:
        """Note what was met now, and return which of it has been unreadable for `UNREADABLE_KEPT_HOURS`."""
        now = self._clock.monotonic()
        self._spans = {key: span for key, span in self._spans.items() if now - span.last <= UNSEEN_SECONDS}
        return [one for one in met if self._since(one, now) >= KEPT_SECONDS]

    def _since(self, one: Unreadable, now: float) -> float:
        key = (one.key, one.queued)
        known = self._spans.get(key) if one.again else None
        first = known.first if known else now
        self._spans[key] = _Span(first, now)
        return now - first


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
