"""Forms for situation reports: post one, correct one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot.domain import cadence
from bot.domain.model import OPEN_STATUSES, Confidence, Incident, Status, Update
from bot.domain.policy import Policy
from templates.actions import AFTER, UPDATE, Action, Form
from templates.layout import actions, button, context, option
from templates.modals.building import (
    choice_input,
    for_incident,
    menu_input,
    modal,
    note,
    severity_options,
    text_input,
    time_input,
)
from templates.modals.reading import Reader
from templates.mrkdwn import Mrkdwn, near
from templates.reports import parts_of
from templates.wording import say
from templates.words import name_of, severity_word, status_word

NO_HEADLINE: Final = "Say in one sentence where it stands."


@dataclass(frozen=True, slots=True)
class UpdateForm:
    """What the form holds. `after_update` is the number of the last update its author saw (None: there was none)."""

    headline: str = ""
    impact: str = ""
    doing: str = ""
    next: str = ""
    next_at: datetime | None = None
    status: Status | None = None
    severity: str | None = None
    severity_reason: str = ""
    after_update: int | None = None
    estimate: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class CorrectForm:
    number: int
    headline: str
    impact: str = ""
    doing: str = ""
    next: str = ""
    estimate: str = ""
    confidence: Confidence | None = None


def fresh_update(incident: Incident, policy: Policy, *, now: datetime, draft: str = "") -> UpdateForm:
    """What an update starts from: the draft (its impact in its own input), and status and severity as they stand."""
    latest = incident.latest_update
    impact = latest.impact if latest and latest.impact else incident.impact
    return UpdateForm(
        headline=draft.replace(f" Impact: {impact.rstrip('.')}.", "") if impact else draft,
        impact=impact,
        next_at=cadence.next_due(policy.severity(incident.severity), policy, now).replace(second=0, microsecond=0),
        status=Status.INVESTIGATING if incident.status is Status.DECLARED else incident.status,
        severity=incident.severity,
        after_update=latest.number if latest else 0,
    )


def update_view(incident: Incident, policy: Policy, form: UpdateForm, *, now: datetime) -> dict[str, Any]:
    """Draw the form, with what stakeholders will see; "Refresh preview" draws it again from `read_update`.

    An update that its author has not seen stands above; once shown it counts as seen, so submitting again posts both.
    """
    other = _missed(incident, form)
    if other is not None:
        form = replace(form, after_update=other.number)
    statuses = [option(status_word(status), status.value) for status in OPEN_STATUSES if status is not Status.DECLARED]
    severities = severity_options(policy)
    value = for_incident(incident, **({} if form.after_update is None else {AFTER: str(form.after_update)}))
    blocks: list[Block | None] = [
        note(say("modals.other_update", update=other), "other_update") if other else None,
        *_report_inputs(form),
        time_input("next_at", "Next update by", initial=form.next_at),
        menu_input("status", "Status", statuses, initial=form.status.value if form.status else ""),
        choice_input("severity", "Severity", severities, initial=form.severity or "", optional=True),
        text_input("reason", "Reason for a lower severity", initial=form.severity_reason),
        *_preview(incident, policy, form, now),
        actions(button("Refresh preview", Action.PREVIEW_UPDATE, value), block_id="refresh_preview"),
    ]
    return modal(Form.UPDATE, "Post an update", blocks, value=value, submit="Post update")


def _missed(incident: Incident, form: UpdateForm) -> Update | None:
    latest = incident.latest_update
    if latest is None or form.after_update is None or latest.number <= form.after_update:
        return None
    return latest


def _report_inputs(form: UpdateForm | CorrectForm | Update) -> list[Block]:
    sure = [option(one.value.capitalize(), one.value) for one in Confidence]
    return [
        text_input(
            "headline",
            "Where does it stand?",
            initial=" ".join(form.headline.split()),
            optional=False,
            hint="One line. Its first sentence is what phones show.",
        ),
        text_input(
            "impact", "Impact now", initial=form.impact, multiline=True, hint="With figures, where there are any."
        ),
        text_input("doing", "What is being done", initial=form.doing, multiline=True),
        text_input("next", "What is next", initial=form.next, multiline=True),
        text_input("estimate", "When may it be over?", initial=form.estimate, placeholder="In about 40 minutes"),
        menu_input("confidence", "How sure is that?", sure, initial=form.confidence or "", optional=True),
    ]


def _preview(incident: Incident, policy: Policy, form: UpdateForm, now: datetime) -> tuple[Block, Block]:
    severity = policy.severity(form.severity or incident.severity)
    moved = severity.key != incident.severity
    where = say(
        "modals.preview_where",
        private=incident.private,
        summary=policy.summary_channel,
        announced=severity.announce_updates or moved,
        followers=len(incident.followers),
    )
    return note(_preview_text(incident, policy, form, now), "preview"), context(where)


def _preview_text(incident: Incident, policy: Policy, form: UpdateForm, now: datetime) -> Mrkdwn:
    return say(
        "modals.preview",
        severity=severity_word(form.severity or incident.severity, policy),
        name=name_of(incident),
        status=status_word(form.status or incident.status),
        headline=form.headline,
        parts=parts_of(form),
        next=near(form.next_at, now) if form.next_at else None,
    )


def read_update(view: Mapping[str, Any]) -> UpdateForm:
    """Read whatever the form holds so far; asks for nothing."""
    return _read(Reader(view))


def parse_update(view: Mapping[str, Any]) -> UpdateForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    reader.text("headline", need=NO_HEADLINE)
    form = _read(reader)
    reader.finish()
    return form


def _read(reader: Reader) -> UpdateForm:
    status = reader.choice("status")
    return UpdateForm(
        headline=reader.text("headline"),
        impact=reader.text("impact"),
        doing=reader.text("doing"),
        next=reader.text("next"),
        next_at=reader.time("next_at"),
        status=Status(status) if status in set(OPEN_STATUSES) else None,
        severity=reader.choice("severity") or None,
        severity_reason=reader.text("reason"),
        after_update=reader.number(AFTER),
        estimate=reader.text("estimate"),
        confidence=_confidence(reader),
    )


def _confidence(reader: Reader) -> Confidence | None:
    chosen = reader.choice("confidence")
    return Confidence(chosen) if chosen in set(Confidence) else None


def correct_view(incident: Incident, update: Update) -> dict[str, Any]:
    """Draw the form with the update as it now reads."""
    blocks = [
        note(say("modals.correct", number=update.number, name=name_of(incident))),
        *_report_inputs(update),
    ]
    value = for_incident(incident, **{UPDATE: str(update.number)})
    return modal(Form.CORRECT, f"Correct update {update.number}", blocks, value=value, submit="Correct")


def parse_correct(view: Mapping[str, Any]) -> CorrectForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    headline = reader.text("headline", need=NO_HEADLINE)
    number = reader.number(UPDATE)
    if number is None:
        reader.errors["headline"] = "This form has lost which update it corrects. Open it again from the update."
    reader.finish()
    return CorrectForm(
        number or 0,
        headline,
        reader.text("impact"),
        reader.text("doing"),
        reader.text("next"),
        reader.text("estimate"),
        _confidence(reader),
    )
