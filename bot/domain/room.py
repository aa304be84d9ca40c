"""Where an incident is worked on: its channel, messages in it, and whether it is put away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message in the chat system. `thread_ts` is set when it is a reply."""

    channel: str
    ts: str
    thread_ts: str | None = None
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How far the channel of what is over is on its way to the archive.

    `announced_at` is when its last message was asked for, `due_at` the time that this names. `wanted_at` is when the
    archiving was asked for, `used_at` when somebody was last found to have written there.
    """

    announced_at: datetime | None = None
    due_at: datetime | None = None
    wanted_at: datetime | None = None
    used_at: datetime | None = None
    archived_at: datetime | None = None


NOT_ARCHIVED: Final = Keeping()


@dataclass(frozen=True, slots=True)
class Room:
    """The incident channel; with `thread_ts`, a thread in the summary channel that stands in for one."""

    channel: str
    name: str
    thread_ts: str | None = None
    keeping: Keeping = NOT_ARCHIVED

    def needed_again(self) -> Room:
        """Return it off the way to the archive; one that has arrived there is archived until it is brought back."""
        return replace(self, keeping=Keeping(archived_at=self.keeping.archived_at))
