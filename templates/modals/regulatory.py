"""Forms of possible duties: whether one applies, since when its time runs, what was filed, and drafts to copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block

from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.regulation import QUESTIONS, Regulation, Trigger
from templates.actions import KIND, RULE, TRIGGER, Form
from templates.drafts import draft
from templates.duties import DRAFTS, rule_name
from templates.layout import option
from templates.modals.building import (
    choice_input,
    for_incident,
    given_back,
    modal,
    note,
    people_input,
    text_input,
    tick_input,
    time_input,
)
from templates.modals.reading import Reader
from templates.wording import say
from templates.words import name_of

APPLIES = "applies"
DOES_NOT_APPLY = "does_not_apply"
LOST = "This form has lost what it was for. Open it again."
YOUR_ZONE = "In your own time zone."


@dataclass(frozen=True, slots=True)
class AssessForm:
    regulation: str
    applies: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class StartForm:
    """Without `started_at`, `by` is to be asked."""

    regulation: str
    trigger: Trigger
    by: str
    started_at: datetime | None = None
    why: str = ""
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class FileForm:
    regulation: str
    step: str
    filed_at: datetime
    by: str
    reference: str


def assess_view(incident: Incident, key: str, policy: Policy, *, applies: bool) -> dict[str, Any]:
    """Ask why; only "does not apply" must have a reason."""
    kind = APPLIES if applies else DOES_NOT_APPLY
    blocks = [
        note(say(f"regulatory.assess_{kind}", rule=rule_name(key, policy), name=name_of(incident))),
        text_input("why", "Why?", optional=applies, multiline=True, focus=True),
    ]
    title = "It applies" if applies else "It does not apply"
    return modal(
        Form.DUTY_ASSESS, title, blocks, value=for_incident(incident, **{RULE: key, KIND: kind}), submit="Save"
    )


def parse_assess(view: Mapping[str, Any]) -> AssessForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    kind = reader.value.extra.get(KIND, "")
    need = "Say why it does not apply; the reason is kept." if kind == DOES_NOT_APPLY else ""
    why = reader.text("why", need=need)
    if kind not in (APPLIES, DOES_NOT_APPLY):
        reader.errors["why"] = LOST
    reader.finish()
    return AssessForm(reader.value.extra.get(RULE, ""), kind == APPLIES, why)


def start_view(incident: Incident, row: Regulation, *, asker: str, others: bool) -> dict[str, Any]:
    """Ask since when the time runs, or who decides. `others`: further duties wait for the same moment."""
    standing = incident.duties[row.key]
    waiting = next((one for one in row.triggers if one not in standing.starts), row.triggers[0])
    known = standing.starts.get(waiting)
    at = known.at if known else (incident.detected_at or incident.declared_at)
    several = len(row.triggers) > 1
    options = [option(QUESTIONS[one], one.value) for one in row.triggers]
    blocks: list[Block | None] = [
        note(say("regulatory.start", rule=row.name)),
        choice_input("trigger", "What is known now?", options, initial=waiting.value) if several else None,
        time_input(
            "started_at",
            "When was it decided?" if several else QUESTIONS[waiting],
            initial=at.replace(second=0, microsecond=0) if known or not several else None,
            hint=f"{YOUR_ZONE} Leave it empty to ask the person below.",
        ),
        people_input("by", "Who says so, or who decides?", initial=(asker,), optional=False),
        text_input("why", "What does it rest on?", multiline=True),
        tick_input("everywhere", "Other duties", "Also for the others that wait for it") if others else None,
    ]
    value = for_incident(incident, **{RULE: row.key, TRIGGER: "" if several else waiting.value})
    return modal(Form.DUTY_START, "Since when", blocks, value=value, submit="Save")


def parse_start(view: Mapping[str, Any]) -> StartForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    carried = reader.value.extra
    written = carried.get(TRIGGER) or reader.choice("trigger", need="Choose what is known.")
    people = reader.users("by")
    if not people:
        reader.errors["by"] = "Choose a person."
    at, why, everywhere = reader.time("started_at"), reader.text("why"), reader.ticked("everywhere")
    if written and written not in set(Trigger):
        reader.errors["started_at"] = LOST
    reader.finish()
    return StartForm(carried.get(RULE, ""), Trigger(written), people[0], at, why, everywhere)


def file_view(incident: Incident, row: Regulation, *, asker: str, now: datetime) -> dict[str, Any]:
    """Ask what was filed, when, by whom and under which reference; the first report still open is chosen."""
    standing = incident.duties[row.key]
    due = next((step.key for step in row.steps if step.key not in standing.filed), row.steps[-1].key)
    options = [option(step.name, step.key, f"to {step.recipient}") for step in row.steps]
    blocks = [
        note(say("regulatory.file", rule=row.name)),
        choice_input("step", "What was filed?", options, initial=due),
        text_input("reference", "Reference", optional=False, placeholder="The number on the receipt", focus=True),
        time_input("filed_at", "When?", initial=now.replace(second=0, microsecond=0), optional=False, hint=YOUR_ZONE),
        people_input("by", "By whom?", initial=(asker,), optional=False),
    ]
    return modal(Form.DUTY_FILE, "Filed", blocks, value=for_incident(incident, **{RULE: row.key}), submit="Save")


def parse_file(view: Mapping[str, Any]) -> FileForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    step = reader.choice("step", need="Choose what was filed.")
    reference = reader.text("reference", need="Enter the reference, as it stands on the receipt.")
    at, people = reader.time("filed_at"), reader.users("by")
    if at is None and "filed_at" not in reader.errors:
        reader.errors["filed_at"] = "Enter when it was filed."
    if not people:
        reader.errors["by"] = "Choose who filed it."
    reader.finish()
    assert at is not None
    return FileForm(reader.value.extra.get(RULE, ""), step, at, people[0], reference)


def draft_view(
    kind: str, incident: Incident, row: Regulation, policy: Policy, *, now: datetime, amounts: bool = False
) -> dict[str, Any]:
    """Show a draft to copy, exactly as it reads; `amounts` is whether the reader may see them."""
    text = draft(kind, incident, row, policy, now=now, amounts=amounts)
    blocks = [note(say("regulatory.draft", name=name_of(incident))), *given_back(text)]
    return modal(Form.ANSWER, f"Draft for {DRAFTS[kind]}", blocks)
