"""What follows from a proposal that was accepted, beside the roles that it moved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.domain import events as e
from bot.domain import reaction
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.reaction import Arm, Reaction

LOOK_AGAIN: Final = timedelta(hours=1)
"""When the channel is asked at the latest for a commander of an incident that waits on purpose."""


def accepted(incident: Incident, event: e.StaffingAccepted, at: datetime, policy: Policy) -> tuple[Reaction, ...]:
    """An incident that waits on purpose is not asked for a commander until it was to be somebody's turn."""
    if event.leader is not None or incident.commander is not None:
        return ()
    waits = LOOK_AGAIN if event.waits is None else min(timedelta(minutes=event.waits), LOOK_AGAIN)
    return (Arm(reaction.NO_COMMANDER, at + max(policy.span(waits), policy.span(policy.durations.no_commander))),)
