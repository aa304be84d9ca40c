"""Which fields of an event hold what people wrote, a text or several: what may be taken out of the log for good."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.domain import events as e
from bot.domain import notices as n

REDACTED: Final = "[redacted]"
"""What stands where a text was taken out, so that nobody takes the gap for the whole."""

_SAID: Final = ("headline", "impact", "doing", "next", "estimate")

TEXT: Final[Mapping[type, tuple[str, ...]]] = MappingProxyType(
    {
        e.IncidentDeclared: ("title", "summary", "impact", "detected_by"),
        e.DetailsEdited: ("title", "summary", "impact"),
        e.SeverityChanged: ("reason",),
        e.StatusChanged: ("reason",),
        e.RoleAssigned: ("reason",),
        e.RoleReleased: ("reason",),
        e.UpdatePosted: _SAID,
        e.UpdateCorrected: _SAID,
        e.ReminderSent: ("draft",),
        e.HandoffOffered: ("note",),
        e.NoteAdded: ("text",),
        e.MessagePinned: ("text",),
        e.ImpactSet: ("source", "vips", "data_classes"),
        e.SafetyDeclared: ("reason",),
        e.SafetyWithdrawn: ("reason",),
        e.OverrideSet: ("reason",),
        e.OverrideEnded: ("reason",),
        e.IncidentResolved: ("fixed_by",),
        e.IncidentReopened: ("reason",),
        e.IncidentCancelled: ("reason",),
        e.IncidentClosed: ("reason",),
        e.IncidentMerged: ("reason",),
        e.IncidentAbsorbed: ("reason",),
        e.IncidentUnmerged: ("reason",),
        e.PartReleased: ("reason",),
        e.SectionEdited: ("text",),
        e.ActionItemSaved: ("text",),
        e.RoomOpened: ("name",),
        e.PageRequested: ("reason",),
        e.RespondersWanted: ("message",),
        e.PostConfirmed: ("title", "text"),
        e.DutyAssessed: ("why",),
        e.DutyClockStarted: ("why",),
        e.DutyFiled: ("reference",),
    }
)
"""What else an event says (ids, times, keys, numbers) carries the structure, and stays.

A room's name is made of the title, and is therefore as much a text; the room itself is found by its id.
"""

TEXT_BY_NAME: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {cls.__name__: names for cls, names in TEXT.items()}
)
"""By the name under which an event is stored."""

QUOTED: Final[Mapping[type, tuple[str, ...]]] = MappingProxyType(
    {
        n.SeverityRaisedOrLowered: ("reason",),
        n.StatusMoved: ("reason",),
        n.SafetyMoved: ("reason",),
        n.PlaceOverridden: ("reason",),
        n.RoleDuties: ("reason",),
        n.RoleMoved: ("reason",),
        n.IncidentOver: ("text",),
        n.IncidentReopened: ("reason",),
        n.MergedInto: ("reason",),
        n.MergedHere: ("reason",),
        n.MergeUndone: ("reason",),
        n.PartReleased: ("reason",),
        n.UpdateHeadsUp: ("draft",),
        n.UpdateDue: ("draft",),
    }
)
"""Which fields of a notice repeat such a text; other notices are drawn from the incident as it is by then."""

QUOTED_BY_NAME: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {cls.__name__: names for cls, names in QUOTED.items()}
)
