"""Who is on call, for people who wait for the answer: kept for a minute, and never waited for longer than a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from bot import telemetry
from bot.domain.paging import OnCall, Target
from bot.errors import IntegrationError, Reason
from bot.http_errors import HttpError

ANSWER_SECONDS: Final = 2.0
"""Whoever asked is answered within three seconds, by the chat's own rule."""
KEPT_SECONDS: Final = 60.0
LOOK_UP_SECONDS: Final = 20.0

LookUp = Callable[[Target], Awaitable[tuple[OnCall, ...]]]


class OnCallBook:
    """Answers from what it keeps, else from PagerDuty; a look-up that takes too long goes on for the next asker."""

    def __init__(self, look_up: LookUp, monotonic: Callable[[], float]) -> None:
        self._look_up = look_up
        self._monotonic = monotonic
        self._kept: dict[Target, tuple[float, tuple[OnCall, ...]]] = {}
        self._running: dict[Target, asyncio.Task[tuple[OnCall, ...]]] = {}

    async def on_call(self, target: Target) -> tuple[OnCall, ...]:
        """Return who is on call.

        Raises:
            IntegrationError: PagerDuty did not say, or not in time.
        """
        kept = self._kept.get(target)
        if kept is not None and self._monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        task = self._running.get(target)
        if task is None:
            task = self._running[target] = asyncio.create_task(self._refresh(target))
            task.add_done_callback(lambda done: self._ended(target, done))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await asyncio.shield(task)
        except TimeoutError:
            raise HttpError(Reason.TIMEOUT, "PagerDuty takes its time; ask again in a moment.") from None

    async def close(self) -> None:
        """End the look-ups that still run."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _refresh(self, target: Target) -> tuple[OnCall, ...]:
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                found = await self._look_up(target)
        except TimeoutError:
            raise HttpError(Reason.TIMEOUT, "PagerDuty did not say who is on call.") from None
        self._kept[target] = (self._monotonic(), found)
        return found

    def _ended(self, target: Target, task: asyncio.Task[tuple[OnCall, ...]]) -> None:
        self._running.pop(target, None)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, IntegrationError):
            telemetry.logger("pagerduty").warning("who is on call is not known", detail=error.detail)
