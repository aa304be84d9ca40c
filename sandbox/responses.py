"""The JSON shapes in which Slack shows users, channels, messages, files and views."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sandbox.model import JSON, Bookmark, Channel, File, Message, Pin, User, UserGroup, View
from sandbox.state import State


def tz_offset(state: State, user: User) -> int:
    """Return a person's offset from UTC now, in seconds."""
    offset = datetime.fromtimestamp(state.clock.now(), UTC).astimezone(ZoneInfo(user.tz)).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def user_object(state: State, user: User) -> JSON:
    """Return a user as users.info does; the e-mail address only under its own scope."""
    base: JSON = {
        "id": user.id,
        "team_id": state.team.id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": profile_object(state, user),
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
    }
    if user.deleted:
        return base
    return base | {
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": tz_offset(state, user),
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.guest,
        "is_ultra_restricted": False,
        "is_email_confirmed": not user.is_bot,
        "who_can_share_contact_card": "EVERYONE",
    }


def profile_object(state: State, user: User) -> JSON:
    """Return the ``profile`` part of a user."""
    profile: JSON = {
        "title": user.title,
        "phone": "",
        "skype": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": "",
        "team": state.team.id,
    }
    if user.is_bot:
        return profile | {"bot_id": user.bot_id, "api_app_id": state.identity.app_id, "always_active": True}
    if "users:read.email" in state.app.scopes:
        profile["email"] = user.email
    return profile


def usergroup_object(state: State, group: UserGroup, *, include_users: bool, include_count: bool) -> JSON:
    """Return a user group as usergroups.list does."""
    shown: JSON = {
        "id": group.id,
        "team_id": state.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": group.created,
        "date_update": group.created,
        "date_delete": 0,
        "auto_type": None,
        "created_by": group.users[0] if group.users else "",
        "updated_by": group.users[0] if group.users else "",
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
    }
    if include_users:
        shown["users"] = list(group.users)
    if include_count:
        shown["user_count"] = len(group.users)
    return shown


def channel_object(state: State, channel: Channel, viewer: str) -> JSON:
    """Return a conversation as conversations.info shows it to ``viewer``."""
    if channel.kind == "im":
        return _direct_object(state, channel, viewer)
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": channel.is_general,
        "is_member": viewer in channel.members,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": [state.team.id],
        "context_team_id": state.team.id,
        "parent_conversation": None,
        "unlinked": 0,
        "created": channel.created,
        "updated": channel.created * 1000,
        "creator": channel.creator,
        "topic": {"value": channel.topic, "creator": channel.topic_by, "last_set": channel.topic_at},
        "purpose": {"value": channel.purpose, "creator": channel.purpose_by, "last_set": channel.purpose_at},
        "previous_names": list(channel.previous_names),
        "last_read": channel.read.get(viewer, "0000000000.000000"),
    }


def _direct_object(state: State, channel: Channel, viewer: str) -> JSON:
    peer = next((member for member in channel.members if member != viewer), viewer)
    return {
        "id": channel.id,
        "created": channel.created,
        "is_channel": False,
        "is_group": False,
        "is_im": True,
        "is_mpim": False,
        "is_private": True,
        "is_archived": channel.is_archived,
        "is_org_shared": False,
        "context_team_id": state.team.id,
        "updated": channel.created * 1000,
        "user": peer,
        "is_user_deleted": state.users[peer].deleted,
        "last_read": channel.read.get(viewer, "0000000000.000000"),
        "is_open": True,
        "priority": 0,
    }


def message_object(state: State, message: Message, *, metadata: bool = False) -> JSON:
    """Return a message as history and events show it; its metadata only where asked for."""
    shown: JSON = {"type": "message", "ts": message.ts, "text": message.text, "team": state.team.id}
    if message.hidden_parent:
        return shown | {
            "subtype": "tombstone",
            "hidden": True,
            "user": "USLACKBOT",
            **_thread_facts(state, message),
        }
    if message.subtype != "bot_message":
        shown["user"] = message.user
    if message.broadcast:
        shown["subtype"] = "thread_broadcast"
    optional = {
        "subtype": message.subtype,
        "username": message.username,
        "icons": message.icons,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "edited": message.edited,
        "metadata": message.metadata if metadata else None,
    }
    shown |= {key: value for key, value in optional.items() if value}
    shown |= message.details
    if message.bot_id is not None:
        shown |= {
            "bot_id": message.bot_id,
            "app_id": state.identity.app_id,
            "bot_profile": bot_profile(state),
        }
    if message.files:
        shown["files"] = [file_object(state, state.files[f]) for f in message.files if f in state.files]
        shown["upload"] = False
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ]
    channel = state.channels.get(message.channel)
    if channel is not None and channel.pin(message.ts) is not None:
        shown["pinned_to"] = [channel.id]
    if message.ephemeral_to is not None:
        shown["is_ephemeral"] = True
    return shown | _thread_facts(state, message)


def _thread_facts(state: State, message: Message) -> JSON:
    if message.is_reply:
        assert message.thread_ts is not None
        root = state.message(message.channel, message.thread_ts)
        facts: JSON = {"thread_ts": message.thread_ts}
        if root is not None:
            facts["parent_user_id"] = root.user
        if message.broadcast and root is not None:
            facts["root"] = message_object(state, root)
        return facts
    replies = state.replies(message.channel, message.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people[:5],
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": state.identity.bot_user_id in people,
    }


def bot_profile(state: State) -> JSON:
    """Return the app as its messages name it."""
    return {
        "id": state.identity.bot_id,
        "app_id": state.identity.app_id,
        "user_id": state.identity.bot_user_id,
        "name": state.app.bot_name,
        "icons": {},
        "deleted": False,
        "updated": state.bot.updated,
        "team_id": state.team.id,
    }


def file_object(state: State, file: File) -> JSON:
    """Return a file; its address serves the bytes from this machine."""
    url = f"{state.base_url}/sandbox/api/files/{file.id}/{quote(file.name)}"
    extension = file.name.rpartition(".")[2].lower() if "." in file.name else "text"
    shares: dict[str, JSON] = {}
    for channel_id, stamps in file.shares.items():
        channel = state.channels[channel_id]
        side = "private" if channel.is_private else "public"
        shares.setdefault(side, {})[channel_id] = [
            {"ts": ts, "channel_name": channel.name, "team_id": state.team.id, "reply_count": 0} for ts in stamps
        ]
    shown: JSON = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": extension,
        "pretty_type": extension.upper(),
        "user": file.user,
        "user_team": state.team.id,
        "size": file.size,
        "mode": "hosted",
        "editable": False,
        "is_external": False,
        "is_public": "public" in shares,
        "public_url_shared": False,
        "url_private": url,
        "url_private_download": url,
        "permalink": url,
        "shares": shares,
        "channels": [c for c in file.shares if state.channels[c].kind == "channel"],
        "groups": [c for c in file.shares if state.channels[c].kind == "group"],
        "ims": [c for c in file.shares if state.channels[c].is_direct],
        "has_rich_preview": False,
        "file_access": "visible",
    }
    if file.alt_text:
        shown["alt_txt"] = file.alt_text
    if file.mimetype.startswith("image/"):
        shown |= {f"thumb_{size}": url for size in (64, 80, 160, 360, 480, 720)}
        if file.width and file.height:
            shown |= {"original_w": file.width, "original_h": file.height}
    return shown


def view_object(state: State, view: View) -> JSON:
    """Return a view as Slack hands it back: what the app sent, and Slack's own fields."""
    content = view.content
    shown: JSON = {
        "id": view.id,
        "team_id": state.team.id,
        "type": view.type,
        "blocks": content.get("blocks", []),
        "private_metadata": content.get("private_metadata", ""),
        "callback_id": content.get("callback_id", ""),
        "external_id": content.get("external_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        "title": content.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "clear_on_close": bool(content.get("clear_on_close", False)),
        "notify_on_close": bool(content.get("notify_on_close", False)),
        "close": content.get("close"),
        "submit": content.get("submit"),
        "root_view_id": view.root_view_id,
        "previous_view_id": view.previous_view_id,
        "app_id": state.identity.app_id,
        "app_installed_team_id": state.team.id,
        "bot_id": state.identity.bot_id,
    }
    if content.get("submit_disabled"):
        shown["submit_disabled"] = True
    return shown


def bookmark_object(state: State, channel: Channel, mark: Bookmark) -> JSON:
    """Return a bookmark as bookmarks.list does."""
    return {
        "id": mark.id,
        "channel_id": channel.id,
        "title": mark.title,
        "link": mark.link,
        "emoji": mark.emoji,
        "icon_url": None,
        "entity_id": None,
        "type": "link",
        "date_created": mark.created,
        "date_updated": mark.updated,
        "rank": mark.rank,
        "last_updated_by_user_id": state.identity.bot_user_id,
        "last_updated_by_team_id": state.team.id,
        "shortcut_id": None,
        "app_id": state.identity.app_id,
    }


def pin_object(state: State, channel: Channel, pin: Pin) -> JSON | None:
    """Return a pinned message as pins.list does; None if the message is gone."""
    message = state.message(channel.id, pin.ts)
    if message is None:
        return None
    shown = message_object(state, message)
    shown["permalink"] = permalink(state, message)
    return {
        "type": "message",
        "channel": channel.id,
        "message": shown,
        "created": pin.created,
        "created_by": pin.user,
    }


def permalink(state: State, message: Message) -> str:
    """Return the address of a message: the page, opened on it."""
    address = f"{state.base_url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        return f"{address}?thread_ts={message.thread_ts}&cid={message.channel}"
    return address
