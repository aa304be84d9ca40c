"""What a message says: facts only.

Wording and layout belong to templates, which get the incident's current fold beside the notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.asking_notices import AskingNotice
from bot.domain.asking_notices import AskOver as AskOver
from bot.domain.asking_notices import OfferEnd as OfferEnd
from bot.domain.asking_notices import OfferEnded as OfferEnded
from bot.domain.handoffs import News
from bot.domain.model import Absence, Status
from bot.domain.quiet import WhileQuiet as WhileQuiet
from bot.domain.regulation import Reminder, Trigger
from bot.domain.relation_notices import MergedHere as MergedHere
from bot.domain.relation_notices import MergedInto as MergedInto
from bot.domain.relation_notices import MergeUndone as MergeUndone
from bot.domain.relation_notices import PartReleased as PartReleased
from bot.domain.relation_notices import RelationNotice
from bot.domain.relation_notices import RoleInPart as RoleInPart
from bot.domain.room_notices import ArchiveAhead as ArchiveAhead
from bot.domain.room_notices import ArchivePutOff as ArchivePutOff
from bot.domain.room_notices import RoomNotice
from bot.domain.room_notices import RoomReplaced as RoomReplaced


@dataclass(frozen=True, slots=True)
class UpdatePublished:
    """Update `number` (read from the fold, so that a correction re-renders the same notice)."""

    number: int


@dataclass(frozen=True, slots=True)
class IncidentAnnounced:
    """To subscribers: there is an incident."""


@dataclass(frozen=True, slots=True)
class SeverityRaisedOrLowered:
    old: str
    new: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class StatusMoved:
    old: Status
    new: Status
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class RankMoved:
    """The incident took the place of others in the displayed order; `passed` are their numbers, best place first."""

    old: int
    new: int
    passed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SafetyMoved:
    """People may come to harm (`declared`; `again`: in other words), or it turned out that they do not."""

    declared: bool
    reason: str
    by: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class PlaceOverridden:
    """A rank was set by hand `until` a time; None: it ended, before its time if somebody (`by`) ended it."""

    place: int
    reason: str
    by: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentOver:
    """Resolved (with what fixed it), cancelled or closed (with the reason)."""

    status: Status
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class IncidentReopened:
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class RoleDuties:
    """To a new holder: what the role does. `short` is the one-line form for people who had the full card twice."""

    role: str
    by: str
    short: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RoleMoved:
    """To the room, one line. `user` None means the role is vacant now; `replaced` is who held it."""

    role: str
    user: str | None
    replaced: str | None
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RoleTakenOver:
    """To the former holder."""

    role: str
    by: str


@dataclass(frozen=True, slots=True)
class NoCommander:
    """Nobody has taken command for `minutes`."""

    minutes: int


@dataclass(frozen=True, slots=True)
class CommandOffer:
    """To the deputy, or to the room and those on call: the commander has not acted for `minutes`. Take command?"""

    commander: str
    minutes: int


@dataclass(frozen=True, slots=True)
class CommanderAsked:
    """To the commander, who has not acted for `minutes`: command was offered to `asked`; are they there?"""

    minutes: int
    asked: str


@dataclass(frozen=True, slots=True)
class HandoffOffer:
    """To the receiver: handoff `number` with its note (read from the fold), Accept and Decline while it is open."""

    number: int


@dataclass(frozen=True, slots=True)
class HandoffNews:
    """To the giver: what became of handoff `number`, after `minutes` where nobody answered."""

    number: int
    what: News
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class HandoffDone:
    """To the room, one line: handoff `number` was accepted."""

    number: int


@dataclass(frozen=True, slots=True)
class SeverityQuestion:
    """To the declarer: the severity was assumed; is it right?"""

    severity: str


@dataclass(frozen=True, slots=True)
class DeclaredReceipt:
    """To the declarer: it is under way, with "Declared by mistake" until `undo_until`."""

    undo_until: datetime


@dataclass(frozen=True, slots=True)
class UpdateHeadsUp:
    """Quietly to the owner, before the update is due: a finished draft."""

    due_at: datetime
    draft: str


@dataclass(frozen=True, slots=True)
class UpdateDue:
    """The update is due (`late_minutes` 0) or overdue. `step` is the rung of the ladder, `to` whom it tells.

    `again`: the room has heard of it before. `unpaged` says why nobody is paged although it is time ("" elsewhere).
    `away` says that Firebell itself was away, and that this one message stands for all it should have sent then.
    """

    due_at: datetime
    late_minutes: int
    step: int
    draft: str = ""
    away: Absence | None = None
    to: str = ""
    again: bool = False
    unpaged: str = ""


@dataclass(frozen=True, slots=True)
class ReminderAnswered:
    """What a reminder becomes once it was answered `at`, by update `number` or (0) by "no change"."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CommunicationMeasured:
    """To whoever commanded, at the end: how well people were kept informed, as the fold has it `at` that time."""

    at: datetime


@dataclass(frozen=True, slots=True)
class PinGone:
    """To those who marked a message: it could not be read; `detail` says why."""

    detail: str


@dataclass(frozen=True, slots=True)
class SetupTrouble:
    """A set-up step failed where the card cannot show it."""

    step: str
    detail: str
    effect_id: str


@dataclass(frozen=True, slots=True)
class DeliveryTrouble:
    """An effect was given up; says what and offers Retry."""

    what: str
    detail: str
    effect_id: str


@dataclass(frozen=True, slots=True)
class PostmortemReady:
    """The document is there, with the open sections and their Edit buttons."""

    version: int


@dataclass(frozen=True, slots=True)
class PostmortemNudge:
    """To the postmortem's owner on the next working day: which sections are still empty."""

    open_sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChartsUnavailable:
    """Metrics were asked for and none could be drawn; says why."""

    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutiesArisen:
    """To legal: regulations that may ask for a report have come up."""

    regulations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutiesDue:
    """To whom the duties are for: so much of the time for each is gone."""

    reminders: tuple[Reminder, ...]


@dataclass(frozen=True, slots=True)
class DutiesOutstanding:
    """To whom the duties are for: what is left to do.

    `occasion` is "waiting" (nobody was told for a day), "assigned" (to a new holder of a role that they are for), or
    the status in which the incident has ended.
    """

    occasion: str


@dataclass(frozen=True, slots=True)
class DeciderWanted:
    """To somebody who was asked: has this happened, and when?"""

    regulation: str
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class PageMoved:
    """To the room: a page, as it now stands."""

    number: int


@dataclass(frozen=True, slots=True)
class RespondersAsked:
    """To the room: who was asked to come, and whom the paging system does not know."""

    number: int
    users: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostMoved:
    """To the room: a text for customers, as it now stands."""

    number: int


@dataclass(frozen=True, slots=True)
class PostWanted:
    """To whoever owes updates: after update `update`, or the end of the incident (0), the status page says less.

    `whole_over_at` is when the incident that this one is part of ended, where that is what leads to the question.
    """

    update: int
    whole_over_at: datetime | None = None


Notice = (
    UpdatePublished
    | IncidentAnnounced
    | SeverityRaisedOrLowered
    | StatusMoved
    | RankMoved
    | SafetyMoved
    | PlaceOverridden
    | IncidentOver
    | IncidentReopened
    | RoleDuties
    | RoleMoved
    | RoleTakenOver
    | NoCommander
    | CommandOffer
    | CommanderAsked
    | AskingNotice
    | HandoffOffer
    | HandoffNews
    | HandoffDone
    | SeverityQuestion
    | DeclaredReceipt
    | UpdateHeadsUp
    | UpdateDue
    | ReminderAnswered
    | CommunicationMeasured
    | PinGone
    | SetupTrouble
    | DeliveryTrouble
    | PostmortemReady
    | PostmortemNudge
    | ChartsUnavailable
    | DutiesArisen
    | DutiesDue
    | DutiesOutstanding
    | DeciderWanted
    | PageMoved
    | RespondersAsked
    | PostMoved
    | PostWanted
    | RelationNotice
    | WhileQuiet
    | RoomNotice
)
