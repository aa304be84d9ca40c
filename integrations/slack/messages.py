"""Cards and messages: sent with their effect's key, found again by it, edited in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain import effects as f
from bot.domain.model import MessageRef
from bot.domain.notices import PlaceOverridden
from bot.domain.subscriptions import of_slot
from bot.errors import IntegrationError, Reason
from bot.ports import Desk, View
from integrations.slack.client import SlackClient
from integrations.slack.errors import SlackError
from integrations.slack.workspace import Workspace, room_of
from templates.bulletins import bulletin
from templates.cards import room_card, summary_card
from templates.message import Message
from templates.notices import render

METADATA_TYPE: Final = "firebell_effect"
_NOBODY: Final = frozenset({"user_disabled", "user_not_found"})
_CLOCK_SLACK: Final = timedelta(hours=2)
"""How far Slack's clock may be behind ours when we look for what we sent since a time of ours."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes; with `thread_ts` it is a reply, which `broadcast` also shows in the channel."""

    channel: str
    thread_ts: str | None = None
    broadcast: bool = False


class Messages:
    """Handlers of effects that say something, and how to tell whether they already have."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._client = workspace.client
        self._direct: dict[str, str] = {}

    async def post_card(self, effect: f.PostCard, view: View, desk: Desk) -> f.Facts:
        """Post a card for the first time; a private incident has none in the summary channel."""
        place = await self._card_place(effect, view)
        if place is None:
            return f.Done()
        placed = await self._send(place, await self._card(effect.slot, view), view.key, desk)
        return await self._with_permalink(placed) if effect.slot == f.SUMMARY_CARD else placed

    async def find_card(self, effect: f.PostCard, view: View, _desk: Desk) -> f.Facts | None:
        """Find the card that an earlier attempt posted."""
        place = await self._card_place(effect, view)
        found = await self._find(place, view) if place else None
        return await self._with_permalink(found) if found and effect.slot == f.SUMMARY_CARD else found

    async def refresh_card(self, effect: f.RefreshCard, view: View, desk: Desk) -> f.Facts:
        """Edit a card to what the incident now is."""
        return await self._edit(_message_in(view, effect.slot), await self._card(effect.slot, view), desk)

    async def post_message(self, effect: f.PostMessage, view: View, desk: Desk) -> f.Facts:
        """Say something in the room or in the summary card's thread."""
        message = await self._rendered(effect, view)
        return await self._send(_message_place(effect, view), message, view.key, desk)

    async def find_message(self, effect: f.PostMessage, view: View, _desk: Desk) -> f.Facts | None:
        """Find the message that an earlier attempt posted."""
        return await self._find(_message_place(effect, view), view)

    async def post_bulletin(self, effect: f.PostBulletin, view: View, desk: Desk) -> f.Facts:
        """Tell the summary channel of several incidents; nothing, where by now there is nothing to tell."""
        gathered = await self._workspace.gather(effect)
        if not gathered.open and not gathered.ended:
            return f.Done()
        now = self._workspace.clock.now()
        message = bulletin(effect.kind, gathered, view.policy, now=now, since=effect.since)
        await self._send(Place((await self._workspace.summary.get()).id), message, view.key, desk)
        return f.Done()

    async def find_bulletin(self, effect: f.PostBulletin, view: View, _desk: Desk) -> f.Facts | None:
        """Find the bulletin that an earlier attempt posted."""
        del effect
        found = await self._find(Place((await self._workspace.summary.get()).id), view)
        return f.Done() if found else None

    async def direct_message(self, effect: f.DirectMessage, view: View, desk: Desk) -> f.Facts:
        """Tell one person; a deactivated or unknown account is nobody to tell."""
        try:
            channel = await self._direct_channel(effect.user)
        except SlackError as error:
            if error.code not in _NOBODY:
                raise
            return f.Gone("That person's account is deactivated or gone.")
        return await self._send(Place(channel), await self._rendered(effect, view), view.key, desk)

    async def find_direct_message(self, effect: f.DirectMessage, view: View, _desk: Desk) -> f.Facts | None:
        """Find the direct message that an earlier attempt sent."""
        try:
            return await self._find(Place(await self._direct_channel(effect.user)), view)
        except SlackError as error:
            if error.code in _NOBODY:
                return None
            raise

    async def edit_message(self, effect: f.EditMessage, view: View, desk: Desk) -> f.Facts:
        """Render a message anew where it stands."""
        return await self._edit(_message_in(view, effect.slot), await self._rendered(effect, view), desk)

    async def _card(self, slot: str, view: View) -> Message:
        draw = room_card if slot == f.CARD else summary_card
        links = await self._workspace.links(view.incident)
        standing = await self._workspace.standing(view.incident, slot)
        return draw(view.incident, view.policy, links=links, now=self._workspace.clock.now(), standing=standing)

    async def _rendered(self, effect: f.PostMessage | f.DirectMessage | f.EditMessage, view: View) -> Message:
        links, now = await self._workspace.links(view.incident), self._workspace.clock.now()
        because = effect.because if isinstance(effect, f.DirectMessage) else of_slot(effect.slot)
        # Only this notice claims a place, and only a board knows whether the incident got it.
        placed = isinstance(effect.notice, PlaceOverridden) and effect.notice.until is not None
        standing = await self._workspace.standing(view.incident, "") if placed else None
        return render(
            effect.notice, view.incident, view.policy, links=links, now=now, because=because, standing=standing
        )

    async def _card_place(self, effect: f.PostCard, view: View) -> Place | None:
        if effect.slot == f.CARD:
            room = room_of(view)
            return Place(room.channel, room.thread_ts)
        if view.incident.private:
            return None
        return Place((await self._workspace.board(view.incident).get()).id)

    async def _direct_channel(self, user: str) -> str:
        if user not in self._direct:
            answer = await self._client.call("conversations.open", users=user)
            self._direct[user] = str(answer["channel"]["id"])
        return self._direct[user]

    async def _send(self, place: Place, message: Message, key: str, desk: Desk) -> f.Placed:
        answer = await self._client.call(
            "chat.postMessage",
            desk=desk,
            channel=place.channel,
            text=message.text,
            blocks=message.blocks,
            thread_ts=place.thread_ts,
            reply_broadcast=True if place.broadcast else None,
            metadata={"event_type": METADATA_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return f.Placed(str(answer["channel"]), str(answer["ts"]))

    async def _edit(self, where: MessageRef, message: Message, desk: Desk) -> f.Facts:
        """Change text and blocks only: metadata that is not sent stays, and with it the key."""
        try:
            await self._client.call(
                "chat.update",
                desk=desk,
                channel=where.channel,
                ts=where.ts,
                text=message.text,
                blocks=message.blocks,
            )
        except SlackError as error:
            if error.code == "message_not_found":
                return f.Gone("The message was deleted.")
            raise
        return f.Done()

    async def _find(self, place: Place, view: View) -> f.Placed | None:
        """Look for what an earlier attempt may have sent."""
        found = await find_keyed(
            self._client, view.key, place.channel, since=view.first_attempt_at, thread_ts=place.thread_ts
        )
        return f.Placed(*found) if found else None

    async def _with_permalink(self, placed: f.Placed) -> f.Placed:
        """Add the address that links and the bookmark lead to. Without it the message still stands."""
        try:
            answer = await self._client.call("chat.getPermalink", channel=placed.channel, message_ts=placed.ts)
        except IntegrationError:
            return placed
        return f.Placed(placed.channel, placed.ts, str(answer["permalink"]))


async def find_keyed(
    client: SlackClient, key: str, channel: str, *, since: datetime | None, thread_ts: str | None = None
) -> tuple[str, str] | None:
    """Look through what was said since then for the message that carries our key; returns its channel and ts."""
    method, where = "conversations.history", {"channel": channel}
    if thread_ts:
        method, where = "conversations.replies", {"channel": channel, "ts": thread_ts}
    rows = client.pages(method, "messages", **where, oldest=_oldest(since), include_all_metadata=True)
    async for row in rows:
        if _key_of(row) == key:
            return channel, str(row["ts"])
    return None


def _message_in(view: View, slot: str) -> MessageRef:
    if slot not in view.incident.messages:
        raise SlackError(Reason.CLIENT, f"There is no message `{slot}` to edit.")
    return view.incident.messages[slot]


def _message_place(effect: f.PostMessage, view: View) -> Place:
    if effect.place == f.ROOM:
        room = room_of(view)
        return Place(room.channel, room.thread_ts)
    card = _message_in(view, f.SUMMARY_CARD)
    return Place(card.channel, card.ts, broadcast=effect.broadcast)


def _oldest(since: datetime | None) -> str | None:
    return None if since is None else f"{(since - _CLOCK_SLACK).timestamp():.6f}"


def _key_of(row: Mapping[str, Any]) -> str | None:
    metadata = row.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != METADATA_TYPE:
        return None
    payload = metadata.get("event_payload")
    return str(payload.get("key")) if isinstance(payload, Mapping) else None
