"""What a due timer means. The condition is looked at again when it fires: one that no longer holds does nothing."""

from __future__ import annotations

from bot.domain import cadence, reaction
from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.decisions import handoff, impact, presence, regulatory, reminders
from bot.domain.decisions.documents import SECTIONS
from bot.domain.decisions.lifecycle import watched
from bot.domain.decisions.moment import Moment
from bot.domain.model import Incident, Status


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    if isinstance(command, c.AdoptPolicy):
        return (*adopt_policy(incident, moment), *regulatory.adopt(incident, moment))
    if not isinstance(command, c.FireTimer):
        return None
    match command.kind:
        case reaction.UPDATE:
            return reminders.remind(incident, command, moment)
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
