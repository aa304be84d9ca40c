"""When the channel of an incident that is over is put away: after a grace period without people, announced before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Incident, Status
from bot.domain.policy import Policy
from bot.domain.room import Keeping

_PUT_AWAY = (Status.CLOSED, Status.CANCELLED, Status.MERGED)
"""Statuses after which nothing more is asked of anyone."""


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next for the channel: at 0 it is announced, at 1 done."""

    at: datetime
    step: int


def archived(incident: Incident) -> bool:
    """Whether Firebell has put the channel away."""
    return incident.room is not None and incident.room.keeping.archived_at is not None


def put_away(incident: Incident) -> bool:
    """Whether nothing more is asked of anyone, so that nobody needs the channel."""
    return incident.status in _PUT_AWAY


def wanted(incident: Incident) -> bool:
    """Whether the archiving that was asked for still is: nobody has reopened it, kept it or done anything since."""
    asked, since = _kept(incident).wanted_at, _quiet_since(incident)
    return asked is not None and since is not None and since <= asked


def next_step(incident: Incident, policy: Policy) -> Step | None:
    """Return what comes next for the channel, and when; None while nothing does."""
    room, since = incident.room, _quiet_since(incident)
    if room is None or room.thread_ts is not None or since is None or not policy.durations.archive_after:
        return None
    kept = room.keeping
    if kept.archived_at is not None or wanted(incident):
        return None
    if kept.due_at is not None and announced(incident):
        return Step(kept.due_at, 1)
    return Step(announced_from(policy, since), 0)


def announced(incident: Incident) -> bool:
    """Whether the last message holds: nobody has been there since."""
    kept, since = _kept(incident), _quiet_since(incident)
    return kept.announced_at is not None and since is not None and kept.announced_at > since


def announced_from(policy: Policy, since: datetime) -> datetime:
    """Return when the channel's last message is due: ahead of the end, but never before half of the grace is over."""
    grace, notice = policy.span(policy.durations.archive_after), policy.span(policy.durations.archive_notice)
    return since + max(grace - notice, grace / 2)


def asked_again(incident: Incident, policy: Policy) -> datetime | None:
    """Return when the channel comes up again, for a message that was overtaken; None if it does not."""
    step = next_step(incident, policy)
    return step.at if step is not None and step.step == 0 else None


def ends_at(incident: Incident, policy: Policy) -> datetime | None:
    """Return when the channel is archived if nobody comes any more."""
    since = _quiet_since(incident)
    return since + policy.span(policy.durations.archive_after) if since else None


def _kept(incident: Incident) -> Keeping:
    return incident.room.keeping if incident.room else Keeping()


def _quiet_since(incident: Incident) -> datetime | None:
    """When it ended or, if that was later, when a person last did or wrote something there."""
    if not put_away(incident) or incident.closed_at is None:
        return None
    times = (incident.closed_at, incident.human_at, _kept(incident).used_at)
    return max(at for at in times if at is not None)
