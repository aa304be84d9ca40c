"""Who is there: whether a newcomer is told how things stand, and what an absent commander leads to."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.domain import commands as c
from bot.domain import events as e
from bot.domain import reaction
from bot.domain.decisions import paging
from bot.domain.decisions.moment import Moment, admit
from bot.domain.model import Incident
from bot.domain.presence import climb, next_silence, vacant_for
from bot.domain.refusal import Refused

CATCH_UP_AGAIN: Final = timedelta(minutes=30)
"""Whoever leaves and comes back within this time knows how things stand."""

NO_COMMANDER_REASON: Final = "Nobody has taken command"


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.CatchUp(user=user):
            told = incident.caught_up.get(user)
            again = told is None or moment.now - told >= moment.policy.span(CATCH_UP_AGAIN)
            return (e.CaughtUp(user),) if incident.is_open and again else ()
        case c.ConfirmPresence():
            return confirm(incident, moment)
    return None


def confirm(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    """Only the commander can say so; who has acted since needs not."""
    admit(moment, "command")
    if moment.actor.id != incident.commander:
        raise Refused("not_commander", f"You are not commander of {incident.label}.", "`take` takes command.")
    return (e.CommanderPresent(moment.actor.id),) if incident.watch and incident.watch.asked else ()


def absent(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    """Offer command, if its holder has still not acted; it never moves by itself. Too early, it comes again."""
    silence = next_silence(incident, moment.policy)
    if silence is None or incident.watch is None or incident.commander is None:
        return ()
    if moment.now < silence.at:
        return (e.WaitExtended(reaction.ABSENT, silence.at),)
    minutes = (moment.now - incident.watch.since) * moment.policy.speed // timedelta(minutes=1)
    return (e.CommanderAbsent(incident.commander, minutes, silence.asked),)


def no_commander(incident: Incident, step: int, moment: Moment) -> tuple[e.Event, ...]:
    """Ask the next for a commander: the room, those on call, and for the worst whoever gets paged."""
    steps = climb(incident, moment.policy)
    if not incident.is_open or incident.commander is not None or step >= len(steps):
        return ()
    missing = e.CommanderMissing(vacant_for(incident, moment.policy, moment.now), steps[step])
    if steps[step] != "page":
        return (missing,)
    page = paging.by_itself(incident, NO_COMMANDER_REASON, moment)
    return () if isinstance(page, str) else (missing, page)
