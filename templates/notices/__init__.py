"""Everything Firebell says of its own accord: a notice's facts become a message."""

from __future__ import annotations

from datetime import datetime

from bot.domain import notices as n
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.priority import Standing
from bot.domain.subscriptions import Subscription
from templates import stakeholders
from templates.drills import drilled
from templates.message import Links, Message
from templates.notices import (
    after,
    command,
    handoff,
    measured,
    moves,
    pages,
    people,
    publishing,
    regulatory,
    relations,
    room,
    trouble,
    updates,
    weighing,
)
from templates.notices.updates import draft_of
from templates.scene import Scene

__all__ = ["draft_of", "render"]


def render(
    notice: n.Notice,
    incident: Incident,
    policy: Policy,
    *,
    links: Links,
    now: datetime,
    because: Subscription | None = None,
    standing: Standing | None = None,
) -> Message:
    """Write the message for `notice`, with the incident as it now stands; a corrected update so re-renders itself.

    `because` is the subscription by which somebody is told, whose readers it is worded for. `standing` is where the
    incident stands: it does not always get a rank that is set by hand.
    """
    scene = Scene(incident, policy, links, now, standing)
    return drilled(_drawn(notice, scene, because), incident)


def _drawn(notice: n.Notice, scene: Scene, because: Subscription | None) -> Message:
    if because is not None and isinstance(notice, stakeholders.Told):
        return stakeholders.render(notice, scene, because)
    match notice:
        case n.IncidentAnnounced() | n.WhileQuiet():
            return stakeholders.render(notice, scene, None)
        case n.CommunicationMeasured():
            return measured.render(notice, scene)
        case n.UpdatePublished() | n.UpdateHeadsUp() | n.UpdateDue() | n.ReminderAnswered():
            return updates.render(notice, scene)
        case n.SeverityRaisedOrLowered() | n.StatusMoved() | n.IncidentOver() | n.IncidentReopened() | n.RankMoved():
            return moves.render(notice, scene)
        case n.SafetyMoved() | n.PlaceOverridden():
            return weighing.render(notice, scene)
        case n.RoleDuties() | n.RoleMoved() | n.RoleTakenOver() | n.NoCommander():
            return people.render(notice, scene)
        case n.CommandOffer() | n.CommanderAsked() | n.OfferEnded() | n.AskOver():
            return command.render(notice, scene)
        case n.HandoffOffer() | n.HandoffNews() | n.HandoffDone():
            return handoff.render(notice, scene)
        case n.SeverityQuestion() | n.DeclaredReceipt():
            return people.render(notice, scene)
        case n.SetupTrouble() | n.DeliveryTrouble() | n.ChartsUnavailable() | n.PinGone():
            return trouble.render(notice, scene)
        case n.PostmortemReady() | n.PostmortemNudge():
            return after.render(notice, scene)
        case n.ArchiveAhead() | n.ArchivePutOff() | n.RoomReplaced():
            return room.render(notice, scene)
        case n.MergedInto() | n.MergedHere() | n.RoleInPart() | n.MergeUndone() | n.PartReleased() | n.BroughtIn():
            return relations.render(notice, scene)
        case n.PageMoved() | n.RespondersAsked():
            return pages.render(notice, scene)
        case n.PostMoved() | n.PostWanted():
            return publishing.render(notice, scene)
        case n.DutiesArisen() | n.DutiesDue() | n.DutiesOutstanding() | n.DeciderWanted():
            return regulatory.render(notice, scene)
