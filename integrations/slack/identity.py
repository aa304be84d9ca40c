"""Who we are in Slack: asked once, in the background, so that an unreachable Slack keeps nothing from starting."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from bot import telemetry
from bot.errors import IntegrationError
from integrations.slack.client import SlackClient

_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 60.0


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """The bot's user, its bot id, and its workspace with the address of its web pages (ends with a slash)."""

    user: str
    bot: str
    team: str
    url: str

    def room_url(self, channel: str) -> str:
        """Return the address of a channel's page."""
        return f"{self.url}archives/{channel}"


class Whoami:
    """The bot's identity, once known. `current` never waits."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._lock = asyncio.Lock()
        self.current: BotIdentity | None = None

    async def get(self) -> BotIdentity:
        """Return the identity, asking Slack if it is not known yet; raises `SlackError` when that fails."""
        async with self._lock:
            if self.current is None:
                answer = await self._client.call("auth.test")
                self.current = BotIdentity(
                    user=str(answer["user_id"]),
                    bot=str(answer.get("bot_id") or ""),
                    team=str(answer["team_id"]),
                    url=str(answer["url"]),
                )
            return self.current

    async def keep_asking(self) -> None:
        """Ask until there is an answer, ever more seldom."""
        wait = _FIRST_WAIT
        while self.current is None:
            try:
                await self.get()
            except IntegrationError as error:
                telemetry.logger("slack").warning("not signed in yet", reason=error.reason.value, detail=error.detail)
                await asyncio.sleep(error.retry_after or wait)
                wait = min(wait * 2, _LONGEST_WAIT)
