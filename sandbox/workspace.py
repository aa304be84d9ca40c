"""The workspace as one object: what it holds, and everything that can be done to it."""

from __future__ import annotations

from sandbox.canvases import Canvases
from sandbox.changes import Changes
from sandbox.channels import Channels
from sandbox.messages import Messages
from sandbox.state import State
from sandbox.triggers import Triggers
from sandbox.uploads import Uploads
from sandbox.views import Views


class Workspace:
    """Holds the acts on messages, channels, canvases, views and files, all on the same state."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.changes = Changes()
        self.messages = Messages(state, self.changes)
        self.channels = Channels(state, self.changes, self.messages)
        self.canvases = Canvases(state, self.changes)
        self.views = Views(state, self.changes)
        self.triggers = Triggers(state)
        self.uploads = Uploads(state, self.messages, self.changes)
