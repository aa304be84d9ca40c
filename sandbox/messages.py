"""What people and the app do with messages: post, edit, delete, react, pin."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.changes import (
    Changes,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    MessageTouched,
    Pinned,
    Reacted,
)
from sandbox.errors import SlackError
from sandbox.model import JSON, Channel, Message, Pin
from sandbox.state import State

# Only the errors are documented, not the number; other emulators and people report a hundred.
MAX_PINS = 100
MAX_REACTIONS_EACH = 23


@dataclass(slots=True)
class Draft:
    """A message to be posted; ``details`` are further fields of the message object."""

    channel: Channel
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
    files: list[str] = field(default_factory=list)
    metadata: JSON | None = None
    details: JSON = field(default_factory=dict)
    ephemeral_to: str | None = None


class Messages:
    """Acts on messages; each is kept, then told to the page and the app."""

    def __init__(self, state: State, changes: Changes) -> None:
        self._state = state
        self._changes = changes

    def post(self, draft: Draft) -> Message:
        """Put a message into a channel, or before one person's eyes only."""
        values = {f.name: getattr(draft, f.name) for f in dataclasses.fields(draft)}
        values |= {"channel": draft.channel.id, "blocks": with_ids(self._state, draft.blocks)}
        message = Message(ts=self._state.next_ts(draft.channel.id), **values)
        if message.ephemeral_to is not None:
            self._state.ephemerals.append(message)
            self._changes.tell(MessagePosted(message))
            return message
        self._state.save(message)
        draft.channel.read[draft.user] = message.ts
        self._state.save(draft.channel)
        self._changes.tell(MessagePosted(message))
        if message.is_reply and message.thread_ts is not None:
            self._touch(message.channel, message.thread_ts)
        return message

    def note(self, channel: Channel, user: str, subtype: str, text: str, **details: object) -> Message:
        """Post what Slack itself writes into a channel, such as who joined."""
        return self.post(Draft(channel, user, text=text, subtype=subtype, details=dict(details)))

    def edit(self, message: Message, by: str, **fields: object) -> Message:
        """Change a message's words, blocks, attachments, metadata or files."""
        before = copy.deepcopy(message)
        if "blocks" in fields:
            fields["blocks"] = with_ids(self._state, fields["blocks"])
        for name, value in fields.items():
            setattr(message, name, value)
        if message.ephemeral_to is None:
            message.edited = {"user": by, "ts": f"{self._state.now()}.000000"}
            self._state.save(message)
        self._changes.tell(MessageChanged(message, before))
        return message

    def delete(self, message: Message) -> None:
        """Remove a message; one with replies leaves a tombstone so that its thread stays."""
        if message.ephemeral_to is not None:
            message.hidden_parent = True
            self._changes.tell(MessageDeleted(message))
            return
        channel = self._state.channels[message.channel]
        if (pin := channel.pin(message.ts)) is not None:
            channel.pins.remove(pin)
            self._state.save(channel)
        if self._state.replies(message.channel, message.ts):
            message.hidden_parent = True
            self._state.save(message)
        else:
            self._state.forget(message)
        self._state.count_deleted()
        self._changes.tell(MessageDeleted(message))
        if message.is_reply and message.thread_ts is not None:
            self._touch(message.channel, message.thread_ts)

    def react(self, message: Message, user: str, name: str) -> None:
        """Add a reaction; raises SlackError already_reacted or too_many_emoji."""
        people = message.reactions.get(name, [])
        if user in people:
            raise SlackError("already_reacted")
        if name not in message.reactions and len(message.reactions) >= MAX_REACTIONS_EACH:
            raise SlackError("too_many_emoji")
        message.reactions[name] = [*people, user]
        self._state.save(message)
        self._changes.tell(Reacted(message, user, name, added=True))
        self._changes.tell(MessageTouched(message))

    def unreact(self, message: Message, user: str, name: str) -> None:
        """Take a reaction back; raises SlackError no_reaction."""
        people = message.reactions.get(name, [])
        if user not in people:
            raise SlackError("no_reaction")
        people.remove(user)
        if not people:
            del message.reactions[name]
        self._state.save(message)
        self._changes.tell(Reacted(message, user, name, added=False))
        self._changes.tell(MessageTouched(message))

    def pin(self, channel: Channel, message: Message, user: str) -> None:
        """Pin a message to its channel; raises SlackError already_pinned or too_many_pins."""
        if channel.pin(message.ts) is not None:
            raise SlackError("already_pinned")
        if len(channel.pins) >= MAX_PINS:
            raise SlackError("too_many_pins")
        pin = Pin(message.ts, user, self._state.now())
        channel.pins.insert(0, pin)
        self._state.save(channel)
        self._changes.tell(Pinned(channel, message, pin, user, added=True))
        self._changes.tell(MessageTouched(message))

    def unpin(self, channel: Channel, message: Message, user: str) -> None:
        """Unpin a message; raises SlackError no_pin."""
        pin = channel.pin(message.ts)
        if pin is None:
            raise SlackError("no_pin")
        channel.pins.remove(pin)
        self._state.save(channel)
        self._changes.tell(Pinned(channel, message, pin, user, added=False))
        self._changes.tell(MessageTouched(message))

    def _touch(self, channel: str, ts: str) -> None:
        root = self._state.message(channel, ts)
        if root is not None:
            self._changes.tell(MessageTouched(root))


def with_ids(state: State, blocks: object) -> list[JSON]:
    """Return blocks in which every block and every control has an id, as Slack fills them in."""
    if not isinstance(blocks, list):
        return []
    filled: list[JSON] = copy.deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", state.token(3)[:5])
        for control in controls(block):
            control.setdefault("action_id", state.token(3)[:5])
    return filled


def controls(block: JSON) -> Iterator[JSON]:
    """Yield the interactive elements of a block."""
    candidates = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
    for element in candidates:
        if isinstance(element, dict) and _is_control(element):
            yield element


def _is_control(element: JSON) -> bool:
    kind = str(element.get("type", ""))
    known = {"button", "overflow", "checkboxes", "radio_buttons", "datepicker", "timepicker"}
    known |= {"datetimepicker", "workflow_button", "feedback_buttons", "icon_button", "file_input"}
    return kind in known or kind.endswith(("_select", "_input"))
