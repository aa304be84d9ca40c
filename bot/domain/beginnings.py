"""How an incident begins: what makes one begin anew, and what shows that a declaration was meant."""

from __future__ import annotations

from typing import Final

from bot.domain.events import IncidentReopened, IncidentUnmerged
from bot.domain.model import Incident

BEGUN_ANEW: Final = (IncidentReopened, IncidentUnmerged)
"""Whatever asks for one of them asks for both: an incident taken out of another is like a reopened one."""


def taken_up(incident: Incident) -> bool:
    """Whether people have treated it as real, so that one press may no longer end it as a slip of the finger.

    They have once they posted an update, merged another into it, said that people may come to harm, reopened it, or
    somebody beside its declarer holds a role in it.
    """
    holders = {user for users in incident.roles.values() for user in users}
    return bool(
        incident.updates
        or incident.parts
        or incident.safety
        or incident.reopened_at
        or holders.difference({incident.declared_by})
    )
