"""What can be asked of an incident. A command may be refused; an accepted one becomes events."""

from __future__ import annotations

from bot.domain.commands.archiving import Archiving, KeepRoom
from bot.domain.commands.course import (
    Cancel,
    ChangeSeverity,
    ChangeStatus,
    Close,
    ConfirmSeverity,
    Course,
    Declare,
    EditDetails,
    Ending,
    Reopen,
    Resolve,
)
from bot.domain.commands.documents import Documents, EditSection, SaveActionItem, WritePostmortem
from bot.domain.commands.handoff import AcceptHandoff, DeclineHandoff, Handoffs, OfferHandoff, WithdrawHandoff
from bot.domain.commands.impact import (
    DeclareSafety,
    EndOverride,
    OverridePlace,
    SetImpact,
    Weighing,
    WithdrawSafety,
)
from bot.domain.commands.outside import (
    AdoptPolicy,
    FireTimer,
    Outside,
    RecordFailure,
    RecordOutcome,
    RescheduleReminders,
    RetryEffect,
)
from bot.domain.commands.paging import AcknowledgePage, Page, Paging, RecordPageMove, RequestResponders, ResolvePage
from bot.domain.commands.people import (
    AssignRole,
    EnterRoom,
    Follow,
    LeaveRoom,
    People,
    ReleaseRole,
    Unfollow,
    VacatePerson,
)
from bot.domain.commands.presence import CatchUp, ConfirmPresence, Presence
from bot.domain.commands.publishing import AskAfterEnd, Publishing, PublishPost
from bot.domain.commands.record import AddNote, CollectMetrics, Record, RequestPin, Unpin
from bot.domain.commands.regulatory import (
    AskDecider,
    AssessDuty,
    FileDuty,
    RaiseDuty,
    Regulatory,
    RescheduleDuties,
    StartDutyClock,
)
from bot.domain.commands.relations import Absorb, LinkTo, MergeInto, Relations, ReleasePart, TakeOut, Unlink, Unmerge
from bot.domain.commands.staffing import AcceptStaffing, EstimateMitigation, Staffing
from bot.domain.commands.updates import ConfirmUnchanged, CorrectUpdate, PostUpdate, SnoozeReminder, Updates

__all__ = [
    "Absorb",
    "AcceptHandoff",
    "AcceptStaffing",
    "AcknowledgePage",
    "AddNote",
    "AdoptPolicy",
    "AskAfterEnd",
    "AskDecider",
    "AssessDuty",
    "AssignRole",
    "Cancel",
    "CatchUp",
    "ChangeSeverity",
    "ChangeStatus",
    "Close",
    "CollectMetrics",
    "Command",
    "ConfirmPresence",
    "ConfirmSeverity",
    "ConfirmUnchanged",
    "CorrectUpdate",
    "Declare",
    "DeclareSafety",
    "DeclineHandoff",
    "EditDetails",
    "EditSection",
    "EndOverride",
    "EnterRoom",
    "EstimateMitigation",
    "FileDuty",
    "FireTimer",
    "Follow",
    "KeepRoom",
    "LeaveRoom",
    "LinkTo",
    "MergeInto",
    "OfferHandoff",
    "OverridePlace",
    "Page",
    "PostUpdate",
    "PublishPost",
    "RaiseDuty",
    "RecordFailure",
    "RecordOutcome",
    "RecordPageMove",
    "ReleasePart",
    "ReleaseRole",
    "Reopen",
    "RequestPin",
    "RequestResponders",
    "RescheduleDuties",
    "RescheduleReminders",
    "Resolve",
    "ResolvePage",
    "RetryEffect",
    "SaveActionItem",
    "SetImpact",
    "SnoozeReminder",
    "StartDutyClock",
    "TakeOut",
    "Unfollow",
    "Unlink",
    "Unmerge",
    "Unpin",
    "VacatePerson",
    "WithdrawHandoff",
    "WithdrawSafety",
    "WritePostmortem",
]

Command = (
    Course
    | Ending
    | People
    | Updates
    | Record
    | Documents
    | Weighing
    | Outside
    | Regulatory
    | Staffing
    | Paging
    | Handoffs
    | Presence
    | Relations
    | Publishing
    | Archiving
)
