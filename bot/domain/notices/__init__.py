"""What a message says: facts only.

Wording and layout belong to templates, which get the incident's current fold beside the notice.
"""

from __future__ import annotations

from bot.domain.notices.asking import AskingNotice, AskOver, OfferEnd, OfferEnded
from bot.domain.notices.course import (
    CourseNotice,
    DeclaredReceipt,
    IncidentOver,
    IncidentReopened,
    SeverityQuestion,
    SeverityRaisedOrLowered,
    StatusMoved,
)
from bot.domain.notices.documents import DocumentNotice, PostmortemNudge, PostmortemReady
from bot.domain.notices.handoff import HandoffDone, HandoffNews, HandoffNotice, HandoffOffer
from bot.domain.notices.impact import ImpactNotice, PlaceOverridden, RankMoved, SafetyMoved
from bot.domain.notices.paging import PageMoved, PagingNotice, RespondersAsked
from bot.domain.notices.people import (
    CommanderAsked,
    CommandOffer,
    NoCommander,
    PeopleNotice,
    RoleDuties,
    RoleMoved,
    RoleTakenOver,
)
from bot.domain.notices.publishing import PostMoved, PostWanted, PublishingNotice
from bot.domain.notices.regulatory import DeciderWanted, DutiesArisen, DutiesDue, DutiesOutstanding, RegulatoryNotice
from bot.domain.notices.relations import (
    BroughtIn,
    MergedHere,
    MergedInto,
    MergeUndone,
    PartReleased,
    RelationNotice,
    RoleInPart,
)
from bot.domain.notices.room import ArchiveAhead, ArchivePutOff, RoomNotice, RoomReplaced
from bot.domain.notices.trouble import ChartsUnavailable, DeliveryTrouble, PinGone, SetupTrouble, TroubleNotice
from bot.domain.notices.updates import (
    CommunicationMeasured,
    IncidentAnnounced,
    ReminderAnswered,
    UpdateDue,
    UpdateHeadsUp,
    UpdateNotice,
    UpdatePublished,
)
from bot.domain.quiet import WhileQuiet

__all__ = [
    "ArchiveAhead",
    "ArchivePutOff",
    "AskOver",
    "BroughtIn",
    "ChartsUnavailable",
    "CommandOffer",
    "CommanderAsked",
    "CommunicationMeasured",
    "DeciderWanted",
    "DeclaredReceipt",
    "DeliveryTrouble",
    "DutiesArisen",
    "DutiesDue",
    "DutiesOutstanding",
    "HandoffDone",
    "HandoffNews",
    "HandoffOffer",
    "IncidentAnnounced",
    "IncidentOver",
    "IncidentReopened",
    "MergeUndone",
    "MergedHere",
    "MergedInto",
    "NoCommander",
    "Notice",
    "OfferEnd",
    "OfferEnded",
    "PageMoved",
    "PartReleased",
    "PinGone",
    "PlaceOverridden",
    "PostMoved",
    "PostWanted",
    "PostmortemNudge",
    "PostmortemReady",
    "RankMoved",
    "ReminderAnswered",
    "RespondersAsked",
    "RoleDuties",
    "RoleInPart",
    "RoleMoved",
    "RoleTakenOver",
    "RoomReplaced",
    "SafetyMoved",
    "SetupTrouble",
    "SeverityQuestion",
    "SeverityRaisedOrLowered",
    "StatusMoved",
    "UpdateDue",
    "UpdateHeadsUp",
    "UpdatePublished",
    "WhileQuiet",
]

Notice = (
    AskingNotice
    | CourseNotice
    | DocumentNotice
    | HandoffNotice
    | ImpactNotice
    | PagingNotice
    | PeopleNotice
    | PublishingNotice
    | RegulatoryNotice
    | RelationNotice
    | RoomNotice
    | TroubleNotice
    | UpdateNotice
    | WhileQuiet
)
