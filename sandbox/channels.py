"""What people and the app do with channels: make, rename, archive, enter, leave, head."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sandbox.changes import Changes, ChannelChanged, Membership
from sandbox.errors import SlackError
from sandbox.messages import Messages
from sandbox.model import Bookmark, Channel
from sandbox.state import State

MAX_NAME = 80
MAX_HEADER = 250
# As for pins: the error is documented, the number is not.
MAX_BOOKMARKS = 100


def check_name(name: str) -> None:
    """Raise SlackError unless ``name`` is one Slack takes for a channel."""
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > MAX_NAME:
        raise SlackError("invalid_name_maxlength")
    if not re.search(r"\w", name) or not name.strip("-_"):
        raise SlackError("invalid_name_punctuation")
    if re.search(r"[^\w-]", name) or name != name.lower():
        raise SlackError("invalid_name_specials")


class Channels:
    """Acts on channels; each is kept, written into the channel as Slack does, and told."""

    def __init__(self, state: State, changes: Changes, messages: Messages) -> None:
        self._state = state
        self._changes = changes
        self._messages = messages

    def create(self, name: str, by: str, *, private: bool) -> Channel:
        """Make a channel with its creator in it; raises SlackError name_taken."""
        if self._state.channel_named(name) is not None:
            raise SlackError("name_taken")
        channel = self._state.new_channel(name, "group" if private else "channel", by, [by])
        self._changes.tell(ChannelChanged(channel, "created", by))
        self._enter(channel, by, None)
        return channel

    def open_direct(self, members: Iterable[str]) -> tuple[Channel, bool]:
        """Return the direct conversation of these people and whether it was there before."""
        people = list(dict.fromkeys(members))
        found = self._state.direct(set(people))
        if found is not None:
            return found, True
        names = "--".join(self._state.users[user].name for user in people)
        kind = "im" if len(people) <= 2 else "mpim"
        name = "" if kind == "im" else f"mpdm-{names}-1"
        channel = self._state.new_channel(name, "im" if kind == "im" else "mpim", people[0], people)
        self._changes.tell(ChannelChanged(channel, "edited", people[0]))
        return channel, False

    def join(self, channel: Channel, user: str, inviter: str | None = None) -> None:
        """Bring someone in; nothing happens if they are there already."""
        if user in channel.members:
            return
        channel.members.append(user)
        channel.read.setdefault(user, self._newest(channel))
        self._state.save(channel)
        self._enter(channel, user, inviter)

    def leave(self, channel: Channel, user: str, removed_by: str | None = None) -> None:
        """Take someone out; nothing happens if they are not there."""
        if user not in channel.members:
            return
        channel.members.remove(user)
        self._state.save(channel)
        text = f"<@{user}> has left the channel"
        if removed_by is not None:
            text = f"<@{user}> was removed from the channel by <@{removed_by}>"
        self._messages.note(channel, user, "channel_leave", text)
        self._changes.tell(Membership(channel, user, joined=False, inviter=removed_by))

    def rename(self, channel: Channel, name: str, by: str) -> None:
        """Give a channel another name; raises SlackError name_taken."""
        other = self._state.channel_named(name)
        if other is not None and other is not channel:
            raise SlackError("name_taken")
        old, channel.name = channel.name, name
        channel.previous_names = [old, *channel.previous_names]
        self._state.save(channel)
        text = f'<@{by}> has renamed the channel from "{old}" to "{name}"'
        self._messages.note(channel, by, "channel_name", text, old_name=old, name=name)
        self._changes.tell(ChannelChanged(channel, "renamed", by))

    def archive(self, channel: Channel, by: str) -> None:
        """Archive a channel; it keeps its messages and its name, and its people, but not the app."""
        self._messages.note(channel, by, "channel_archive", f"<@{by}> archived the channel")
        channel.is_archived = True
        self._state.save(channel)
        self._changes.tell(ChannelChanged(channel, "archived", by))
        app = self._state.identity.bot_user_id
        if app in channel.members:
            channel.members.remove(app)
            self._state.save(channel)

    def unarchive(self, channel: Channel, by: str) -> None:
        """Bring an archived channel back, with who brings it back in it."""
        channel.is_archived = False
        if by not in channel.members:
            channel.members.append(by)
        self._state.save(channel)
        self._messages.note(channel, by, "channel_unarchive", f"<@{by}> un-archived the channel")
        self._changes.tell(ChannelChanged(channel, "unarchived", by))

    def set_topic(self, channel: Channel, topic: str, by: str) -> None:
        """Set the topic (escaped text) and say so in the channel."""
        channel.topic, channel.topic_by, channel.topic_at = topic, by, self._state.now()
        self._state.save(channel)
        text = f"<@{by}> set the channel topic: {topic}"
        self._messages.note(channel, by, "channel_topic", text, topic=topic)
        self._changes.tell(ChannelChanged(channel, "edited", by))

    def set_purpose(self, channel: Channel, purpose: str, by: str) -> None:
        """Set the purpose (escaped text) and say so in the channel."""
        channel.purpose, channel.purpose_by, channel.purpose_at = purpose, by, self._state.now()
        self._state.save(channel)
        text = f"<@{by}> set the channel description: {purpose}"
        self._messages.note(channel, by, "channel_purpose", text, purpose=purpose)
        self._changes.tell(ChannelChanged(channel, "edited", by))

    def mark_read(self, channel: Channel, user: str, ts: str) -> None:
        """Remember how far someone has read."""
        channel.read[user] = ts
        self._state.save(channel)

    def bookmark(self, channel: Channel, *, title: str, link: str, emoji: str, by: str) -> Bookmark:
        """Add a link to the header; raises SlackError too_many_bookmarks."""
        if len(channel.bookmarks) >= MAX_BOOKMARKS:
            raise SlackError("too_many_bookmarks")
        now = self._state.now()
        rank = f"{len(channel.bookmarks):04d}"
        mark = Bookmark(self._state.next_id("Bk"), title, link, emoji, now, now, rank)
        channel.bookmarks.append(mark)
        self.save_header(channel, by)
        return mark

    def save_header(self, channel: Channel, by: str) -> None:
        """Keep a change of bookmarks and show it."""
        self._state.save(channel)
        self._changes.tell(ChannelChanged(channel, "edited", by))

    def _enter(self, channel: Channel, user: str, inviter: str | None) -> None:
        details = {} if inviter is None else {"inviter": inviter}
        self._messages.note(channel, user, "channel_join", f"<@{user}> has joined the channel", **details)
        self._changes.tell(Membership(channel, user, joined=True, inviter=inviter))

    def _newest(self, channel: Channel) -> str:
        messages = self._state.messages(channel.id)
        return messages[-1].ts if messages else "0000000000.000000"
