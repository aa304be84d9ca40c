"""What becomes of messages that ask something when their incident ends: one line in the place of buttons."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import Incident
from bot.domain.react import handoff, presence, relations, updates
from bot.domain.reaction import Reaction

SEVERITY: Final = "severity_asked"
"""Where the question about an assumed severity stands."""

_ASKING: Final = (
    *(updates.REMINDER, presence.OFFER, presence.CHAIR),
    *(handoff.NEWS, relations.ROLE_IN_PART, SEVERITY),
)


def asked(before: Incident | None, after: Incident, recorded: e.Recorded) -> tuple[Reaction, ...]:
    """Edit what asks something as soon as the incident has ended; what was still on its way then, when it stands."""
    if before is None or after.is_open:
        return ()
    event, slots = recorded.event, tuple[str, ...]()
    if before.is_open:
        slots = _standing(before)
    elif isinstance(event, e.MessagePlaced) and event.slot.startswith(_ASKING):
        slots = (event.slot,)
    return tuple(f.EditMessage(slot, _over(after, slot, recorded.at)) for slot in slots)


def _standing(incident: Incident) -> tuple[str, ...]:
    """Return the slots of what asks something; what was answered before has been edited already."""
    starts = (
        updates.reminder_slots(incident),
        *((presence.offer_slots(incident),) if incident.watch and incident.watch.asked else ()),
        *((presence.chair_slots(incident),) if incident.commander is None else ()),
        *(handoff.NEWS, relations.ROLE_IN_PART),
        *((SEVERITY,) if incident.severity_assumed else ()),
    )
    return tuple(slot for slot in incident.messages if slot.startswith(starts))


def _over(incident: Incident, slot: str, at: datetime) -> n.AskOver:
    """Say how it ended. Who left a private incident is not told of another one."""
    place = incident.messages[slot]
    in_room = incident.room is not None and place.channel == incident.room.channel
    told = in_room or not (incident.private and incident.left)
    return n.AskOver(incident.status, at, incident.merged_into if told else None)
