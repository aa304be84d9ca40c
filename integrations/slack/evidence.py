"""Reading: a message that somebody put on the timeline, and whether people write in a room at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.domain import effects as f
from bot.errors import IntegrationError
from bot.ports import Desk, View
from integrations.slack.client import SlackClient
from integrations.slack.errors import SlackError
from integrations.slack.text import plain
from integrations.slack.workspace import Workspace

_UNREADABLE: Final = {
    "channel_not_found": "Firebell is not in that channel.",
    "not_in_channel": "Firebell is not in that channel.",
    "message_not_found": "The message was deleted.",
    "thread_not_found": "The message was deleted.",
}


_SPEECH: Final = (None, "file_share", "me_message", "thread_broadcast")
"""Subtypes of what a person says; joins, topics and the like are the chat system's own words."""

_LOOKED_AT: Final = 100
"""Messages that one look reads. The newest come first, so that more would only be older ones."""


class Evidence:
    """The handlers that read messages."""

    def __init__(self, workspace: Workspace) -> None:
        self._client = workspace.client

    async def read_room(self, effect: f.ReadRoom, view: View, _desk: Desk) -> f.Facts:
        """Return when a person last wrote in the room; a room that is gone heard nobody.

        In a channel only what stands there itself is seen, not a reply in a thread that began earlier.
        """
        room = view.incident.room
        if room is None:
            return f.RoomHeard(None)
        oldest = f"{effect.since.timestamp():.6f}"
        try:
            if room.thread_ts is None:
                answer = await self._client.call(
                    "conversations.history", channel=room.channel, oldest=oldest, limit=_LOOKED_AT
                )
            else:
                answer = await self._client.call(
                    "conversations.replies", channel=room.channel, ts=room.thread_ts, oldest=oldest, limit=_LOOKED_AT
                )
        except SlackError as error:
            if error.code not in _UNREADABLE:
                raise
            return f.RoomHeard(None)
        spoken = [said_at(str(row["ts"])) for row in answer.get("messages") or () if _by_person(row)]
        return f.RoomHeard(max((at for at in spoken if at >= effect.since), default=None))

    async def fetch(self, effect: f.FetchMessage, _view: View, _desk: Desk) -> f.Facts:
        """Return a message as it was said; a deleted or unreadable one is an answer, not an error."""
        try:
            row = await _message(self._client, effect)
            if row is None:
                return f.Gone("The message was deleted.")
            return f.Fetched(
                author=str(row.get("user") or ""),
                text=_text_of(row),
                permalink=await self._permalink(effect),
                said_at=said_at(effect.ts),
            )
        except SlackError as error:
            if error.code not in _UNREADABLE:
                raise
            return f.Gone(_UNREADABLE[error.code])

    async def _permalink(self, effect: f.FetchMessage) -> str:
        """Ask for the address; without it the entry still holds what was said."""
        try:
            answer = await self._client.call("chat.getPermalink", channel=effect.channel, message_ts=effect.ts)
        except SlackError as error:
            if error.code:
                raise
            return ""
        except IntegrationError:
            return ""
        return str(answer["permalink"])


def _by_person(row: Mapping[str, Any]) -> bool:
    return bool(row.get("user")) and not row.get("bot_id") and row.get("subtype") in _SPEECH


async def _message(client: SlackClient, effect: f.FetchMessage) -> Mapping[str, Any] | None:
    """Look in the channel first, then in threads: a reaction's event does not say whether its message is a reply."""
    channel, ts = effect.channel, effect.ts
    if effect.thread_ts in (None, ts):
        answer = await client.call(
            "conversations.history", channel=channel, limit=1, oldest=ts, latest=ts, inclusive=True
        )
        if found := _exactly(ts, answer.get("messages")):
            return found
    root = effect.thread_ts or ts
    # A thread's first message comes along whatever the window is, hence two.
    answer = await client.call(
        "conversations.replies", channel=channel, ts=root, limit=2, oldest=ts, latest=ts, inclusive=True
    )
    return _exactly(ts, answer.get("messages"))


def _exactly(ts: str, rows: Any) -> Mapping[str, Any] | None:
    for row in rows or ():
        if row.get("ts") == ts and row.get("subtype") != "tombstone":
            found: Mapping[str, Any] = row
            return found
    return None


def _text_of(row: Mapping[str, Any]) -> str:
    """Return what was said; a message of files or of an old-style attachment has its words there."""
    if text := plain(str(row.get("text") or "")).strip():
        return text
    files = [str(file.get("title") or file.get("name") or "a file") for file in row.get("files") or ()]
    words = [str(one.get("fallback") or one.get("text") or "") for one in row.get("attachments") or ()]
    return plain(", ".join(part for part in (*files, *words) if part))


def said_at(ts: str) -> datetime:
    """Read a message's ts, seconds since 1970 with six decimals, without passing through a float."""
    seconds, _, fraction = ts.partition(".")
    whole = datetime.fromtimestamp(int(seconds), UTC)
    return whole + timedelta(microseconds=int(fraction[:6].ljust(6, "0") or 0))
