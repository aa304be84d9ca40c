"""From an audience to the people in it, as the incident stands when the effect is performed."""

from __future__ import annotations

from bot.domain import cadence
from bot.domain.effects import DirectMessage, TellAudience
from bot.domain.model import Incident


def people(incident: Incident, effect: TellAudience) -> tuple[str, ...]:
    """Return each person once, without those to be left out; an unknown audience is empty.

    Who left the room of a private incident is told nothing more, whatever they hold or follow.
    """
    owner = cadence.owner(incident)
    groups = {
        "followers": incident.followers,
        "leaders": cadence.leaders(incident),
        "owner": (owner,) if owner else (),
        "declarer": (incident.declared_by,),
    }
    found = groups.get(effect.audience, ())
    return tuple(user for user in dict.fromkeys(found) if user not in effect.leave_out and user not in incident.left)


def messages(incident: Incident, effect: TellAudience) -> dict[str, DirectMessage]:
    """Return one direct message for each person; each has a slot of its own, so that all copies can be edited later."""
    return {
        user: DirectMessage(user, effect.notice, f"{effect.slot}:{user}" if effect.slot else "")
        for user in people(incident, effect)
    }
