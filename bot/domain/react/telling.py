"""Where things are told: cards, the room, the summary channel; and the timer of the next update."""

from __future__ import annotations

from typing import Final

from bot.domain import effects as f
from bot.domain import notices as n
from bot.domain import reaction, rungs
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.reaction import Arm, Disarm, Reaction

CLOCKS: Final = (reaction.UPDATE, reaction.NO_COMMANDER, reaction.CONFIRM_SEVERITY)
"""The timers of an incident that runs."""


def arm_update(incident: Incident, policy: Policy) -> tuple[Reaction, ...]:
    """Arm the next reminder, or none."""
    rung = rungs.next_rung(incident, policy)
    return (Disarm(reaction.UPDATE),) if rung is None else (Arm(reaction.UPDATE, rung.at, rung.step),)


def card(incident: Incident) -> tuple[Reaction, ...]:
    """Edit the card in the room if it stands."""
    return (f.RefreshCard(f.CARD),) if f.CARD in incident.messages else ()


def cards(incident: Incident) -> tuple[Reaction, ...]:
    """Edit the cards that stand; one that is still to be posted will be drawn as things then are."""
    slots = (f.CARD, f.SUMMARY_CARD)
    return tuple(f.RefreshCard(slot) for slot in slots if slot in incident.messages)


def to_summary(incident: Incident, notice: n.Notice, *, broadcast: bool, slot: str = "") -> tuple[Reaction, ...]:
    """Say something in the summary card's thread; of a private incident, nothing."""
    return () if incident.private else (f.PostMessage("summary", notice, slot, broadcast),)


def to_subscribers(notice: n.Notice, by: str, *, was: str = "") -> f.TellAudience:
    """Say something to those whose subscriptions reach the incident; `was` is the severity it had just before."""
    return f.TellAudience("subscribers", notice, by=by, severities=(was,) if was else ())


def to_room(incident: Incident, notice: n.Notice, slot: str = "") -> tuple[Reaction, ...]:
    """Say something in the room, unless the summary card's thread stands in for it and hears it anyway."""
    stands_in = incident.room is not None and incident.room.thread_ts is not None and not incident.private
    return () if stands_in else (f.PostMessage("room", notice, slot),)
