"""What happened to an incident. Events are never changed or removed; a correction is a new event.

Each class is stored under its own name with version 1 unless `codec` knows otherwise. Who did it and when it was
recorded stand in `Recorded`; a time inside an event is when the thing itself happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Absence, Actor, MessageRef, PanelReading, SharedFile, Status


@dataclass(frozen=True, slots=True)
class IncidentDeclared:
    id: str
    workspace: str
    number: int
    title: str
    severity: str
    severity_assumed: bool = False
    services: tuple[str, ...] = ()
    services_guessed: bool = False
    summary: str = ""
    impact: str = ""
    kind: str = "infrastructure"
    private: bool = False
    drill: bool = False
    started_at: datetime | None = None
    detected_by: str = ""
    origin: MessageRef | None = None
    setup: tuple[str, ...] = ()
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DetailsEdited:
    """New values; None means unchanged."""

    title: str | None = None
    services: tuple[str, ...] | None = None
    summary: str | None = None
    impact: str | None = None
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeverityChanged:
    """`with_update` says that an update in the same request tells people, so nothing else is posted."""

    old: str
    new: str
    reason: str = ""
    due_at: datetime | None = None
    with_update: bool = False


@dataclass(frozen=True, slots=True)
class SeverityConfirmed:
    severity: str


@dataclass(frozen=True, slots=True)
class SeverityAsked:
    """The declarer was asked whether the assumed severity is right."""

    severity: str


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """`with_update` as in `SeverityChanged`."""

    old: Status
    new: Status
    reason: str = ""
    with_update: bool = False


@dataclass(frozen=True, slots=True)
class RoleAssigned:
    role: str
    user: str
    replaced: str | None = None


@dataclass(frozen=True, slots=True)
class RoleReleased:
    role: str
    user: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CommanderMissing:
    """Nobody took command within the policy's time."""

    minutes: int


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


@dataclass(frozen=True, slots=True)
class UpdateCorrected:
    number: int
    headline: str
    impact: str = ""
    doing: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class UnchangedConfirmed:
    """Somebody said "no change"; `since` is when impact last changed."""

    since: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReminderSent:
    """One rung of the ladder. `recipients` are words of the ladder ("owner", "leaders", "room").

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


@dataclass(frozen=True, slots=True)
class ReminderDeferred:
    """Quiet hours: nothing was sent, it will be at `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class ReminderSnoozed:
    until: datetime


@dataclass(frozen=True, slots=True)
class CadenceChanged:
    """The operator's rules changed while this was open: updates follow every `every_seconds`, the next at `due_at`."""

    every_seconds: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class NoteAdded:
    text: str
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PinRequested:
    channel: str
    ts: str
    thread_ts: str | None = None
    via: str = "reaction"


@dataclass(frozen=True, slots=True)
class MessagePinned:
    """A message as it was said, kept with its author and time."""

    channel: str
    ts: str
    author: str
    text: str
    permalink: str
    said_at: datetime
    pinned_by: str


@dataclass(frozen=True, slots=True)
class PinFailed:
    """The message could not be read any more."""

    channel: str
    ts: str
    why: str


@dataclass(frozen=True, slots=True)
class MessageUnpinned:
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class IncidentResolved:
    fixed_by: str
    impact_ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentReopened:
    reason: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentCancelled:
    reason: str


@dataclass(frozen=True, slots=True)
class IncidentClosed:
    reason: str


@dataclass(frozen=True, slots=True)
class Followed:
    user: str


@dataclass(frozen=True, slots=True)
class Unfollowed:
    user: str


@dataclass(frozen=True, slots=True)
class PersonEntered:
    """Somebody came into the room of a private incident."""

    user: str


@dataclass(frozen=True, slots=True)
class PersonLeft:
    user: str


@dataclass(frozen=True, slots=True)
class RoomOpened:
    channel: str
    name: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class MessagePlaced:
    """A message that will be edited or linked later now stands there."""

    slot: str
    channel: str
    ts: str
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class SetupStepDone:
    step: str


@dataclass(frozen=True, slots=True)
class EffectFailed:
    """An effect was given up. `step` names the set-up step it stood for ("" for none)."""

    effect_id: str
    what: str
    reason: str
    detail: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class EffectRetried:
    effect_id: str
    what: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class MetricsRequested:
    moment: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class PanelsStored:
    moment: str
    blob: str
    start: datetime
    end: datetime
    panels: int
    errors: tuple[str, ...] = ()
    readings: tuple[PanelReading, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartsShared:
    moment: str
    files: tuple[SharedFile, ...]


@dataclass(frozen=True, slots=True)
class PostmortemRequested:
    """A rendering is wanted. `why` is "resolved", "asked", "edited", "panels"."""

    version: int
    why: str


@dataclass(frozen=True, slots=True)
class PostmortemRendered:
    version: int
    blobs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DocumentShared:
    version: int
    format: str
    file: SharedFile


@dataclass(frozen=True, slots=True)
class FilesRemoved:
    file_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionEdited:
    section: str
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class ActionItemSaved:
    id: int
    text: str
    owner: str = ""
    due: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class PostmortemNudged:
    """The postmortem's owner was reminded of the open sections."""

    owner: str
    open_sections: tuple[str, ...]


_Course = IncidentDeclared | DetailsEdited | StatusChanged | SeverityChanged | SeverityConfirmed | SeverityAsked
_Ending = IncidentResolved | IncidentReopened | IncidentCancelled | IncidentClosed
_People = RoleAssigned | RoleReleased | CommanderMissing | Followed | Unfollowed | PersonEntered | PersonLeft
_Updates = UpdatePosted | UpdateCorrected | UnchangedConfirmed
_Reminders = ReminderSent | ReminderDeferred | ReminderSnoozed | CadenceChanged
_Timeline = NoteAdded | PinRequested | MessagePinned | PinFailed | MessageUnpinned
_Outside = RoomOpened | MessagePlaced | SetupStepDone | EffectFailed | EffectRetried
_Evidence = MetricsRequested | PanelsStored | ChartsShared
_Document = PostmortemRequested | PostmortemRendered | DocumentShared | FilesRemoved
_Writing = SectionEdited | ActionItemSaved | PostmortemNudged

Event = _Course | _Ending | _People | _Updates | _Reminders | _Timeline | _Outside | _Evidence | _Document | _Writing


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event in its place in the log: `seq` counts from 1 within the incident; `at` is when it was recorded (UTC)."""

    seq: int
    event: Event
    actor: Actor
    at: datetime
    request_id: str = ""
