"""The bot scopes that the app's manifest asks for, and what stops working without each. A test compares the two."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "app_mentions:read": "`@firebell` in threads is not heard",
        "bookmarks:read": "a bookmark may be added twice",
        "bookmarks:write": "incident channels get no bookmarks",
        "canvases:write": "incident channels get no canvas",
        "channels:history": "messages cannot be put on the timeline",
        "channels:join": "the bot cannot enter the summary channel",
        "channels:manage": "no incident channel can be opened",
        "channels:read": "the summary channel cannot be found",
        "chat:write": "nothing can be said at all",
        "chat:write.public": "the summary channel cannot be greeted before the bot is in it",
        "commands": "slash command and shortcuts do not work",
        "files:read": "a file may be shared twice",
        "files:write": "charts and postmortems cannot be shared",
        "groups:history": "messages of private incidents cannot be put on the timeline",
        "groups:read": "private incident channels cannot be found again",
        "groups:write": "no private incident channel can be opened",
        "im:history": "a direct message may be sent twice",
        "im:write": "nobody can be told by direct message",
        "pins:read": "pins cannot be seen",
        "pins:write": "the card cannot be pinned",
        "reactions:read": "a pushpin reaction puts nothing on the timeline",
        "reactions:write": "a message put on the timeline is not marked",
        "usergroups:read": "user groups cannot be invited or asked for roles",
        "users:read": "people have no names and time zones",
        "users:read.email": "people cannot be matched by e-mail",
    }
)
