"""Files: announced, uploaded to an address of their own, then shared into channels."""

from __future__ import annotations

import mimetypes
import struct

from sandbox.changes import Changes, MessageTouched
from sandbox.messages import Draft, Messages
from sandbox.model import File, Message
from sandbox.state import State

_PNG = b"\x89PNG\r\n\x1a\n"


class Uploads:
    """Acts on files; bytes and facts are kept together."""

    def __init__(self, state: State, messages: Messages, changes: Changes) -> None:
        self._state = state
        self._messages = messages
        self._changes = changes

    def announce(self, name: str, size: int, user: str, alt_text: str = "") -> File:
        """Make room for a file of ``size`` bytes; its bytes follow."""
        mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if name.endswith(".md"):
            mimetype = "text/markdown"
        file = File(self._state.next_id("F"), name, name, user, self._state.now(), size, mimetype, alt_text=alt_text)
        self._state.save(file)
        return file

    def receive(self, file: File, content: bytes) -> None:
        """Keep a file's bytes; pictures in PNG get their size read."""
        file.size = len(content)
        file.uploaded = True
        if content.startswith(_PNG) and len(content) >= 24:
            file.width, file.height = struct.unpack(">II", content[16:24])
        self._state.store.put_content(file.id, content)
        self._state.save(file)

    def share(self, files: list[File], draft: Draft) -> Message:
        """Post files into a channel as one message."""
        draft.files = [file.id for file in files]
        message = self._messages.post(draft)
        for file in files:
            file.complete = True
            file.shares.setdefault(message.channel, []).append(message.ts)
            self._state.save(file)
        # Posted before the shares were known, so it is shown once more with them.
        self._changes.tell(MessageTouched(message))
        return message

    def finish(self, file: File) -> None:
        """Mark a file complete without sharing it."""
        file.complete = True
        self._state.save(file)

    def delete(self, file: File) -> None:
        """Remove a file from everywhere it was shared; a message left empty goes with it."""
        self._state.forget(file)
        self._state.store.delete_content(file.id)
        for channel_id, stamps in file.shares.items():
            for ts in stamps:
                message = self._state.message(channel_id, ts)
                if message is None:
                    continue
                message.files = [kept for kept in message.files if kept != file.id]
                if message.files or message.text or message.blocks:
                    self._state.save(message)
                    self._changes.tell(MessageTouched(message))
                else:
                    self._messages.delete(message)
