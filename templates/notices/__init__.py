"""Everything Firebell says of its own accord: a notice's facts become a message."""

from __future__ import annotations

from datetime import datetime

from bot.domain import notices as n
from bot.domain.model import Incident
from bot.domain.policy import Policy
from templates.message import Links, Message
from templates.notices import after, moves, people, regulatory, trouble, updates, weighing
from templates.notices.updates import draft_of
from templates.scene import Scene

__all__ = ["draft_of", "render"]


def render(notice: n.Notice, incident: Incident, policy: Policy, *, links: Links, now: datetime) -> Message:
    """Write the message for `notice`, with the incident as it now stands; a corrected update so re-renders itself."""
    scene = Scene(incident, policy, links, now)
    match notice:
        case n.UpdatePublished() | n.UpdateHeadsUp() | n.UpdateDue() | n.ReminderAnswered():
            return updates.render(notice, scene)
        case n.SeverityRaisedOrLowered() | n.StatusMoved() | n.IncidentOver() | n.IncidentReopened() | n.RankMoved():
            return moves.render(notice, scene)
        case n.SafetyMoved() | n.PlaceOverridden():
            return weighing.render(notice, scene)
        case n.RoleDuties() | n.RoleMoved() | n.RoleTakenOver() | n.NoCommander():
            return people.render(notice, scene)
        case n.SeverityQuestion() | n.DeclaredReceipt():
            return people.render(notice, scene)
        case n.SetupTrouble() | n.DeliveryTrouble() | n.ChartsUnavailable() | n.PinGone():
            return trouble.render(notice, scene)
        case n.PostmortemReady() | n.PostmortemNudge():
            return after.render(notice, scene)
        case n.DutiesArisen() | n.DutiesDue() | n.DutiesOutstanding() | n.DeciderWanted():
            return regulatory.render(notice, scene)
