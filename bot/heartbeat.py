"""The sign of life that goes out: a monitor elsewhere raises the alarm when it stops coming."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import httpx
import structlog
from pydantic import SecretStr

from bot.ops import Probe, Readiness
from bot.ports import Clock

SENT: Final = "sent"
HELD: Final = "held"
FAILED: Final = "failed"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pulse:
    """Seconds. After a beat that was held back or failed the next one comes after `again`; nothing is waited for longer
    than `limit`.
    """

    every: float = 60.0
    again: float = 5.0
    limit: float = 5.0


class Heartbeat:
    """Calls a URL every minute while all is well. The URL is a secret: whoever knows it can pretend that we live.

    `told` hears each outcome: "sent", "held" (not all is well) or "failed" (the monitor did not take it).
    """

    def __init__(
        self,
        url: SecretStr,
        probes: Sequence[Probe],
        clock: Clock,
        *,
        told: Callable[[str], None] = lambda _: None,
        pulse: Pulse | None = None,
    ) -> None:
        self._url = url
        self._probes = probes
        self._clock = clock
        self._told = told
        self._pulse = pulse or Pulse()
        self._last = ("", "")

    async def run(self) -> None:
        """Beat until cancelled."""
        async with httpx.AsyncClient(timeout=self._pulse.limit) as http:
            while True:
                began = self._clock.monotonic()
                outcome = await self.beat(http)
                wait = self._pulse.every if outcome == SENT else self._pulse.again
                await asyncio.sleep(max(0.0, wait - (self._clock.monotonic() - began)))

    async def beat(self, http: httpx.AsyncClient) -> str:
        """Look around, and call the URL if all is well; returns the outcome."""
        trouble = await self._trouble()
        outcome, why = (HELD, trouble) if trouble else await self._send(http)
        if (outcome, why) != self._last:
            starting = outcome == HELD and not self._last[0]  # the loops have yet to come round
            level = log.info if outcome == SENT or starting else log.warning
            level(f"heartbeat_{outcome}", **({"why": why} if why else {}))
        self._last = (outcome, why)
        self._told(outcome)
        return outcome

    async def _trouble(self) -> str:
        """Name what is not well, "" if all is; a probe that does not answer is not well."""
        found = await asyncio.gather(*(self._asked(probe()) for probe in self._probes))
        return ", ".join(one.name for one in found if one.trouble)

    async def _asked(self, asking: Awaitable[Readiness]) -> Readiness:
        try:
            async with asyncio.timeout(self._pulse.limit):
                return await asking
        except TimeoutError:
            return Readiness("a look at the database or a loop", "did not end in time")

    async def _send(self, http: httpx.AsyncClient) -> tuple[str, str]:
        try:
            async with asyncio.timeout(self._pulse.limit):
                answer = await http.get(self._url.get_secret_value())
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return FAILED, type(error).__name__
        return (SENT, "") if answer.is_success else (FAILED, f"HTTP {answer.status_code}")
