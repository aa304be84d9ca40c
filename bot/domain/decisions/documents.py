"""Metrics on demand, the postmortem and its sections, action items, retries."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.decisions.lifecycle import watched
from bot.domain.decisions.moment import Moment, admit, as_code, limited, permit, require_text
from bot.domain.model import Incident
from bot.domain.refusal import Refused

SECTIONS: Final = ("root_cause", "contributing", "went_well")
"""The sections that people own, in the order of the document."""

_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.CollectMetrics():
            return collect(incident, moment)
        case c.WritePostmortem():
            permit(moment, "postmortem", incident, "write postmortems")
            return (e.PostmortemRequested(incident.postmortem.version + 1, "asked"),)
        case c.EditSection():
            return edit_section(incident, command, moment)
        case c.SaveActionItem():
            return save_item(incident, command, moment)
        case c.RetryEffect(effect_id=effect_id):
            admit(moment, "try a failed step again")
            return retry(incident, effect_id)
    return None


def collect(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    permit(moment, "note", incident, "draw metrics")
    if not watched(incident, moment.policy):
        raise Refused(
            "no_panels",
            "No affected service has metrics to draw.",
            "Name the services with `edit`, or add panels to them.",
        )
    start = (incident.started_at or incident.declared_at) - moment.policy.durations.panels_before
    end = incident.resolved_at + moment.policy.durations.panels_after if incident.resolved_at else moment.now
    return (e.MetricsRequested("asked", start, min(end, moment.now)),)


def edit_section(incident: Incident, command: c.EditSection, moment: Moment) -> tuple[e.Event, ...]:
    permit(moment, "postmortem", incident, "edit postmortems")
    if command.section not in SECTIONS:
        raise Refused(
            "unknown_section",
            f"There is no section {as_code(command.section)}.",
            f"Choose one of {', '.join(SECTIONS)}.",
        )
    current = incident.sections.get(command.section)
    version = current.version if current else 0
    if command.based_on is not None and command.based_on < version and current is not None:
        raise Refused(
            "stale",
            f"@{{{current.by}}} changed this section while your form was open.",
            "Read theirs below, then submit again to replace it.",
            field="text",
        )
    text = limited(command.text, field="text", name="The section")
    if current and current.text == text:
        return ()
    edited = e.SectionEdited(command.section, text, version + 1)
    return (edited, *again(incident))


def save_item(incident: Incident, command: c.SaveActionItem, moment: Moment) -> tuple[e.Event, ...]:
    permit(moment, "postmortem", incident, "write action items")
    text = require_text(command.text, field="text", name="The action item")
    if command.due and not _is_date(command.due):
        raise Refused("bad_date", f"{as_code(command.due)} is no date.", "Write it as 2026-11-30.", field="due")
    known = {item.id: item for item in incident.action_items}
    if command.id is not None and command.id not in known:
        raise Refused("no_item", f"There is no action item {command.id}.", "Choose one from the list.")
    number = command.id if command.id is not None else max(known, default=0) + 1
    saved = e.ActionItemSaved(number, text, command.owner, command.due, command.done)
    before = known.get(number)
    same = before is not None and (before.text, before.owner, before.due, before.done) == (
        saved.text,
        saved.owner,
        saved.due,
        saved.done,
    )
    return () if same else (saved, *again(incident))


def again(incident: Incident, why: str = "edited") -> tuple[e.Event, ...]:
    """What people write, and what becomes or ceases to be part of it, shows up in a document that is already out."""
    if incident.postmortem.requested_at is None:
        return ()
    return (e.PostmortemRequested(incident.postmortem.version + 1, why),)


def retry(incident: Incident, effect_id: str) -> tuple[e.Event, ...]:
    failure = incident.failures.get(effect_id)
    if failure is None:
        return ()
    step = next((step.name for step in incident.setup if step.effect_id == effect_id), "")
    return (e.EffectRetried(effect_id, failure.what, step),)


def _is_date(text: str) -> bool:
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
