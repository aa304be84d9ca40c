"""What people were told, and how they were reminded to tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Absence, Confidence, Status


@dataclass(frozen=True, slots=True)
class UpdatePosted:
    """`announce` broadcasts it to the summary channel; `due_at` is when the next one is due (None: none is)."""

    number: int
    headline: str
    impact: str = ""
    doing: str = ""
    next: str = ""
    next_at: datetime | None = None
    status: Status = Status.INVESTIGATING
    severity: str = ""
    due_at: datetime | None = None
    announce: bool = False
    estimate: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class UpdateCorrected:
    number: int
    headline: str
    impact: str = ""
    doing: str = ""
    next: str = ""
    estimate: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class UnchangedConfirmed:
    """Somebody said "no change"; `since` is when impact last changed."""

    since: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UpdateReached:
    """Update `number` was sent to so many people one by one, to `mailed` of them by e-mail."""

    number: int
    people: int
    mailed: int = 0


@dataclass(frozen=True, slots=True)
class ReminderSent:
    """One rung of the ladder. `recipients` is a word of the ladder ("owner", "leaders", "room" ...) or a role's key.

    `users` are told by direct message. `again` says that the room has heard of this due time before. `page` is what
    came of the step that pages: "requested", or why it told the room instead ("no_pager", "nobody", "standing").

    `missed` counts the due times that had passed without an update when this was sent. `away` is when Firebell was
    away, if this fell due then; it stands for all that should have been sent.
    """

    step: int
    due_at: datetime
    recipients: str
    late_minutes: int = 0
    missed: int = 0
    draft: str = ""
    away: Absence | None = None
    users: tuple[str, ...] = ()
    again: bool = False
    page: str = ""


@dataclass(frozen=True, slots=True)
class ReminderDeferred:
    """Nothing was sent, it will be at `until`: quiet hours, or with `heard` because somebody is at work there."""

    until: datetime
    heard: bool = False


@dataclass(frozen=True, slots=True)
class RoomLookWanted:
    """A page is due. Whether people write in the room since `since` is looked up first."""

    since: datetime


@dataclass(frozen=True, slots=True)
class RoomLookedAt:
    """The room was read: `spoken_at` is when a person wrote there last (None: nobody since the look's beginning)."""

    spoken_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReminderSnoozed:
    until: datetime


@dataclass(frozen=True, slots=True)
class CadenceChanged:
    """The operator's rules changed while this was open: updates follow every `every_seconds`, the next at `due_at`."""

    every_seconds: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class RemindersRescheduled:
    """The operator's ladder changed while this was open: the next reminder comes at `at` (None: none does)."""

    at: datetime | None


Updates = UpdatePosted | UpdateCorrected | UnchangedConfirmed | UpdateReached
Reminders = (
    ReminderSent
    | ReminderDeferred
    | ReminderSnoozed
    | CadenceChanged
    | RoomLookWanted
    | RoomLookedAt
    | RemindersRescheduled
)
