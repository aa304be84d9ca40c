"""What a workspace consists of, as plain data; ``state.State`` is the one place that changes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

JSON = dict[str, Any]
ChannelKind = Literal["channel", "group", "im", "mpim"]


@dataclass(slots=True)
class Team:
    """The workspace itself."""

    id: str
    name: str
    domain: str


@dataclass(slots=True)
class User:
    """A person or a bot; ``tz`` is an IANA name, ``color`` six hex digits without ``#``."""

    id: str
    name: str
    real_name: str
    email: str = ""
    title: str = ""
    tz: str = "UTC"
    color: str = "5b6770"
    avatar: str = ""
    is_bot: bool = False
    bot_id: str | None = None
    deleted: bool = False
    guest: bool = False
    updated: int = 0


@dataclass(slots=True)
class UserGroup:
    """A mentionable group of people."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    created: int = 0


@dataclass(slots=True)
class Bookmark:
    """A link in a channel's header; times in whole seconds."""

    id: str
    title: str
    link: str
    emoji: str
    created: int
    updated: int
    rank: str


@dataclass(slots=True)
class Pin:
    """A pinned message, by its ``ts``."""

    ts: str
    user: str
    created: int


@dataclass(slots=True)
class Channel:
    """A public or private channel, or a direct message; ``read`` holds each person's last read ts."""

    id: str
    name: str
    kind: ChannelKind
    creator: str
    created: int
    topic: str = ""
    topic_by: str = ""
    topic_at: int = 0
    purpose: str = ""
    purpose_by: str = ""
    purpose_at: int = 0
    members: list[str] = field(default_factory=list)
    is_archived: bool = False
    is_general: bool = False
    previous_names: list[str] = field(default_factory=list)
    pins: list[Pin] = field(default_factory=list)
    bookmarks: list[Bookmark] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)

    @property
    def is_direct(self) -> bool:
        """True for direct messages between two or more people."""
        return self.kind in ("im", "mpim")

    @property
    def is_private(self) -> bool:
        """True for what only its members may see."""
        return self.kind != "channel"

    def bookmark(self, bookmark_id: str) -> Bookmark | None:
        """Return the bookmark with this id, if there is one."""
        return next((mark for mark in self.bookmarks if mark.id == bookmark_id), None)

    def pin(self, ts: str) -> Pin | None:
        """Return the pin on the message at ``ts``, if there is one."""
        return next((pin for pin in self.pins if pin.ts == ts), None)


@dataclass(slots=True)
class Message:
    """One message; ``ephemeral_to`` names the only person who sees it.

    ``reactions`` maps an emoji name to the people who reacted, oldest first. ``broadcast`` marks a
    thread reply that is also shown in the channel. ``hidden_parent`` marks the place of a deleted
    message that still has replies.
    """

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    subtype: str | None = None
    bot_id: str | None = None
    username: str | None = None
    icons: JSON | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    edited: JSON | None = None
    metadata: JSON | None = None
    details: JSON = field(default_factory=dict)
    ephemeral_to: str | None = None
    hidden_parent: bool = False

    @property
    def is_reply(self) -> bool:
        """True if the message lives in a thread it did not start."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def in_channel_view(self) -> bool:
        """True if the channel shows it, not only its thread."""
        return not self.is_reply or self.broadcast


@dataclass(slots=True)
class File:
    """An uploaded file; ``shares`` maps a channel id to the ts of the messages that carry it."""

    id: str
    name: str
    title: str
    user: str
    created: int
    size: int
    mimetype: str
    shares: dict[str, list[str]] = field(default_factory=dict)
    complete: bool = False
    uploaded: bool = False
    width: int | None = None
    height: int | None = None
    alt_text: str = ""


@dataclass(slots=True)
class Canvas:
    """A document of a channel, as Markdown; times in whole seconds."""

    id: str
    channel: str
    user: str
    title: str
    markdown: str
    created: int
    updated: int
    edits: int = 0


@dataclass(slots=True)
class View:
    """A modal or an App Home tab, as the app sent it plus what Slack keeps about it."""

    id: str
    type: Literal["modal", "home"]
    user: str
    content: JSON
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: JSON = field(default_factory=dict)


@dataclass(slots=True)
class ScheduledMessage:
    """A post for later; ``post_at`` in whole seconds, ``arguments`` as for chat.postMessage."""

    id: str
    channel: str
    post_at: int
    created: int
    arguments: JSON


@dataclass(slots=True)
class Hook:
    """A response_url: five uses within thirty minutes of ``issued`` (seconds)."""

    id: str
    user: str
    channel: str
    issued: float
    uses: int = 0
    message_ts: str | None = None
    ephemeral: bool = False
    thread_ts: str | None = None


@dataclass(slots=True)
class PendingEvent:
    """An event the app has not acknowledged; ``due`` in seconds, ``attempt`` counts from 0."""

    id: str
    envelope: JSON
    due: float
    attempt: int = 0
    reason: str = ""
