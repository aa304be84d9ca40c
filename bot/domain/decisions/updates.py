"""Situation reports: post, correct, "no change", snooze."""

from __future__ import annotations

from bot.domain import cadence, panels
from bot.domain import commands as c
from bot.domain import events as e
from bot.domain.decisions.moment import Moment, limited, permit, require_open, require_text
from bot.domain.decisions.severity import change_severity
from bot.domain.model import OPEN_STATUSES, Incident, Status, Update
from bot.domain.refusal import Refused


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.PostUpdate():
            return post(incident, command, moment)
        case c.CorrectUpdate():
            return correct(incident, command, moment)
        case c.ConfirmUnchanged():
            return unchanged(incident, moment)
        case c.SnoozeReminder():
            return snooze(incident, moment)
    return None


def post(incident: Incident, command: c.PostUpdate, moment: Moment) -> tuple[e.Event, ...]:
    """One submit is one post: moves of status and severity travel with the update and say nothing of their own."""
    permit(moment, "update", incident, "post updates")
    require_open(incident, "no further update is due")
    latest = incident.latest_update
    if command.after_update is not None and latest is not None and latest.number > command.after_update:
        raise Refused(
            "stale",
            f"@{{{latest.by}}} posted update {latest.number} while you were writing: “{latest.headline[:120]}”.",
            "Submit again to post yours as well.",
            field="headline",
        )
    headline = _headline(command.headline)
    moves: list[e.Event] = []
    severity = incident.severity
    if command.severity and command.severity != incident.severity:
        asked = c.ChangeSeverity(command.severity, command.severity_reason)
        moves.extend(change_severity(incident, asked, moment, with_update=True))
        severity = command.severity
    status = command.status or (Status.INVESTIGATING if incident.status is Status.DECLARED else incident.status)
    if status not in OPEN_STATUSES:
        raise Refused("not_a_move", "An update does not end an incident.", "Use `resolve` for that.", field="status")
    if status is not incident.status:
        moves.append(e.StatusChanged(incident.status, status, "", with_update=True))
    rules = moment.policy.severity(severity)
    posted = e.UpdatePosted(
        number=len(incident.updates) + 1,
        headline=headline,
        impact=limited(command.impact, field="impact", name="The impact"),
        doing=limited(command.doing, field="doing", name="What is being done"),
        next=limited(command.next, field="next", name="What is next"),
        next_at=command.next_at,
        status=status,
        severity=severity,
        due_at=cadence.next_due(rules, moment.policy, moment.now),
        announce=rules.announce_updates or severity != incident.severity,
        estimate=_estimate(command),
        confidence=command.confidence if command.estimate.strip() else None,
    )
    return (*moves, posted)


def _headline(text: str) -> str:
    """A headline is one line, wherever it is shown; line breaks in it become spaces."""
    return " ".join(require_text(text, field="headline", name="The headline").split())


def _estimate(command: c.PostUpdate | c.CorrectUpdate) -> str:
    return limited(command.estimate, field="estimate", name="The estimate")


def ending_update(incident: Incident, command: c.Resolve, fixed_by: str) -> e.UpdatePosted:
    """Write the last update, which goes out with the resolution."""
    headline = _headline(command.headline or f"Resolved. {fixed_by}")
    return e.UpdatePosted(
        number=len(incident.updates) + 1,
        headline=headline,
        impact=limited(command.impact, field="impact", name="The impact"),
        status=Status.RESOLVED,
        severity=incident.severity,
        announce=True,
    )


def correct(incident: Incident, command: c.CorrectUpdate, moment: Moment) -> tuple[e.Event, ...]:
    """Change what an update says, wherever it went; both versions stay in the log. Allowed after the end as well."""
    permit(moment, "update", incident, "correct updates")
    update = next((one for one in incident.updates if one.number == command.number), None)
    if update is None:
        raise Refused("no_update", f"{incident.label} has no update {command.number}.", "Post one first.")
    corrected = e.UpdateCorrected(
        number=command.number,
        headline=_headline(command.headline),
        impact=limited(command.impact, field="impact", name="The impact"),
        doing=limited(command.doing, field="doing", name="What is being done"),
        next=limited(command.next, field="next", name="What is next"),
        estimate=_estimate(command),
        confidence=command.confidence if command.estimate.strip() else None,
    )
    return () if _said(update) == _said(corrected) else (corrected,)


def _said(one: Update | e.UpdateCorrected) -> tuple[str | None, ...]:
    return (one.headline, one.impact, one.doing, one.next, one.estimate, one.confidence)


def unchanged_refusal(incident: Incident, moment: Moment) -> Refused | None:
    """Say why "no change" is not offered now, or None when it is."""
    if not incident.is_open:
        return Refused("not_open", f"{incident.label} is {incident.status.value}.", "Nothing is due.")
    if incident.clock.changed:
        return Refused(
            "changed", "Severity or status moved since the last update.", "Post an update so that people know."
        )
    moved = panels.moved(incident)
    if moved:
        service = moment.policy.service(moved[0].service)
        title = next((one.title for one in service.panels if one.key == moved[0].panel), moved[0].panel)
        return Refused(
            "panels_changed",
            f"The metrics moved since the last update: {service.name}, {title}.",
            "Post an update so that people know.",
        )
    limit = moment.policy.severity(incident.severity).unchanged_in_row
    if limit is not None and incident.clock.unchanged_in_row >= limit:
        times = "once" if limit == 1 else f"{limit} times"
        return Refused(
            "too_often", f"For {incident.severity}, “No change” counts {times} in a row.", "Post an update this time."
        )
    return None


def unchanged(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    permit(moment, "update", incident, "answer reminders")
    refusal = unchanged_refusal(incident, moment)
    if refusal is not None:
        raise refusal
    latest = incident.latest_update
    since = incident.unchanged_since or (latest.at if latest else incident.declared_at)
    severity = moment.policy.severity(incident.severity)
    return (e.UnchangedConfirmed(since, cadence.next_due(severity, moment.policy, moment.now)),)


def snooze(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    """Move the reminder that was sent, once; a severity change or an update ends it."""
    permit(moment, "update", incident, "snooze reminders")
    require_open(incident, "nothing is due")
    if incident.clock.snoozed_until is not None:
        raise Refused("snoozed", "This reminder was snoozed once already.", "Post an update, or say “No change”.")
    if incident.clock.step == 0:
        raise Refused(
            "no_reminder", "No reminder is waiting for an answer.", "The next one comes before the update is due."
        )
    return (e.ReminderSnoozed(moment.now + moment.policy.span(moment.policy.durations.snooze)),)
