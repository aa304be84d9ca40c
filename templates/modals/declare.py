"""The form that declares an incident. Only the title is required."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot.domain.decisions.moment import TITLE_MAX
from bot.domain.lengths import span
from bot.domain.model import Incident, MessageRef
from bot.domain.policy import Policy
from templates.actions import Form, Value
from templates.clip import INPUT_MAX
from templates.layout import option
from templates.modals.building import (
    choice_input,
    modal,
    note,
    services_input,
    severity_options,
    text_input,
    tick_input,
    time_input,
    title_input,
)
from templates.modals.reading import Reader
from templates.mrkdwn import Mrkdwn, channel, one_line
from templates.wording import say
from templates.words import name_of, severity_of, status_word

NOT_SURE: Final = "not_sure"
SIMILAR_SHOWN: Final = 3
_ORIGIN: Final = ("origin_channel", "origin_ts", "origin_thread", "origin_link")


@dataclass(frozen=True, slots=True)
class DeclareForm:
    """What the form holds, both to fill it in and as it was submitted. `severity` None means "not sure"."""

    title: str = ""
    severity: str | None = None
    services: tuple[str, ...] = ()
    summary: str = ""
    impact: str = ""
    private: bool = False
    drill: bool = False
    started_at: datetime | None = None
    detected_by: str = ""
    origin: MessageRef | None = None


DeclarePrefill = DeclareForm


def declare_prefill(text: str, *, severity: str | None = None, origin: MessageRef | None = None) -> DeclareForm:
    """Fill the form from typed text. One too long for a title begins the title and goes whole into what follows."""
    if len(text) <= TITLE_MAX:
        return DeclareForm(title=one_line(text), severity=severity, origin=origin)
    head = one_line(text)[:TITLE_MAX]
    title = head[: head.rfind(" ")] if " " in head else head
    return DeclareForm(
        title=title, severity=severity, summary=text[:INPUT_MAX], impact=text[INPUT_MAX : 2 * INPUT_MAX], origin=origin
    )


def declare_view(
    prefill: DeclareForm, policy: Policy, similar: Sequence[Incident] = (), *, focus: bool = True
) -> dict[str, Any]:
    """Draw the form; drawn again with what `read_declare` found, it keeps all input and shows what is similar."""
    asked_again = span(policy.durations.confirm_severity)
    severities = [
        *severity_options(policy),
        option("Not sure", NOT_SURE, f"Firebell assumes one by the services and asks again in {asked_again}"),
    ]
    blocks: list[Block | None] = [
        title_input(prefill.title, focus=focus),
        note(_similar(similar, policy), "similar") if similar else None,
        choice_input("severity", "How bad is it?", severities, initial=prefill.severity or NOT_SURE),
        services_input(policy, prefill.services),
        text_input("summary", "What do you know?", initial=prefill.summary, multiline=True),
        text_input("impact", "Who is affected, and how?", initial=prefill.impact, multiline=True),
        time_input("started_at", "Started at", initial=prefill.started_at, hint="Leave it empty if nobody knows yet."),
        text_input(
            "detected_by", "Detected by", initial=prefill.detected_by, placeholder="An alert, a customer, a colleague"
        ),
        tick_input(
            "private",
            "Who may see it",
            "Private",
            description="Only people you invite see it. This cannot be changed later.",
            initial=prefill.private,
        ),
        tick_input(
            "drill", "For practice", "This is a drill", description="Marked as one everywhere", initial=prefill.drill
        ),
    ]
    value = Value(extra=_packed(prefill.origin))
    return modal(Form.DECLARE, "Declare an incident", blocks, value=value, submit="Declare")


def read_declare(view: Mapping[str, Any]) -> DeclareForm:
    """Read whatever the form holds so far; asks for nothing."""
    return _read(Reader(view))


def parse_declare(view: Mapping[str, Any]) -> DeclareForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    reader.text("title", need="Say in a few words what is wrong.")
    form = _read(reader)
    reader.finish()
    return form


def _read(reader: Reader) -> DeclareForm:
    severity = reader.choice("severity")
    return DeclareForm(
        title=reader.text("title"),
        severity=None if severity in ("", NOT_SURE) else severity,
        services=reader.choices("services"),
        summary=reader.text("summary"),
        impact=reader.text("impact"),
        private=reader.ticked("private"),
        drill=reader.ticked("drill"),
        started_at=reader.time("started_at"),
        detected_by=reader.text("detected_by"),
        origin=_unpacked(reader.value),
    )


def _similar(incidents: Sequence[Incident], policy: Policy) -> Mrkdwn:
    rows = [
        {
            "severity": severity_of(one, policy),
            "name": name_of(one),
            "status": status_word(one.status).lower(),
            "room": channel(one.room.channel) if one.room else None,
        }
        for one in incidents[:SIMILAR_SHOWN]
    ]
    return say("modals.similar", rows=rows)


def _packed(origin: MessageRef | None) -> dict[str, str]:
    if origin is None:
        return {}
    parts = (origin.channel, origin.ts, origin.thread_ts or "", origin.permalink)
    return dict(zip(_ORIGIN, parts, strict=True))


def _unpacked(value: Value) -> MessageRef | None:
    channel_id, ts, thread, permalink = (value.extra.get(name, "") for name in _ORIGIN)
    return MessageRef(channel_id, ts, thread or None, permalink) if channel_id and ts else None
