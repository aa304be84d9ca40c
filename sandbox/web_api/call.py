"""One Web API call by the app, with what every method needs to answer it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sandbox.errors import SlackError
from sandbox.methods import METHODS
from sandbox.model import Channel, Message, User
from sandbox.sockets import SocketHub
from sandbox.state import State
from sandbox.web_api.arguments import Arguments
from sandbox.workspace import Workspace

Item = TypeVar("Item")
DEFAULT_LIMIT = 100
MAX_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has passed token, scope and rate checks."""

    method: str
    args: Arguments
    workspace: Workspace
    hub: SocketHub
    strict: bool = True

    @property
    def state(self) -> State:
        """What the workspace holds."""
        return self.workspace.state

    @property
    def bot(self) -> str:
        """The user id of the caller."""
        return self.state.identity.bot_user_id

    def channel(self, name: str = "channel") -> Channel:
        """Return the conversation an argument names, if the app may know of it and has the scope."""
        channel = self.state.channels.get(self.args.text(name))
        if channel is None or not self.state.may_see(self.bot, channel):
            raise SlackError("channel_not_found")
        self.check_scope(channel)
        return channel

    def check_scope(self, channel: Channel) -> None:
        """Raise missing_scope unless one of the scopes for this kind of conversation is granted."""
        facts = METHODS[self.method]
        needed = facts.scopes_for(channel.kind)
        if not self.strict or not facts.scopes_for():
            return
        if not needed:
            raise SlackError("method_not_supported_for_channel_type")
        if not self.state.app.scopes.intersection(needed):
            raise missing_scope(self.state, needed)

    def require_member(self, channel: Channel, error: str = "not_in_channel") -> None:
        """Raise an error unless the app is in the channel."""
        if self.strict and self.bot not in channel.members:
            raise SlackError(error)

    def require_open(self, channel: Channel, error: str = "is_archived") -> None:
        """Raise an error if the channel is archived."""
        if channel.is_archived:
            raise SlackError(error)

    def message(self, channel: Channel, name: str, error: str = "message_not_found") -> Message:
        """Return the message whose ts an argument gives."""
        message = self.state.message(channel.id, self.args.text(name))
        if message is None:
            raise SlackError(error)
        return message

    def user(self, name: str = "user") -> User:
        """Return the user an argument names."""
        user = self.state.users.get(self.args.required(name))
        if user is None:
            raise SlackError("user_not_found")
        return user

    def page(self, items: Sequence[Item], *, default: int = DEFAULT_LIMIT) -> tuple[list[Item], str]:
        """Return one page of items and the cursor of the next ("" on the last)."""
        limit = self.args.integer("limit", default)
        if limit < 1 or limit > MAX_LIMIT:
            known = "invalid_limit" in METHODS[self.method].errors
            raise SlackError("invalid_limit" if known else "invalid_arguments")
        start = self._start()
        end = start + limit
        return list(items[start:end]), _cursor(end) if end < len(items) else ""

    def _start(self) -> int:
        cursor = self.args.text("cursor")
        if not cursor:
            return 0
        try:
            word, _, number = urlsafe_b64decode(cursor.encode()).decode().partition(":")
            if word != "next":
                raise ValueError(cursor)
            return int(number)
        except (ValueError, BadBase64):
            known = "invalid_cursor" in METHODS[self.method].errors
            raise SlackError("invalid_cursor" if known else "invalid_arguments") from None


def missing_scope(state: State, needed: Sequence[str]) -> SlackError:
    """Return the error that names the scopes asked for and those granted."""
    return SlackError("missing_scope", needed=",".join(needed), provided=",".join(sorted(state.app.scopes)))


def _cursor(position: int) -> str:
    return urlsafe_b64encode(f"next:{position}".encode()).decode()
