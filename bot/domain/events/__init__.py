"""What happened to an incident. Events are never changed or removed; a correction is a new event.

Each class is stored under its own name with version 1 unless `codec` knows otherwise. Who did it and when it was
recorded stand in `Recorded`; a time inside an event is when the thing itself happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.events.archiving import (
    ArchiveAnnounced,
    ArchiveWanted,
    Archiving,
    RoomArchived,
    RoomInUse,
    RoomKept,
)
from bot.domain.events.course import (
    Course,
    DetailsEdited,
    Ending,
    IncidentCancelled,
    IncidentClosed,
    IncidentDeclared,
    IncidentReopened,
    IncidentResolved,
    SeverityAsked,
    SeverityChanged,
    SeverityConfirmed,
    StatusChanged,
)
from bot.domain.events.documents import (
    ActionItemSaved,
    Document,
    DocumentShared,
    FilesRemoved,
    PostmortemNudged,
    PostmortemRendered,
    PostmortemRequested,
    SectionEdited,
    Writing,
)
from bot.domain.events.handoff import (
    HandoffAccepted,
    HandoffDeclined,
    HandoffOffered,
    Handoffs,
    HandoffUnanswered,
    HandoffWithdrawn,
)
from bot.domain.events.impact import (
    ImpactSet,
    OverrideEnded,
    OverrideSet,
    SafetyDeclared,
    SafetyWithdrawn,
    Weighing,
)
from bot.domain.events.outside import EffectFailed, EffectRetried, MessagePlaced, Outside, RoomOpened, SetupStepDone
from bot.domain.events.paging import (
    PageAcknowledged,
    Paged,
    PageFailed,
    PageRequested,
    PageResolved,
    Paging,
    RespondersAsked,
    RespondersWanted,
)
from bot.domain.events.people import (
    CommanderMissing,
    Followed,
    People,
    PersonEntered,
    PersonLeft,
    RoleAssigned,
    RoleReleased,
    Unfollowed,
)
from bot.domain.events.presence import CaughtUp, CommanderAbsent, CommanderPresent, Presence, WaitExtended
from bot.domain.events.publishing import (
    CustomersAsked,
    PostConfirmed,
    PostFailed,
    PostOvertaken,
    PostPublished,
    Publishing,
)
from bot.domain.events.quiet import QuietHoursOver, QuietTimes, SubscribersCaughtUp, SubscribersDeferred
from bot.domain.events.record import (
    ChartsShared,
    Evidence,
    MessagePinned,
    MessageUnpinned,
    MetricsRequested,
    NoteAdded,
    PanelsStored,
    PinFailed,
    PinRequested,
    Timeline,
)
from bot.domain.events.regulatory import (
    DeciderAsked,
    DutiesChased,
    DutiesRaised,
    DutiesReminded,
    DutiesRescheduled,
    DutyAssessed,
    DutyClockStarted,
    DutyFiled,
    Regulatory,
)
from bot.domain.events.relations import (
    IncidentAbsorbed,
    IncidentLinked,
    IncidentMerged,
    IncidentUnlinked,
    IncidentUnmerged,
    PartReleased,
    PeopleTakenOut,
    Relations,
)
from bot.domain.events.staffing import MitigationEstimated, Staffing, StaffingAccepted
from bot.domain.events.updates import (
    CadenceChanged,
    ReminderDeferred,
    Reminders,
    ReminderSent,
    ReminderSnoozed,
    RemindersRescheduled,
    RoomLookedAt,
    RoomLookWanted,
    UnchangedConfirmed,
    UpdateCorrected,
    UpdatePosted,
    UpdateReached,
    Updates,
)
from bot.domain.events.venue import CallOpened, CanvasOpened, CanvasRefused, Surroundings
from bot.domain.model import Actor

__all__ = [
    "ActionItemSaved",
    "ArchiveAnnounced",
    "ArchiveWanted",
    "CadenceChanged",
    "CallOpened",
    "CanvasOpened",
    "CanvasRefused",
    "CaughtUp",
    "ChartsShared",
    "CommanderAbsent",
    "CommanderMissing",
    "CommanderPresent",
    "CustomersAsked",
    "DeciderAsked",
    "DetailsEdited",
    "DocumentShared",
    "DutiesChased",
    "DutiesRaised",
    "DutiesReminded",
    "DutiesRescheduled",
    "DutyAssessed",
    "DutyClockStarted",
    "DutyFiled",
    "EffectFailed",
    "EffectRetried",
    "Event",
    "FilesRemoved",
    "Followed",
    "HandoffAccepted",
    "HandoffDeclined",
    "HandoffOffered",
    "HandoffUnanswered",
    "HandoffWithdrawn",
    "ImpactSet",
    "IncidentAbsorbed",
    "IncidentCancelled",
    "IncidentClosed",
    "IncidentDeclared",
    "IncidentLinked",
    "IncidentMerged",
    "IncidentReopened",
    "IncidentResolved",
    "IncidentUnlinked",
    "IncidentUnmerged",
    "MessagePinned",
    "MessagePlaced",
    "MessageUnpinned",
    "MetricsRequested",
    "MitigationEstimated",
    "NoteAdded",
    "OverrideEnded",
    "OverrideSet",
    "PageAcknowledged",
    "PageFailed",
    "PageRequested",
    "PageResolved",
    "Paged",
    "PanelsStored",
    "PartReleased",
    "PeopleTakenOut",
    "PersonEntered",
    "PersonLeft",
    "PinFailed",
    "PinRequested",
    "PostConfirmed",
    "PostFailed",
    "PostOvertaken",
    "PostPublished",
    "PostmortemNudged",
    "PostmortemRendered",
    "PostmortemRequested",
    "QuietHoursOver",
    "Recorded",
    "Regulatory",
    "ReminderDeferred",
    "ReminderSent",
    "ReminderSnoozed",
    "RemindersRescheduled",
    "RespondersAsked",
    "RespondersWanted",
    "RoleAssigned",
    "RoleReleased",
    "RoomArchived",
    "RoomInUse",
    "RoomKept",
    "RoomLookWanted",
    "RoomLookedAt",
    "RoomOpened",
    "SafetyDeclared",
    "SafetyWithdrawn",
    "SectionEdited",
    "SetupStepDone",
    "SeverityAsked",
    "SeverityChanged",
    "SeverityConfirmed",
    "StaffingAccepted",
    "StatusChanged",
    "SubscribersCaughtUp",
    "SubscribersDeferred",
    "UnchangedConfirmed",
    "Unfollowed",
    "UpdateCorrected",
    "UpdatePosted",
    "UpdateReached",
    "WaitExtended",
]

Event = (
    Course
    | Ending
    | People
    | Updates
    | Reminders
    | Timeline
    | Evidence
    | Outside
    | Document
    | Writing
    | Weighing
    | Regulatory
    | Staffing
    | Paging
    | Handoffs
    | Presence
    | Relations
    | Archiving
    | Surroundings
    | Publishing
    | QuietTimes
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event in its place in the log: `seq` counts from 1 within the incident; `at` is when it was recorded (UTC)."""

    seq: int
    event: Event
    actor: Actor
    at: datetime
    request_id: str = ""
