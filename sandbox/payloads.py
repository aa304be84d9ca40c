"""The payloads of what people do: commands, clicks, shortcuts, modals."""

from __future__ import annotations

from sandbox.model import JSON, Channel, Message, User, View
from sandbox.responses import message_object, view_object
from sandbox.state import State


def channel_name(channel: Channel) -> str:
    """Return a channel's name as payloads give it: private places are not named."""
    if channel.kind == "channel":
        return channel.name
    return "directmessage" if channel.is_direct else "privategroup"


def common(state: State, kind: str, user: User) -> JSON:
    """Return the fields every interactive payload has."""
    names = {"username": user.name, "name": user.name}
    # Slack names the person of a shortcut once only, and differently for the two kinds.
    names.pop({"message_action": "username", "shortcut": "name"}.get(kind, ""), None)
    return {
        "type": kind,
        "user": {"id": user.id, **names, "team_id": state.team.id},
        "api_app_id": state.identity.app_id,
        "token": state.identity.verification_token,
        "team": {"id": state.team.id, "domain": state.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(
    state: State,
    user: User,
    channel: Channel,
    *,
    word: str,
    text: str,
    response_url: str,
    trigger_id: str,
) -> JSON:
    """Return a slash command."""
    return {
        "token": state.identity.verification_token,
        "team_id": state.team.id,
        "team_domain": state.team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": word,
        "text": text,
        "api_app_id": state.identity.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def on_message(state: State, channel: Channel, message: Message) -> JSON:
    """Return the container, channel and message of an act on a message.

    An ephemeral message is kept nowhere, so its own content is not sent back.
    """
    ephemeral = message.ephemeral_to is not None
    container: JSON = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    place: JSON = {
        "container": container,
        "channel": {"id": channel.id, "name": channel_name(channel)},
    }
    if not ephemeral:
        place["message"] = message_object(state, message, metadata=True)
    return place


def on_view(state: State, view: View) -> JSON:
    """Return the container and view of an act in a modal or on the Home tab."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view_object(state, view)}
