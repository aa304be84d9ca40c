"""Scarce responders: a commander's own figure, and what an accepted proposal says of an incident."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.domain import cadence
from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.decisions.moment import Moment, admit, permit, require_open
from bot.domain.model import Incident
from bot.domain.refusal import Refused

LONGEST: Final = timedelta(days=7)
"""A figure beyond it is none to plan an evening with."""


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.EstimateMitigation(minutes=minutes):
            return estimate(incident, minutes, moment)
        case c.AcceptStaffing():
            return accept(incident, command, moment)
    return None


def estimate(incident: Incident, minutes: int | None, moment: Moment) -> tuple[e.Event, ...]:
    """Note the figure of whoever leads: it bears their name, so nobody else may give it."""
    admit(moment, "say how long mitigating takes")
    require_open(incident, "nothing is left to estimate")
    if moment.actor.id not in cadence.leaders(incident):
        raise Refused(
            "not_leading",
            f"How long mitigating takes is for the commander or the deputy of {incident.label} to say.",
            "Tell them what you know, or take command first.",
        )
    if minutes is not None and incident.mitigated_at is not None:
        raise Refused(
            "mitigated_already",
            f"{incident.label} is mitigated, so nobody waits for it and a figure would count for nothing.",
            "Reopen it first if it is not.",
        )
    if minutes is None:
        return (e.MitigationEstimated(None),) if incident.shifts.figure else ()
    if not 1 <= minutes <= LONGEST / timedelta(minutes=1):
        raise Refused("eta_out_of_range", "That is no time from one minute to seven days.", "Write one like `40m`.")
    return (e.MitigationEstimated(minutes),)


def accept(incident: Incident, command: c.AcceptStaffing, moment: Moment) -> tuple[e.Event, ...]:
    """Record what was accepted. Its roles go through `AssignRole`, which asks for that permission, too."""
    permit(moment, "staff", incident, "accept a staffing proposal")
    require_open(incident, "nobody is placed on it")
    return (
        e.StaffingAccepted(
            command.proposal, command.leader, command.helpers, command.waits, command.price, command.keep
        ),
    )
