"""How often each method may be called, and which scopes let a bot call it: the part that Slack states page by page.

From the method pages of docs.slack.dev (November 2026); tiers cross-checked with java-slack-sdk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from sandbox.model import ChannelKind

# Calls a minute for each app, workspace and method (docs.slack.dev, apis/web-api/rate-limits).
CALLS_PER_MINUTE: Mapping[int, int] = MappingProxyType({1: 1, 2: 20, 3: 50, 4: 100})

Tier = Literal[1, 2, 3, 4, "posting", "special"]
Caller = Literal["bot", "app"]


@dataclass(frozen=True, slots=True)
class Access:
    """A method's tier and scopes.

    ``tier`` is 1 to 4 (see CALLS_PER_MINUTE), "posting" for about one message a second in a channel, or "special" for a
    generous limit of its own. ``scopes`` maps the kind of conversation to its scopes, of which any one suffices; an
    empty mapping asks for none. ``caller`` says whose token may call: the bot's or the app's own.
    """

    tier: Tier
    scopes: Mapping[ChannelKind, tuple[str, ...]]
    caller: Caller = "bot"


KINDS: tuple[ChannelKind, ...] = ("channel", "group", "im", "mpim")
_NONE: Mapping[ChannelKind, tuple[str, ...]] = MappingProxyType({})


def _everywhere(*scopes: str) -> Mapping[ChannelKind, tuple[str, ...]]:
    return MappingProxyType(dict.fromkeys(KINDS, scopes))


def _by_kind(**scopes: tuple[str, ...]) -> Mapping[ChannelKind, tuple[str, ...]]:
    return MappingProxyType({kind: scopes[kind] for kind in KINDS if kind in scopes})


_MANAGE = _by_kind(channel=("channels:manage",), group=("groups:write",))
_TOPIC = _by_kind(
    channel=("channels:manage", "channels:write.topic"),
    group=("groups:write", "groups:write.topic"),
    im=("im:write", "im:write.topic"),
    mpim=("mpim:write", "mpim:write.topic"),
)
_INVITE = _by_kind(
    channel=("channels:manage", "channels:write.invites"),
    group=("groups:write", "groups:write.invites"),
)
_WRITE = _by_kind(channel=("channels:manage",), group=("groups:write",), im=("im:write",), mpim=("mpim:write",))
_READ = _by_kind(channel=("channels:read",), group=("groups:read",), im=("im:read",), mpim=("mpim:read",))
_HISTORY = _by_kind(
    channel=("channels:history",), group=("groups:history",), im=("im:history",), mpim=("mpim:history",)
)
_DIRECT = _by_kind(im=("im:write",), mpim=("mpim:write",))

_CANVAS = _everywhere("canvases:write")
_CHAT = _everywhere("chat:write")
_USERS = _everywhere("users:read")
_GROUPS = _everywhere("usergroups:read")

ACCESS: Mapping[str, Access] = MappingProxyType(
    {
        "api.test": Access(4, _NONE),
        "apps.connections.open": Access(3, _everywhere("connections:write"), caller="app"),
        "auth.test": Access("special", _NONE),
        "blocks.validate": Access("special", _NONE),
        "bookmarks.add": Access(2, _everywhere("bookmarks:write")),
        "bookmarks.edit": Access(2, _everywhere("bookmarks:write")),
        "bookmarks.list": Access(3, _everywhere("bookmarks:read")),
        "bookmarks.remove": Access(2, _everywhere("bookmarks:write")),
        "bots.info": Access(3, _USERS),
        "canvases.edit": Access(3, _CANVAS),
        "chat.delete": Access(3, _CHAT),
        "chat.deleteScheduledMessage": Access(3, _CHAT),
        "chat.getPermalink": Access("special", _NONE),
        "chat.postEphemeral": Access(4, _CHAT),
        "chat.postMessage": Access("posting", _CHAT),
        "chat.scheduleMessage": Access(3, _CHAT),
        "chat.scheduledMessages.list": Access(3, _CHAT),
        "chat.update": Access(3, _CHAT),
        "conversations.archive": Access(2, _MANAGE),
        "conversations.canvases.create": Access(2, _CANVAS),
        "conversations.close": Access(2, _WRITE),
        "conversations.create": Access(2, _MANAGE),
        "conversations.history": Access(3, _HISTORY),
        "conversations.info": Access(3, _READ),
        "conversations.invite": Access(3, _INVITE),
        "conversations.join": Access(3, _by_kind(channel=("channels:join",))),
        "conversations.kick": Access(3, _MANAGE),
        "conversations.leave": Access(3, _WRITE),
        "conversations.list": Access(2, _READ),
        "conversations.mark": Access(3, _WRITE),
        "conversations.members": Access(4, _READ),
        "conversations.open": Access(3, _DIRECT),
        "conversations.rename": Access(2, _MANAGE),
        "conversations.replies": Access(3, _HISTORY),
        "conversations.setPurpose": Access(2, _TOPIC),
        "conversations.setTopic": Access(2, _TOPIC),
        "conversations.unarchive": Access(2, _MANAGE),
        "files.completeUploadExternal": Access(4, _everywhere("files:write")),
        "files.delete": Access(3, _everywhere("files:write")),
        "files.getUploadURLExternal": Access(4, _everywhere("files:write")),
        "files.info": Access(4, _everywhere("files:read")),
        "files.list": Access(3, _everywhere("files:read")),
        "pins.add": Access(2, _everywhere("pins:write")),
        "pins.list": Access(2, _everywhere("pins:read")),
        "pins.remove": Access(2, _everywhere("pins:write")),
        "reactions.add": Access(3, _everywhere("reactions:write")),
        "reactions.get": Access(3, _everywhere("reactions:read")),
        "reactions.remove": Access(2, _everywhere("reactions:write")),
        "team.info": Access(3, _everywhere("team:read")),
        "usergroups.list": Access(2, _GROUPS),
        "usergroups.users.list": Access(2, _GROUPS),
        "users.conversations": Access(3, _READ),
        "users.info": Access(4, _USERS),
        "users.list": Access(2, _USERS),
        "users.lookupByEmail": Access(3, _everywhere("users:read.email")),
        "views.open": Access(4, _NONE),
        "views.publish": Access(4, _NONE),
        "views.push": Access(4, _NONE),
        "views.update": Access(4, _NONE),
    }
)
