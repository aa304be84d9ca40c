"""What stands around the talk in a channel: topic, pin, bookmarks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.domain import effects as f
from bot.domain.calls import call_url
from bot.ports import Desk, View
from integrations.slack.errors import SlackError
from integrations.slack.text import plain
from integrations.slack.workspace import Workspace, room_of
from templates.cards import topic
from templates.mrkdwn import Mrkdwn, clip_mrkdwn, escape

MAX_TOPIC: Final = 250
"""Characters in a topic (docs.slack.dev/reference/methods/conversations.setTopic, error too_long)."""

_MENTION: Final = re.compile(r"<@(\w+)>")


@dataclass(frozen=True, slots=True)
class Bookmark:
    title: str
    link: str
    emoji: str


class Furniture:
    """Handlers of topic, pin and bookmarks. A thread that stands in for a room has none of them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._client = workspace.client

    async def set_topic(self, _effect: f.SetTopic, view: View, desk: Desk) -> f.Facts:
        """Set the topic, unless an earlier attempt did: each change is announced in the channel."""
        room = room_of(view)
        if room.thread_ts:
            return f.Done()
        wanted = await self._topic(view)
        if view.first_attempt_at is not None and await self._topic_now(room.channel) == plain(wanted):
            return f.Done()
        await self._client.call("conversations.setTopic", desk=desk, channel=room.channel, topic=wanted)
        return f.Done()

    async def pin_card(self, _effect: f.PinCard, view: View, desk: Desk) -> f.Facts:
        """Pin the room's card."""
        card = view.incident.messages[f.CARD]
        if room_of(view).thread_ts:
            return f.Done()
        try:
            await self._client.call("pins.add", desk=desk, channel=card.channel, timestamp=card.ts)
        except SlackError as error:
            if error.code != "already_pinned":
                raise
        return f.Done()

    async def add_bookmark(self, effect: f.AddBookmark, view: View, desk: Desk) -> f.Facts:
        """Add a bookmark once; one that has nowhere to lead is left out."""
        room = room_of(view)
        wanted = None if room.thread_ts else await self._bookmark(effect.what, view)
        if wanted is None or (view.first_attempt_at is not None and await self._is_there(room.channel, wanted)):
            return f.Done()
        await self._client.call(
            "bookmarks.add",
            desk=desk,
            channel_id=room.channel,
            type="link",
            title=wanted.title,
            link=wanted.link,
            emoji=wanted.emoji,
        )
        return f.Done()

    async def _topic(self, view: View) -> str:
        """Write the topic with people by name: Slack neither formats topics nor turns ids in them into names."""
        text = str(topic(view.incident, view.policy))
        for user in dict.fromkeys(_MENTION.findall(text)):
            text = text.replace(f"<@{user}>", escape(await self._workspace.directory.name(user)))
        return clip_mrkdwn(Mrkdwn(text), MAX_TOPIC)

    async def _topic_now(self, channel: str) -> str:
        answer = await self._client.call("conversations.info", channel=channel)
        return plain(str((answer["channel"].get("topic") or {}).get("value") or ""))

    async def _is_there(self, channel: str, wanted: Bookmark) -> bool:
        answer = await self._client.call("bookmarks.list", channel_id=channel)
        rows = answer.get("bookmarks") or ()
        return any(row.get("title") == wanted.title and plain(str(row.get("link"))) == wanted.link for row in rows)

    async def _bookmark(self, what: str, view: View) -> Bookmark | None:
        if what == "summary":
            link = await self._summary_link(view)
            return Bookmark("Summary for everyone", link, ":loudspeaker:") if link else None
        if what == "call":
            call = call_url(view.incident, view.policy)
            return Bookmark("Call", call, ":telephone_receiver:") if call else None
        if what == "postmortem":
            postmortem = (await self._workspace.links(view.incident)).postmortem_url
            return Bookmark("Postmortem", postmortem, ":memo:") if postmortem else None
        service = view.policy.service(what.removeprefix("dashboard:"))
        return Bookmark(f"{service.name} dashboard", service.dashboard, ":bar_chart:") if service.dashboard else None

    async def _summary_link(self, view: View) -> str:
        card = view.incident.messages.get(f.SUMMARY_CARD)
        if card is None:
            return ""
        if card.permalink:
            return card.permalink
        answer = await self._client.call("chat.getPermalink", channel=card.channel, message_ts=card.ts)
        return str(answer["permalink"])
