"""Forms about what the incident is: its details, its severity, who does what, and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot.domain.model import Incident
from bot.domain.policy import Policy
from templates.actions import Form
from templates.modals.building import (
    choice_input,
    for_incident,
    modal,
    note,
    people_input,
    services_input,
    severity_options,
    text_input,
    time_input,
)
from templates.modals.reading import Reader
from templates.mrkdwn import Mrkdwn, date
from templates.wording import say
from templates.words import name_of, services_of, severity_of

ROLE_BLOCK: Final = "role:"


@dataclass(frozen=True, slots=True)
class EditForm:
    """`based_on` is the incident's seq when the form was opened; `services` None means that it did not ask for them."""

    title: str
    services: tuple[str, ...] | None = ()
    summary: str = ""
    impact: str = ""
    started_at: datetime | None = None
    based_on: int = 0


@dataclass(frozen=True, slots=True)
class SeverityForm:
    severity: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RolesForm:
    """Who is to hold each role that was changed in the form; an empty tuple means nobody.

    What was left as the form showed it is not in here: somebody else may have moved it since. `shown` is who held the
    changed roles when the form was drawn.
    """

    holders: Mapping[str, tuple[str, ...]]
    shown: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class NoteForm:
    text: str
    happened_at: datetime | None = None


def edit_view(incident: Incident, policy: Policy, *, mine: EditForm | None = None) -> dict[str, Any]:
    """Draw the form. After a clash `mine` is what the person had typed, and what stands there now is shown above."""
    shown = mine or EditForm(
        incident.title, incident.services, incident.summary, incident.impact, incident.started_at, incident.seq
    )
    services = incident.services if shown.services is None else shown.services
    blocks: list[Block | None] = [
        note(_stands_now(incident, policy, mine), "stands_now") if mine else None,
        text_input("title", "Title", initial=shown.title, optional=False, focus=True),
        services_input(policy, services),
        text_input("summary", "What do you know?", initial=shown.summary, multiline=True),
        text_input("impact", "Who is affected, and how?", initial=shown.impact, multiline=True),
        time_input("started_at", "Started at", initial=shown.started_at),
    ]
    return modal(Form.EDIT, f"Edit {incident.label}", blocks, value=for_incident(incident), submit="Save")


def _stands_now(incident: Incident, policy: Policy, mine: EditForm) -> Mrkdwn:
    """What the details say now, as far as `mine` would replace it."""
    services_differ = mine.services is not None and set(mine.services) != set(incident.services)
    started_differs = mine.started_at is not None and mine.started_at != incident.started_at
    return say(
        "modals.stands_now",
        texts=[
            (label, text)
            for label, text, typed in (
                ("Title", incident.title, mine.title),
                ("What do you know?", incident.summary, mine.summary),
                ("Who is affected, and how?", incident.impact, mine.impact),
            )
            if text != typed
        ],
        services=services_of(incident, policy) or "none" if services_differ else None,
        started=(date(incident.started_at) if incident.started_at else "not recorded") if started_differs else None,
    )


def parse_edit(view: Mapping[str, Any]) -> EditForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    form = EditForm(
        title=reader.text("title", need="The title is empty. Say in a few words what is wrong."),
        services=reader.choices("services") if "services" in reader.blocks() else None,
        summary=reader.text("summary"),
        impact=reader.text("impact"),
        started_at=reader.time("started_at"),
        based_on=reader.value.seq,
    )
    reader.finish()
    return form


def severity_view(incident: Incident, policy: Policy, *, severity: str = "", reason: str = "") -> dict[str, Any]:
    """Draw the form; `severity` and `reason` are what was already typed."""
    options = severity_options(policy)
    blocks = [
        note(say("modals.severity_now", name=name_of(incident), severity=severity_of(incident, policy))),
        choice_input("severity", "Severity", options, initial=severity or incident.severity),
        text_input("reason", "Reason", initial=reason, multiline=True, hint="Needed when you lower it."),
    ]
    return modal(Form.SEVERITY, f"Severity of {incident.label}", blocks, value=for_incident(incident), submit="Change")


def parse_severity(view: Mapping[str, Any]) -> SeverityForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    form = SeverityForm(reader.choice("severity", need="Choose a severity."), reader.text("reason"))
    reader.finish()
    return form


def role_block(role: str) -> str:
    """The block id of a role's input, for field errors."""
    return f"{ROLE_BLOCK}{role}"


def roles_view(incident: Incident, policy: Policy) -> dict[str, Any]:
    """Every role with a picker; roles that left the policy are shown while somebody holds them."""
    gone = [key for key, holders in incident.roles.items() if holders and all(role.key != key for role in policy.roles)]
    roles = [*policy.roles, *(policy.role(key) for key in gone)]
    inputs = [
        people_input(
            role_block(role.key),
            role.label,
            initial=incident.roles.get(role.key, ()),
            many=role.many or len(incident.roles.get(role.key, ())) > 1,
            hint=role.duties[0] if role.duties else "",
        )
        for role in roles
    ]
    blocks = [note(say("modals.roles", name=name_of(incident))), *inputs]
    return modal(Form.ROLES, f"Roles of {incident.label}", blocks, value=for_incident(incident), submit="Save")


def parse_roles(view: Mapping[str, Any]) -> RolesForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    changed: dict[str, tuple[str, ...]] = {}
    before: dict[str, tuple[str, ...]] = {}
    for block in reader.blocks():
        users, shown = reader.users(block), reader.users_shown(block)
        if block.startswith(ROLE_BLOCK) and (shown is None or set(users) != set(shown)):
            changed[block.removeprefix(ROLE_BLOCK)] = users
            before[block.removeprefix(ROLE_BLOCK)] = shown or ()
    return RolesForm(MappingProxyType(changed), MappingProxyType(before))


def note_view(incident: Incident, *, text: str = "") -> dict[str, Any]:
    blocks = [
        text_input("text", "What happened?", initial=text, optional=False, multiline=True, focus=True),
        time_input("happened_at", "When", hint="Left empty it is now."),
    ]
    return modal(Form.NOTE, f"Note for {incident.label}", blocks, value=for_incident(incident), submit="Add note")


def parse_note(view: Mapping[str, Any]) -> NoteForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    form = NoteForm(reader.text("text", need="The note is empty."), reader.time("happened_at"))
    reader.finish()
    return form
