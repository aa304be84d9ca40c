"""Forms that end an incident or bring it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from slack_sdk.models.blocks import Block

from bot.domain.decisions.lifecycle import postmortem_wanted
from bot.domain.model import Incident
from bot.domain.policy import Policy
from templates.actions import KIND, Form
from templates.modals.building import for_incident, modal, note, text_input, time_input
from templates.modals.reading import Reader
from templates.mrkdwn import Mrkdwn
from templates.wording import say
from templates.words import name_of, relative

ReasonKind = Literal["reopen", "cancel", "close", "safety", "withdraw"]
_REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "reopen": ("Reopen", "What is happening again?"),
    "cancel": ("Cancel", "Why was it a false alarm?"),
    "close": ("Close", "Why can it be closed?"),
    "safety": ("Safety first", "Who may come to harm, and how?"),
    "withdraw": ("Withdraw safety", "Why is nobody in danger?"),
}


@dataclass(frozen=True, slots=True)
class ResolveForm:
    fixed_by: str
    impact_ended_at: datetime | None = None
    headline: str = ""
    impact: str = ""


@dataclass(frozen=True, slots=True)
class ReasonForm:
    kind: ReasonKind
    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """What speaks against resolving: panels that were still off (a sentence each) when they were last read."""

    panels: tuple[str, ...]
    read_at: datetime


def resolve_view(
    incident: Incident, policy: Policy, *, now: datetime, fixed_by: str = "", doubt: Doubt | None = None
) -> dict[str, Any]:
    """Draw the form. When impact ended is prefilled: with when it was mitigated, else with now."""
    ended = (incident.mitigated_at or now).replace(second=0, microsecond=0)
    blocks: list[Block] = [] if doubt is None or not doubt.panels else [note(_doubted(doubt, now))]
    blocks += [
        text_input("fixed_by", "What fixed it?", initial=fixed_by, optional=False, multiline=True, focus=True),
        time_input("impact_ended_at", "Impact ended at", initial=ended),
        text_input(
            "headline",
            "The last update's headline",
            multiline=True,
            hint="Left empty it says “Resolved” and what fixed it.",
        ),
        text_input("impact", "What remains for customers", multiline=True),
        note(
            say(
                "modals.resolve",
                private=incident.private,
                summary=policy.summary_channel,
                postmortem=postmortem_wanted(incident, policy),
            )
        ),
    ]
    return modal(Form.RESOLVE, f"Resolve {incident.label}", blocks, value=for_incident(incident), submit="Resolve")


def _doubted(doubt: Doubt, now: datetime) -> Mrkdwn:
    more = len(doubt.panels) - 1
    return say("modals.doubt", read=relative(doubt.read_at, now), first=doubt.panels[0], more=more)


def parse_resolve(view: Mapping[str, Any]) -> ResolveForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    form = ResolveForm(
        fixed_by=reader.text("fixed_by", need="Say what fixed it; “unknown, it recovered by itself” is an answer."),
        impact_ended_at=reader.time("impact_ended_at"),
        headline=reader.text("headline"),
        impact=reader.text("impact"),
    )
    reader.finish()
    return form


def reason_view(
    kind: ReasonKind, incident: Incident, *, reason: str = "", left: int = 0, command: str = "/incident"
) -> dict[str, Any]:
    """Ask for the reason of an ending, a reopening or a word about danger, and say what follows.

    `left` counts the reports of possible duties that are not filed, for those who may know of them.
    """
    act, question = _REASONS[kind]
    danger = incident.safety.reason if incident.safety else ""
    blocks = [
        note(say(f"modals.{kind}", name=name_of(incident), reason=danger, private=incident.private)),
        note(say("regulatory.close_note", count=left, command=command)) if left and kind != "reopen" else None,
        text_input("reason", question, initial=reason, optional=False, multiline=True, focus=True),
    ]
    value = for_incident(incident, **{KIND: kind})
    submit = "Cancel incident" if kind == "cancel" else act
    return modal(Form.REASON, f"{act} {incident.label}", blocks, value=value, submit=submit)


def parse_reason(view: Mapping[str, Any]) -> ReasonForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    reason = reader.text("reason", need="A reason is needed; one sentence is enough.")
    carried = reader.value.extra.get(KIND, "")
    kind = next((one for one in get_args(ReasonKind) if one == carried), None)
    if kind is None:
        reader.errors["reason"] = "This form has lost what it was for. Open it again."
    reader.finish()
    return ReasonForm(kind or "close", reason)
