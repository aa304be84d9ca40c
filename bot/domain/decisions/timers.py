"""What a due timer means. The condition is looked at again when it fires: one that no longer holds does nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.domain import cadence, reaction
from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.decisions import handoff, impact, presence, regulatory
from bot.domain.decisions.documents import SECTIONS
from bot.domain.decisions.lifecycle import watched
from bot.domain.decisions.moment import Moment
from bot.domain.model import Absence, Incident, Status

LATE_AFTER: Final = timedelta(seconds=60)
"""Firebell owes nobody an explanation for a reminder that comes later than it should by less than this."""


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    if isinstance(command, c.AdoptPolicy):
        return (*adopt_policy(incident, moment), *regulatory.adopt(incident, moment))
    if not isinstance(command, c.FireTimer):
        return None
    match command.kind:
        case reaction.UPDATE:
            return remind(incident, command, moment)
        case reaction.NO_COMMANDER:
            return presence.no_commander(incident, command.step, moment)
        case reaction.ABSENT:
            return presence.absent(incident, moment)
        case reaction.CONFIRM_SEVERITY:
            asked = incident.is_open and incident.severity_assumed
            return (e.SeverityAsked(incident.severity),) if asked else ()
        case reaction.PANELS_AFTER:
            return panels_after(incident, moment)
        case reaction.POSTMORTEM_NUDGE:
            return nudge(incident)
        case reaction.OVERRIDE:
            return impact.expire_override(incident, moment)
        case reaction.HANDOFF:
            return handoff.unanswered(incident, moment)
        case reaction.REGULATORY:
            return regulatory.remind(incident, moment)
    return ()


def remind(incident: Incident, command: c.FireTimer, moment: Moment) -> tuple[e.Event, ...]:
    """Send the rung that is due; after downtime one catch-up stands for every rung that was missed."""
    policy, now = moment.policy, moment.now
    following = cadence.next_rung(incident, policy)
    if following is None or incident.clock.due_at is None:
        return ()
    rung = cadence.current_rung(incident, policy, now)
    if rung is None:
        return (e.ReminderDeferred(following.at),)
    wait = cadence.deferred_until(incident, policy, now)
    if wait is not None and wait > now:
        return (e.ReminderDeferred(wait),)
    due = incident.clock.due_at
    return (
        e.ReminderSent(
            step=rung.step,
            due_at=due,
            recipients=rung.recipients,
            late_minutes=max(0, int((now - due).total_seconds() // 60)),
            missed=cadence.missed_count(incident, policy, now),
            draft=cadence.draft(incident, policy) if rung.step <= 1 else "",
            away=_absence(incident, command, now) if rung.step > 0 else None,
        ),
    )


def _absence(incident: Incident, command: c.FireTimer, now: datetime) -> Absence | None:
    """Return the absence that kept this reminder back, without what people were told of before; None for no such."""
    away, told = command.away, incident.clock.caught_up
    if away is None or now - command.due_at <= LATE_AFTER:
        return None
    since = max(away.since, told) if told else away.since
    return Absence(since, away.until) if since <= command.due_at < away.until else None


def adopt_policy(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    """Count the due time anew if the cadence is another than the one by which it was set."""
    due = cadence.due_by_policy(incident, moment.policy, moment.now)
    if due is None or due == incident.clock.due_at:
        return ()
    span = moment.policy.span(moment.policy.severity(incident.severity).cadence)
    return (e.CadenceChanged(round(span.total_seconds()), due),)


def panels_after(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    if incident.resolved_at is None or not watched(incident, moment.policy):
        return ()
    start = (incident.started_at or incident.declared_at) - moment.policy.durations.panels_before
    return (e.MetricsRequested("after", start, moment.now),)


def nudge(incident: Incident) -> tuple[e.Event, ...]:
    if incident.status is not Status.RESOLVED:
        return ()
    written = {key for key, section in incident.sections.items() if section.text.strip()}
    still_open = tuple(key for key in SECTIONS if key not in written)
    if not incident.action_items:
        still_open = (*still_open, "action_items")
    return (e.PostmortemNudged(cadence.postmortem_owner(incident), still_open),) if still_open else ()
