"""Forms for the parts of a postmortem that people own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot.domain.model import ActionItem, Incident
from templates.actions import ITEM, SECTION, VERSION, Form
from templates.modals.building import (
    day_input,
    for_incident,
    given_back,
    modal,
    note,
    people_input,
    text_input,
    tick_input,
)
from templates.modals.reading import Reader
from templates.wording import say
from templates.words import name_of, section_word

_QUESTIONS: Final[Mapping[str, str]] = {
    "root_cause": "What made this possible?",
    "contributing": "Which conditions made it worse or harder to see?",
    "went_well": "What helped?",
}


@dataclass(frozen=True, slots=True)
class SectionForm:
    """`based_on` is the section's version when the form was opened (0: it was empty)."""

    section: str
    text: str
    based_on: int = 0


@dataclass(frozen=True, slots=True)
class ActionItemForm:
    """`id` None means a new one; `due` is an ISO date or ""."""

    text: str
    owner: str = ""
    due: str = ""
    done: bool = False
    id: int | None = None


def section_view(incident: Incident, section: str, *, mine: str | None = None) -> dict[str, Any]:
    """Draw the form. After a clash `mine` is what the person had typed, and the other's text stands above it."""
    current = incident.sections.get(section)
    blocks: list[Block] = [note(say("modals.section_hint", name=name_of(incident)))]
    if mine is not None and current is not None:
        blocks += [note(say("modals.theirs", by=current.by)), *given_back(current.text)]
    text = mine if mine is not None else current.text if current else ""
    question = _QUESTIONS.get(section, section_word(section))
    blocks.append(text_input("text", question, initial=text, multiline=True, focus=True))
    version = str(current.version if current else 0)
    value = for_incident(incident, **{SECTION: section, VERSION: version})
    return modal(Form.SECTION, section_word(section), blocks, value=value, submit="Save")


def parse_section(view: Mapping[str, Any]) -> SectionForm:
    """Read a submitted form. An empty text empties the section; an unknown section is the domain's to refuse."""
    reader = Reader(view)
    text = reader.text("text")
    reader.finish()
    return SectionForm(reader.value.extra.get(SECTION, ""), text, reader.number(VERSION) or 0)


def action_item_view(incident: Incident, item: ActionItem | None = None) -> dict[str, Any]:
    """Draw the form for a new action item, or for one that exists."""
    blocks = [
        text_input("text", "What is to be done?", initial=item.text if item else "", optional=False, focus=True),
        people_input("owner", "Owner", initial=(item.owner,) if item and item.owner else ()),
        day_input("due", "Due", initial=item.due if item else ""),
        tick_input("done", "State", "Done", initial=item.done) if item else None,
    ]
    value = for_incident(incident, **({ITEM: str(item.id)} if item else {}))
    return modal(Form.ACTION_ITEM, "Action item", blocks, value=value, submit="Save")


def parse_action_item(view: Mapping[str, Any]) -> ActionItemForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    owners = reader.users("owner")
    form = ActionItemForm(
        text=reader.text("text", need="Say what is to be done."),
        owner=owners[0] if owners else "",
        due=reader.day("due"),
        done=reader.ticked("done"),
        id=reader.number(ITEM),
    )
    reader.finish()
    return form
