"""A channel that the settings name: found once by what the bot is in, else by one greeting; nothing is ever listed."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Final

from bot import telemetry
from bot.errors import IntegrationError, Reason
from integrations.slack.client import SlackClient
from integrations.slack.errors import SlackError

_CHANNEL_ID: Final = re.compile(r"[CG][A-Z0-9]{7,}")
_GREETING: Final = "Firebell announces incidents here: one card for each, and its updates in the card's thread."

DRILLS: Final = "Firebell announces drills here: nothing in this channel is really broken."


@dataclass(frozen=True, slots=True)
class FoundChannel:
    id: str
    name: str
    member: bool


class SummaryChannel:
    """Resolves a channel that the settings name, by id or by name, and enters it.

    Slack has no look-up by name short of listing every channel. What is documented and costs one call: the bot's own
    channels hold it if the bot was ever invited; else chat.postMessage takes a public channel's name and answers with
    its id, so that the bot greets once, enters, and finds the channel among its own from then on.
    """

    def __init__(self, client: SlackClient, wanted: str, greeting: str = _GREETING) -> None:
        self._client = client
        self._greeting = greeting
        self._wanted = wanted.removeprefix("#")
        self._lock = asyncio.Lock()
        self._found: FoundChannel | None = None

    @property
    def wanted(self) -> str:
        """The id or name that was set."""
        return self._wanted

    async def get(self) -> FoundChannel:
        """Return the channel, entered; raises `SlackError` with how to mend it when that cannot be."""
        async with self._lock:
            if self._found is None:
                self._found = await self._enter()
            return self._found

    async def prepare(self) -> None:
        """Enter the channel ahead of time; a failure is told again by the first card that needs it."""
        try:
            await self.get()
        except IntegrationError as error:
            telemetry.logger("slack").warning("channel not ready", channel=self._wanted, detail=error.detail)

    async def look(self) -> FoundChannel | None:
        """Find the channel without changing anything; None when only a greeting could tell its id."""
        if _CHANNEL_ID.fullmatch(self._wanted):
            channel = (await self._client.call("conversations.info", channel=self._wanted))["channel"]
            return FoundChannel(str(channel["id"]), str(channel["name"]), bool(channel.get("is_member")))
        async for channel in self._client.pages(
            "users.conversations", "channels", types="public_channel,private_channel", exclude_archived=True
        ):
            if channel.get("name") == self._wanted:
                return FoundChannel(str(channel["id"]), self._wanted, member=True)
        return None

    async def _enter(self) -> FoundChannel:
        found = await self.look()
        if found is None:
            found = FoundChannel(await self._greet(), self._wanted, member=False)
        if not found.member:
            await self._client.call("conversations.join", channel=found.id)
        return FoundChannel(found.id, found.name, member=True)

    async def _greet(self) -> str:
        try:
            answer = await self._client.call("chat.postMessage", channel=f"#{self._wanted}", text=self._greeting)
        except SlackError as error:
            if error.code != "channel_not_found":
                raise
            detail = f"There is no public channel #{self._wanted}. Create it, or invite Firebell if it is private."
            raise SlackError(Reason.CLIENT, detail, code=error.code) from None
        return str(answer["channel"])
