"""Everything the workspace holds, in memory and on disk, and how it is found again."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from sandbox.clock import Clock
from sandbox.manifest import App
from sandbox.model import (
    JSON,
    Bookmark,
    Canvas,
    Channel,
    ChannelKind,
    File,
    Hook,
    Message,
    PendingEvent,
    Pin,
    ScheduledMessage,
    Team,
    User,
    UserGroup,
    View,
)
from sandbox.store import Store

Record = Canvas | Channel | File | Hook | Message | PendingEvent | ScheduledMessage | Team | User | UserGroup | View


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the installed app is in this workspace, and its secrets (made up, worth nothing elsewhere)."""

    app_id: str
    bot_id: str
    bot_user_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str

    @classmethod
    def derive(cls, source: str) -> Identity:
        """Make the same secrets for the same source text each time."""
        digest = hashlib.sha256(source.encode()).hexdigest()
        number = str(int(digest[:12], 16)).zfill(15)
        return cls(
            app_id="A0SANDBOX01",
            bot_id="B0SANDBOX01",
            bot_user_id="U0SANDBOX01",
            bot_token=f"xoxb-{number[:11]}-{number[:13]}-{digest[:24]}",
            app_token=f"xapp-1-A0SANDBOX01-{number[:13]}-{digest}",
            signing_secret=digest[24:56],
            verification_token=digest[40:64],
        )


class State:
    """The workspace's records; ``save`` and ``forget`` keep memory and disk together.

    Lookups return None where there is nothing; what an absence means is for the caller to say.
    """

    def __init__(
        self, store: Store, clock: Clock, app: App, *, token: Callable[[int], str] = secrets.token_hex
    ) -> None:
        self.store = store
        self.clock = clock
        self.app = app
        self.token = token
        self.base_url = ""
        self.team = Team("T0SANDBOX01", "Sandbox", "sandbox")
        self.users: dict[str, User] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.canvases: dict[str, Canvas] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, str] = {}
        self.stacks: dict[str, list[str]] = {}
        self.scheduled: dict[str, ScheduledMessage] = {}
        self.hooks: dict[str, Hook] = {}
        self.pending: dict[str, PendingEvent] = {}
        self.ephemerals: list[Message] = []
        self.deleted_count: int = self.store.get("meta", "deleted") or 0
        self._messages: dict[str, dict[str, Message]] = {}
        self._replies: dict[tuple[str, str], dict[str, Message]] = {}
        self._newest: dict[str, int] = {}
        self.identity = self._load_identity()
        self._load()

    # -- making names ----------------------------------------------------------------------

    def next_id(self, prefix: str) -> str:
        """Return a new id such as ``C0000000A1``; numbers go on after a restart."""
        number = (self.store.get("counter", prefix) or 0) + 1
        self.store.put("counter", prefix, number)
        return f"{prefix}0{number:09X}"

    def next_ts(self, channel: str = "") -> str:
        """Return a new timestamp, later than all before it in the same channel.

        Channels are independent, so that a clock set back tells an older story in a new channel.
        """
        newest = max(int(self.clock.now() * 1_000_000), self._newest.get(channel, 0) + 1)
        self._newest[channel] = newest
        return format_ts(newest)

    def now(self) -> int:
        """Return whole seconds on the workspace's clock."""
        return int(self.clock.now())

    # -- finding -----------------------------------------------------------------------------

    @property
    def bot(self) -> User:
        """The app's bot user."""
        return self.users[self.identity.bot_user_id]

    def message(self, channel: str, ts: str) -> Message | None:
        """Return a stored message; a deleted one that only keeps its thread's place counts as absent."""
        found = self._messages.get(channel, {}).get(ts)
        return None if found is None or found.hidden_parent else found

    def messages(self, channel: str) -> list[Message]:
        """Return a channel's messages, oldest first, replies included."""
        return list(self._messages.get(channel, {}).values())

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Return the root (if it is still there) and the replies of a thread, oldest first."""
        root = self._messages.get(channel, {}).get(ts)
        return [*([] if root is None else [root]), *self.replies(channel, ts)]

    def replies(self, channel: str, ts: str) -> list[Message]:
        """Return the replies of a thread without its root."""
        return list(self._replies.get((channel, ts), {}).values())

    def ephemeral(self, user: str, channel: str, ts: str) -> Message | None:
        """Return a message that only this person sees."""
        return next(
            (
                m
                for m in self.ephemerals
                if m.ephemeral_to == user and m.channel == channel and m.ts == ts and not m.hidden_parent
            ),
            None,
        )

    def channel_named(self, name: str) -> Channel | None:
        """Return the channel with this name; archived channels keep theirs."""
        return next((c for c in self.channels.values() if not c.is_direct and c.name == name), None)

    def canvas_of(self, channel: str) -> Canvas | None:
        """Return a channel's canvas, if it has one."""
        return next((canvas for canvas in self.canvases.values() if canvas.channel == channel), None)

    def direct(self, members: set[str]) -> Channel | None:
        """Return the direct conversation of exactly these people."""
        return next((c for c in self.channels.values() if c.is_direct and set(c.members) == members), None)

    def may_see(self, user: str, channel: Channel) -> bool:
        """Say whether a person may know of a channel: public ones, and those they are in."""
        return channel.kind == "channel" or user in channel.members

    def stack(self, user: str) -> list[View]:
        """Return a person's open modals, the visible one last."""
        return [self.views[view_id] for view_id in self.stacks.get(user, [])]

    def home(self, user: str) -> View | None:
        """Return what the app published on a person's Home tab."""
        view_id = self.homes.get(user)
        return None if view_id is None else self.views[view_id]

    # -- keeping -----------------------------------------------------------------------------

    def save(self, record: Record) -> None:
        """Remember a new or changed record, in memory and on disk."""
        if isinstance(record, Message):
            self._index(record)
            self.store.put("message", f"{record.channel}/{record.ts}", dump(record))
            return
        if isinstance(record, Team):
            self.team = record
        else:
            self._table(record)[record.id] = record
        self.store.put(_kind(record), record.id, dump(record))

    def forget(self, record: Record) -> None:
        """Remove a record from memory and disk."""
        if isinstance(record, Message):
            self._messages.get(record.channel, {}).pop(record.ts, None)
            self._replies.get((record.channel, record.thread_ts or ""), {}).pop(record.ts, None)
            self.store.delete("message", f"{record.channel}/{record.ts}")
            return
        assert not isinstance(record, Team)
        self._table(record).pop(record.id, None)
        self.store.delete(_kind(record), record.id)

    def count_deleted(self) -> None:
        """Count one more deleted message."""
        self.deleted_count += 1
        self.store.put("meta", "deleted", self.deleted_count)

    def save_stack(self, user: str, view_ids: list[str]) -> None:
        """Remember which modals a person has open."""
        self.stacks[user] = view_ids
        self.store.put("stack", user, view_ids)

    def save_home(self, user: str, view_id: str) -> None:
        """Remember which view is a person's Home tab."""
        self.homes[user] = view_id
        self.store.put("home", user, view_id)

    def new_channel(self, name: str, kind: ChannelKind, creator: str, members: list[str]) -> Channel:
        """Make and keep an empty channel."""
        prefix = "D" if kind == "im" else "C"
        channel = Channel(self.next_id(prefix), name, kind, creator, self.now(), members=members)
        self.save(channel)
        return channel

    def _index(self, message: Message) -> None:
        channel = message.channel
        self._messages.setdefault(channel, {})[message.ts] = message
        self._newest[channel] = max(self._newest.get(channel, 0), micros(message.ts))
        if message.is_reply and message.thread_ts is not None:
            self._replies.setdefault((channel, message.thread_ts), {})[message.ts] = message

    def _table(self, record: Any) -> dict[str, Any]:
        tables: dict[type, dict[str, Any]] = {
            Canvas: self.canvases,
            Channel: self.channels,
            File: self.files,
            Hook: self.hooks,
            PendingEvent: self.pending,
            ScheduledMessage: self.scheduled,
            User: self.users,
            UserGroup: self.usergroups,
            View: self.views,
        }
        return tables[type(record)]

    # -- starting again ------------------------------------------------------------------------

    def _load_identity(self) -> Identity:
        stored = self.store.get("meta", "identity")
        if stored is not None:
            return Identity(**stored)
        identity = Identity.derive(self.store.name)
        self.store.put("meta", "identity", {f.name: getattr(identity, f.name) for f in fields(identity)})
        return identity

    def _load(self) -> None:
        for _, row in self.store.all("team"):
            self.team = Team(**row)
        for kind in (User, UserGroup, File, Canvas, View, ScheduledMessage, Hook, PendingEvent):
            for _, row in self.store.all(kind.__name__.lower()):
                record = kind(**row)
                self._table(record)[record.id] = record
        for _, row in self.store.all("channel"):
            row["pins"] = [Pin(**pin) for pin in row["pins"]]
            row["bookmarks"] = [Bookmark(**mark) for mark in row["bookmarks"]]
            self.channels[row["id"]] = Channel(**row)
        for _, row in self.store.all("message"):
            self._index(Message(**row))
        self.stacks = dict(self.store.all("stack"))
        self.homes = dict(self.store.all("home"))


def dump(record: Any) -> JSON:
    """Return a record's fields as JSON-ready values, nested records included."""
    return {f.name: _plain(getattr(record, f.name)) for f in fields(record)}


def format_ts(microseconds: int) -> str:
    """Write microseconds since the epoch as Slack writes a message's ts."""
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}"


def micros(ts: str) -> int:
    """Read a ts as whole microseconds; raises ValueError if it is none."""
    whole, _, part = ts.partition(".")
    return int(whole) * 1_000_000 + int((part or "0").ljust(6, "0")[:6])


def _plain(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], Pin | Bookmark):
        return [dump(item) for item in value]
    return value


def _kind(record: Record) -> str:
    return type(record).__name__.lower()
