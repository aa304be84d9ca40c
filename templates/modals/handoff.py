"""The form to hand roles over, with a drafted note for each incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot.domain.handoffs import Handoff
from bot.domain.model import Incident
from bot.domain.policy import Policy
from templates.actions import HANDOFF, Action, Form, Value, value_for
from templates.layout import button, section
from templates.modals.building import modal, note, people_input, text_input
from templates.modals.reading import FormError, Reader
from templates.wording import say
from templates.words import name_of, relative, roles_of

NOTE_BLOCK: Final = "note:"
_ROLES: Final = "roles:"
HANDOFF_CASES: Final = 12
"""So many incidents and their roles fit what a form can carry with it (3,000 characters)."""


@dataclass(frozen=True, slots=True)
class HandoffCase:
    """One incident in the form: the roles that would go, the note so far, and the offer that is still open."""

    incident: Incident
    roles: tuple[str, ...]
    note: str
    pending: Handoff | None = None


@dataclass(frozen=True, slots=True)
class HandoffPart:
    """What was sent about one incident, by its id."""

    incident: str
    roles: tuple[str, ...]
    note: str

    @property
    def block(self) -> str:
        return f"{NOTE_BLOCK}{self.incident}"


@dataclass(frozen=True, slots=True)
class HandoffForm:
    receiver: str
    parts: tuple[HandoffPart, ...]


def handoff_view(
    cases: Sequence[HandoffCase],
    policy: Policy,
    *,
    now: datetime,
    receiver: str = "",
    unknown: str = "",
    left: int = 0,
) -> dict[str, Any]:
    """Draw the form for at least one incident.

    `unknown` is a name that was typed and that the chat did not resolve; `left` incidents do not fit in.
    """
    shown = cases[:HANDOFF_CASES]
    chosen = receiver or (shown[0].pending.receiver if shown[0].pending else "")
    many = len(shown) > 1 or len(shown[0].roles) > 1
    blocks: list[Block] = [
        note(say("modals.handoff", many=many, unknown=unknown, left=left)),
        people_input("receiver", "Who takes over?", initial=(chosen,) if chosen else (), optional=False),
    ]
    for case in shown:
        blocks += _case(case, policy, now)
    title = f"Hand over {shown[0].incident.label}" if len(shown) == 1 else "Hand over"
    carried = {f"{_ROLES}{case.incident.id}": ",".join(case.roles) for case in shown}
    one = shown[0].incident
    value = Value(one.id, one.seq, carried) if len(shown) == 1 else Value(extra=carried)
    return modal(Form.HANDOFF, title, blocks, value=value, submit="Ask them")


def _case(case: HandoffCase, policy: Policy, now: datetime) -> list[Block]:
    pending = case.pending
    words = say(
        "modals.handoff_roles",
        name=name_of(case.incident),
        roles=roles_of(case.roles, policy),
        receiver=pending.receiver if pending else None,
        offered=relative(pending.offered_at, now) if pending else None,
    )
    value = value_for(case.incident, **{HANDOFF: str(pending.number)}) if pending else None
    back = button("Take it back", Action.WITHDRAW_HANDOFF, value) if value else None
    label = f"Note for {case.incident.label}"
    return [
        section(words, accessory=back),
        text_input(f"{NOTE_BLOCK}{case.incident.id}", label, initial=case.note, optional=False, multiline=True),
    ]


def parse_handoff(view: Mapping[str, Any]) -> HandoffForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    carried = reader.value.extra
    receivers = reader.users("receiver")
    if not receivers:
        reader.errors["receiver"] = "Choose a person."
    parts = tuple(
        HandoffPart(
            key.removeprefix(_ROLES),
            tuple(role for role in roles.split(",") if role),
            reader.text(f"{NOTE_BLOCK}{key.removeprefix(_ROLES)}", need="The note is empty."),
        )
        for key, roles in carried.items()
        if key.startswith(_ROLES)
    )
    reader.finish()
    if not parts:
        raise FormError({"receiver": "This form has lost what it was for. Type the command again."})
    return HandoffForm(receivers[0], parts)
