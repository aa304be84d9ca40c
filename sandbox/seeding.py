"""Fills an empty workspace from plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.messages import with_ids
from sandbox.model import Channel, Message, Team, User, UserGroup
from sandbox.state import State, format_ts

BOT = "bot"
_SEED_KEYS = {"team", "users", "usergroups", "channels", "messages", "composer", "first_channel", "acting_as"}


def load_seed(state: State, seed: Mapping[str, Any]) -> None:
    """Fill the workspace once; a workspace that was filled before is left alone.

    Keys, all optional: ``team`` {id, name, domain}; ``users`` [{id, name, real_name, email, title, tz,
    color, avatar, guest, deleted}]; ``usergroups`` [{id, handle, name, users}]; ``channels`` [{id, name,
    topic, purpose, members, creator, private}]; ``messages`` [{channel, user | bot_name, text, blocks,
    at, thread_of, reactions [{name, users}]}] with ``at`` in seconds before now (negative) and
    ``thread_of`` the ``at`` of the message replied to; ``composer`` {channel, text}; ``first_channel``;
    ``acting_as``. ``bot`` stands for the app's own user. Raises ValueError on unknown keys.
    """
    if state.store.get("meta", "seeded"):
        return
    if unknown := set(seed) - _SEED_KEYS:
        raise ValueError(f"unknown keys in the seed: {', '.join(sorted(unknown))}")
    state.store.begin()
    if "team" in seed:
        state.save(Team(**seed["team"]))
    for row in seed.get("users", []):
        state.save(User(**row))
    for row in seed.get("usergroups", []):
        state.save(UserGroup(**{**row, "users": list(row["users"]), "created": state.now()}))
    for row in seed.get("channels", []):
        _add_channel(state, row)
    _add_messages(state, seed.get("messages", []))
    for name in ("composer", "first_channel", "acting_as"):
        state.store.put("meta", name, seed.get(name))
    state.store.put("meta", "seeded", True)
    state.store.commit()


def add_bot(state: State) -> None:
    """Make sure the app's own bot user is there and bears the manifest's name."""
    identity = state.identity
    state.save(
        User(
            identity.bot_user_id,
            state.app.bot_name,
            state.app.name,
            is_bot=True,
            bot_id=identity.bot_id,
            color="c8442f",
            avatar="🔔",
        )
    )


def _add_channel(state: State, row: Mapping[str, Any]) -> None:
    started = state.now() - 30 * 86_400
    topic, purpose = row.get("topic", ""), row.get("purpose", "")
    creator = _person(state, row.get("creator") or row["members"][0])
    state.save(
        Channel(
            row["id"],
            row["name"],
            "group" if row.get("private") else "channel",
            creator,
            started,
            topic=topic,
            topic_by=creator if topic else "",
            topic_at=started if topic else 0,
            purpose=purpose,
            purpose_by=creator if purpose else "",
            purpose_at=started if purpose else 0,
            members=[_person(state, member) for member in row["members"]],
            is_general=row["name"] == "general",
        )
    )


def _add_messages(state: State, rows: Sequence[Mapping[str, Any]]) -> None:
    start = state.clock.now()
    stamps: dict[tuple[str, float], str] = {}
    for number, row in enumerate(sorted(rows, key=lambda row: float(row["at"]))):
        ts = format_ts(int((start + row["at"]) * 1_000_000) + number)
        stamps[row["channel"], row["at"]] = ts
        root = row.get("thread_of")
        state.save(
            Message(
                ts,
                row["channel"],
                _person(state, row.get("user", BOT)),
                row.get("text", ""),
                with_ids(state, row.get("blocks", [])),
                thread_ts=None if root is None else stamps[row["channel"], root],
                reactions={mark["name"]: list(mark["users"]) for mark in row.get("reactions", [])},
                **_as_bot(state, row),
            )
        )
    for channel in state.channels.values():
        newest = state.messages(channel.id)[-1:]
        channel.read = {member: message.ts for message in newest for member in channel.members}
        state.save(channel)


def _as_bot(state: State, row: Mapping[str, Any]) -> dict[str, Any]:
    name = row.get("bot_name")
    if name is not None:
        return {
            "subtype": "bot_message",
            "username": name,
            "details": {"bot_id": f"B0{name.upper()[:8]}"},
        }
    return {"bot_id": state.identity.bot_id} if row.get("user", BOT) == BOT else {}


def _person(state: State, name: str) -> str:
    return state.identity.bot_user_id if name == BOT else name
