"""How typed text becomes Slack's message text: escapes, and mentions as ids."""

from __future__ import annotations

import re

from sandbox.state import State

_TOKEN = re.compile(r"<@(?P<user_id>U\w+)(?:\|[^>]*)?>|<#(?P<channel_id>C\w+)(?:\|[^>]*)?>|"
                    r"(?<![\w.@/])@(?P<user>[\w][\w.\-]*)|(?<![\w&/#])#(?P<channel>[a-z0-9][\w\-]*)")  # fmt: skip
_KEPT = re.compile(r"(?P<kept>&(?:amp|lt|gt);|<[@#!][^<>]+>|<https?://[^<>]+>)|[&<>]")
_EVERYONE = {"here", "channel", "everyone"}


def encode(state: State, typed: str, *, named: bool = False) -> str:
    """Escape ``& < >`` and turn ``@name`` and ``#channel`` into Slack's tokens.

    ``named`` writes ``<@U1|ana>`` and ``<#C1|general>``, as slash commands with ``should_escape``
    get them; messages carry the bare ids. Unknown names stay as typed.
    """
    parts: list[str] = []
    position = 0
    for match in _TOKEN.finditer(typed):
        token = _token(state, match, named=named)
        if token is None:
            continue
        parts += [escape(typed[position : match.start()]), token]
        position = match.end()
    return "".join([*parts, escape(typed[position:])])


def escape(text: str) -> str:
    """Escape the three characters Slack's text gives a meaning."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_bare(text: str) -> str:
    """Escape what an app sent unescaped, and leave its entities and tokens as they are."""
    return _KEPT.sub(lambda match: match["kept"] or escape(match[0]), text)


def mentioned_users(state: State, text: str) -> set[str]:
    """Return the ids of the people a message text mentions, groups and everyone included."""
    ids = set(re.findall(r"<@(U\w+)", text))
    for group_id in re.findall(r"<!subteam\^(S\w+)", text):
        group = state.usergroups.get(group_id)
        ids |= set(group.users) if group else set()
    if re.search(r"<!(?:here|channel|everyone)\b", text):
        ids |= set(state.users)
    return ids


def _token(state: State, match: re.Match[str], *, named: bool) -> str | None:
    if match["user_id"] or match["user"]:
        return _person(state, match["user_id"], match["user"] or "", named=named)
    channel = state.channels.get(match["channel_id"]) if match["channel_id"] else state.channel_named(match["channel"])
    if channel is None:
        return None
    return f"<#{channel.id}|{channel.name}>"


def _person(state: State, user_id: str | None, name: str, *, named: bool) -> str | None:
    bare = name.rstrip(".-")
    tail = name[len(bare) :]
    if bare in _EVERYONE:
        return f"<!{bare}>{tail}"
    group = next((g for g in state.usergroups.values() if g.handle == bare), None)
    if group is not None and user_id is None:
        return f"<!subteam^{group.id}|@{group.handle}>{tail}"
    user = (
        state.users.get(user_id)
        if user_id
        else next((u for u in state.users.values() if u.name == bare and not u.deleted), None)
    )
    if user is None:
        return None
    return f"<@{user.id}|{user.name}>{tail}" if named else f"<@{user.id}>{tail}"
