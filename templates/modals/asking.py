"""Forms that ask back before a command can go on, and views that stand in for another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot.domain.model import Incident
from bot.domain.policy import Policy
from templates.actions import CHANNEL, THREAD, WORD, Form, Value
from templates.clip import INPUT_MAX, pieces
from templates.layout import option
from templates.message import Message
from templates.modals.building import given_back, menu_input, modal, note, people_input, text_input
from templates.modals.reading import Reader
from templates.mrkdwn import clean, prose
from templates.wording import say
from templates.words import severity_of, title_of

TEXT: Final = "text"
LINE: Final = "line"
MORE_TEXT: Final = "more_text_"


@dataclass(frozen=True, slots=True)
class PickIncidentForm:
    """The command goes on with this incident's id."""

    incident: str
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class PickPersonForm:
    """The command goes on with this person. `incident` is the id it was asked about."""

    user: str
    incident: str
    word: str
    text: str


def pick_incident_view(incidents: Sequence[Incident], policy: Policy, *, word: str, text: str) -> dict[str, Any]:
    """Ask which of these (at least one) a word was meant for; word and text are kept, the text stays editable."""
    options = [option(f"{severity_of(one, policy)} · {one.label} {title_of(one)}", one.id) for one in incidents]
    blocks = [
        note(say("modals.pick_incident", word=word)),
        menu_input("incident", "Incident", options, initial=incidents[0].id if len(incidents) == 1 else ""),
        *_kept(text),
    ]
    value = Value(extra={WORD: word})
    return modal(Form.PICK_INCIDENT, "Which incident?", blocks, value=value, submit="Go on")


def parse_pick_incident(view: Mapping[str, Any]) -> PickIncidentForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    incident = reader.choice("incident", need="Choose an incident.")
    reader.finish()
    return PickIncidentForm(incident, reader.value.extra.get(WORD, ""), _typed(reader))


def pick_person_view(incident: Incident, *, word: str, name: str, text: str) -> dict[str, Any]:
    """Ask who a name stands for; `word` and `text` are kept."""
    blocks = [
        note(say("modals.pick_person", name=name)),
        people_input("user", "Person", optional=False),
        *_kept(text),
    ]
    value = Value(incident.id, incident.seq, {WORD: word})
    return modal(Form.PICK_PERSON, "Who?", blocks, value=value, submit="Go on")


def parse_pick_person(view: Mapping[str, Any]) -> PickPersonForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    users = reader.users("user")
    if not users:
        reader.errors["user"] = "Choose a person."
    reader.finish()
    return PickPersonForm(users[0], reader.value.incident, reader.value.extra.get(WORD, ""), _typed(reader))


@dataclass(frozen=True, slots=True)
class LineForm:
    """A whole line of the command, to be sent again as if it were typed in this channel (and thread).

    `people` are the mentions in it: the id for each name, as it stands in the line (`@bea`).
    """

    text: str
    channel: str = ""
    thread: str = ""
    people: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def line_view(form: LineForm, *, command: str) -> dict[str, Any]:
    """Hand a line back, to be mended and sent again; for words that have no form of their own."""
    blocks = [
        text_input(
            LINE,
            "What you typed",
            initial=form.text,
            optional=False,
            multiline=True,
            focus=True,
            hint=f"{command} goes before it.",
        )
    ]
    people = {name: user for name, user in form.people.items() if name.startswith("@")}
    value = Value(extra={CHANNEL: form.channel, THREAD: form.thread, **people})
    return modal(Form.LINE, "Send again", blocks, value=value, submit="Send")


def parse_line(view: Mapping[str, Any]) -> LineForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    text = reader.text(LINE, need="The line is empty.")
    reader.finish()
    extra = reader.value.extra
    people = {name: user for name, user in extra.items() if name.startswith("@")}
    return LineForm(text, extra.get(CHANNEL, ""), extra.get(THREAD, ""), MappingProxyType(people))


def loading_view(title: str = "One moment") -> dict[str, Any]:
    """Shown at once while the real form is put together."""
    return modal(Form.LOADING, title, [note(say("modals.loading"))])


def answer_view(answer: Message, *, title: str = "Done") -> dict[str, Any]:
    """An answer in place of the form that asked for it, or where there is no channel to answer in."""
    return {**modal(Form.ANSWER, title, [note(say("modals.loading"))]), "blocks": answer.blocks}


def error_view(text: str, typed: Mapping[str, str] | str = "") -> dict[str, Any]:
    """Say what went wrong and hand back everything that was typed: one text, or several by label."""
    parts = {"": typed} if isinstance(typed, str) else dict(typed)
    kept = {label: part for label, part in parts.items() if part.strip()}
    blocks: list[Block] = [note(prose(text))]
    if kept:
        blocks.append(note(say("modals.given_back")))
    for label, part in kept.items():
        blocks += given_back(f"{label}:\n{part}" if label else part)
    return modal(Form.ERROR, "That did not work", blocks)


def _kept(text: str) -> list[Block]:
    """What was typed, in as many inputs as it needs."""
    if not text.strip():
        return []
    first, *rest = pieces(clean(text), INPUT_MAX)
    return [
        text_input(TEXT, "Your text", initial=first, multiline=True),
        *(
            text_input(f"{MORE_TEXT}{number}", "Your text, continued", initial=piece, multiline=True)
            for number, piece in enumerate(rest, 1)
        ),
    ]


def _typed(reader: Reader) -> str:
    """The text of all those inputs, whichever order the state names them in."""
    further = sum(block.startswith(MORE_TEXT) for block in reader.blocks())
    blocks = (TEXT, *(f"{MORE_TEXT}{number}" for number in range(1, further + 1)))
    return "".join(map(reader.raw, blocks)).strip()
