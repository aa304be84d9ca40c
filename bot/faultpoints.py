"""Named points at which a test may end the process. In production each is a call that does nothing.

Nothing in the environment arms them: only a test's own entry module calls `install`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

EVENT_RECEIVED: Final = "event_received"
BEFORE_COMMIT: Final = "before_commit"
AFTER_COMMIT: Final = "after_commit"
AFTER_CLAIM: Final = "after_claim"
AFTER_SEND: Final = "after_send"
BEFORE_SETTLE: Final = "before_settle"
AFTER_SETTLE: Final = "after_settle"

ALL: Final = (EVENT_RECEIVED, BEFORE_COMMIT, AFTER_COMMIT, AFTER_CLAIM, AFTER_SEND, BEFORE_SETTLE, AFTER_SETTLE)
"""In the order in which a command and its first effect pass them."""


class _Hook:
    def __init__(self) -> None:
        self.callback: Callable[[str], None] | None = None


_HOOK: Final = _Hook()


def install(callback: Callable[[str], None] | None) -> None:
    """Have `callback` called with the name of each point as it is reached; None takes it out again."""
    _HOOK.callback = callback


def reach(name: str) -> None:
    """Say that this point of the path was reached."""
    if _HOOK.callback is not None:
        _HOOK.callback(name)
