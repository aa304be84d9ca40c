"""What the reminders of one incident go by; part of `bot.domain.model`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """What the cadence needs to know.

    `changed` says that status or severity moved since the last update, so "no change" would be untrue. `restarted_at`
    is the latest of: declared, reopened, an update, "no change", a severity change. `due_at` is None when nothing is
    due. `step` is one more than that of the newest reminder sent for this due time (0 = none), `reminded_at` when that
    was, `deferred_until` until when the next one waits for quiet hours to end. `missed` counts the due times that
    passed without an update. `caught_up` is the end of the newest absence of Firebell that people were told of.

    Before anybody is paged the room is read: `asked_at` is when that was last asked for, `spoken_at` when a person was
    found to have written there. `paged` says that the step that pages has been taken.
    """

    restarted_at: datetime
    due_at: datetime | None = None
    snoozed_until: datetime | None = None
    step: int = 0
    unchanged_in_row: int = 0
    missed: int = 0
    changed: bool = False
    caught_up: datetime | None = None
    reminded_at: datetime | None = None
    deferred_until: datetime | None = None
    asked_at: datetime | None = None
    spoken_at: datetime | None = None
    paged: bool = False
