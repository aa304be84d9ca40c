"""What can be asked of an incident. A command may be refused; an accepted one becomes events."""

from __future__ import annotations

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
from bot.domain.commands.impact import (
    DeclareSafety,
    EndOverride,
    OverridePlace,
    SetImpact,
    Weighing,
    WithdrawSafety,
)
from bot.domain.commands.outside import AdoptPolicy, FireTimer, Outside, RecordFailure, RecordOutcome, RetryEffect
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
from bot.domain.commands.updates import ConfirmUnchanged, CorrectUpdate, PostUpdate, SnoozeReminder, Updates

__all__ = [
    "AddNote",
    "AdoptPolicy",
    "AskDecider",
    "AssessDuty",
    "AssignRole",
    "Cancel",
    "ChangeSeverity",
    "ChangeStatus",
    "Close",
    "CollectMetrics",
    "Command",
    "ConfirmSeverity",
    "ConfirmUnchanged",
    "CorrectUpdate",
    "Declare",
    "DeclareSafety",
    "EditDetails",
    "EditSection",
    "EndOverride",
    "EnterRoom",
    "FileDuty",
    "FireTimer",
    "Follow",
    "LeaveRoom",
    "OverridePlace",
    "PostUpdate",
    "RaiseDuty",
    "RecordFailure",
    "RecordOutcome",
    "ReleaseRole",
    "Reopen",
    "RequestPin",
    "RescheduleDuties",
    "Resolve",
    "RetryEffect",
    "SaveActionItem",
    "SetImpact",
    "SnoozeReminder",
    "StartDutyClock",
    "Unfollow",
    "Unpin",
    "VacatePerson",
    "WithdrawSafety",
    "WritePostmortem",
]

Command = Course | Ending | People | Updates | Record | Documents | Weighing | Outside | Regulatory
