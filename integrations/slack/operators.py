"""The channel of those who run Firebell: one message when it is behind, edited when it has caught up."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.alarm import Behind
from integrations.slack.client import SlackClient
from integrations.slack.errors import SlackError
from integrations.slack.messages import METADATA_TYPE, find_keyed
from integrations.slack.summary import SummaryChannel
from templates.operators import behind

GREETING: Final = "Firebell tells here when it falls behind with its own work. It never writes about incidents here."


class OperatorsChannel:
    """Implements `ports.Noticeboard`."""

    def __init__(self, client: SlackClient, channel: SummaryChannel) -> None:
        self._client = client
        self._channel = channel

    async def post(self, told: Behind, key: str) -> tuple[str, str]:
        """Say it in the channel, which is entered first."""
        message = behind(told)
        answer = await self._client.call(
            "chat.postMessage",
            channel=(await self._channel.get()).id,
            text=message.text,
            blocks=message.blocks,
            metadata={"event_type": METADATA_TYPE, "event_payload": {"key": key}},
        )
        return str(answer["channel"]), str(answer["ts"])

    async def find(self, key: str, since: datetime) -> tuple[str, str] | None:
        """Look through what was said in the channel."""
        return await find_keyed(self._client, key, (await self._channel.get()).id, since=since)

    async def edit(self, place: tuple[str, str], told: Behind) -> bool:
        """Write the message anew where it stands."""
        channel, ts = place
        message = behind(told)
        try:
            await self._client.call("chat.update", channel=channel, ts=ts, text=message.text, blocks=message.blocks)
        except SlackError as error:
            if error.code in ("message_not_found", "channel_not_found"):
                return False
            raise
        return True
