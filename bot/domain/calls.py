"""Which call an incident has, by the rules in force and what was opened for it."""

from __future__ import annotations

from bot.domain.call import CallService
from bot.domain.model import Incident
from bot.domain.policy import Policy


def call_url(incident: Incident, policy: Policy) -> str:
    """Return where the incident's call is: the one that was opened for it, else what the template says; "" if none."""
    if incident.venue.call_url:
        return incident.venue.call_url
    return policy.call.url(incident.number) if policy.call is not None else ""


def opens_call(incident: Incident, policy: Policy) -> bool:
    """Whether the incident is one that a call is opened for, and has none yet."""
    call = policy.call
    wanted = isinstance(call, CallService) and incident.severity in call.severities
    return wanted and incident.is_open and not incident.venue.call_url
