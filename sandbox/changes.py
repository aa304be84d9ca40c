"""What can change in the workspace, told to whoever listens: the page, and the app's events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from sandbox.model import Canvas, Channel, Message, Pin, User, View


@dataclass(frozen=True, slots=True)
class MessagePosted:
    """A message is new; an ephemeral one names its reader."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """A message was edited; ``before`` is how it read."""

    message: Message
    before: Message


@dataclass(frozen=True, slots=True)
class MessageTouched:
    """Something beside a message's words changed (replies, reactions, pins): redraw it."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A message is gone."""

    message: Message


@dataclass(frozen=True, slots=True)
class Reacted:
    """Someone reacted, or took a reaction back."""

    message: Message
    user: str
    name: str
    added: bool


@dataclass(frozen=True, slots=True)
class Pinned:
    """A message was pinned, or unpinned; the channel holds what is pinned now."""

    channel: Channel
    message: Message
    pin: Pin
    user: str
    added: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """Someone came into a channel or left it."""

    channel: Channel
    user: str
    joined: bool
    inviter: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelChanged:
    """A channel was made, renamed, archived, brought back, or edited in its header."""

    channel: Channel
    what: Literal["created", "renamed", "archived", "unarchived", "edited"]
    by: str


@dataclass(frozen=True, slots=True)
class CanvasWritten:
    """A canvas reads differently now."""

    canvas: Canvas


@dataclass(frozen=True, slots=True)
class UserChanged:
    """A person's profile changed, or they were deactivated."""

    user: User


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Someone opened the app's Home tab; ``channel`` is their direct message with the app."""

    user: str
    channel: Channel
    view: View | None


@dataclass(frozen=True, slots=True)
class ViewShown:
    """A modal was opened, pushed on another, or replaced in place; or a Home tab published."""

    view: View
    how: Literal["open", "push", "update", "home"]


@dataclass(frozen=True, slots=True)
class ViewsClosed:
    """Modals went away: one, or (``cleared``) the whole stack."""

    user: str
    views: list[View] = field(default_factory=list)
    cleared: bool = False


Change = (
    MessagePosted
    | MessageChanged
    | MessageTouched
    | MessageDeleted
    | Reacted
    | Pinned
    | Membership
    | ChannelChanged
    | CanvasWritten
    | UserChanged
    | HomeOpened
    | ViewShown
    | ViewsClosed
)
Listener = Callable[[Change], None]


class Changes:
    """Tells every listener of each change, in order, before the act returns."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` for every change from now on."""
        self._listeners.append(listener)

    def tell(self, change: Change) -> None:
        """Pass a change on to every listener."""
        for listener in self._listeners:
            listener(change)
