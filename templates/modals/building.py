"""Inputs of forms. A block's id is the name of the command's field, so that a refusal lands beside its input."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    DatePickerElement,
    DateTimePickerElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    OptionGroup,
    PlainTextInputElement,
    RadioButtonsElement,
    SectionBlock,
    StaticMultiSelectElement,
    StaticSelectElement,
    UserMultiSelectElement,
    UserSelectElement,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig
from slack_sdk.models.views import View

from bot.domain.model import Incident
from bot.domain.policy import Policy
from templates import clip as limits
from templates.actions import Action, Form, Value
from templates.clip import clip
from templates.layout import literal, option, plain, rich
from templates.mrkdwn import Mrkdwn, clean
from templates.wire import as_wire
from templates.words import severity_word

RADIOS_MAX: Final = 10
YES: Final = "yes"
TIMES: Final = range(1_000_000_000, 10_000_000_000)
"""What a time picker can start from: seconds of ten digits."""
CATALOG_BYTES: Final = 160_000
"""How much of a form the catalog may take; Slack refuses a view above 250 KB."""


def modal(
    form: Form, title: str, blocks: Iterable[Block | None], *, value: Value | None = None, submit: str = ""
) -> dict[str, Any]:
    """Put a form together. Without `submit` it can only be closed."""
    drawn = [block for block in blocks if block is not None]
    view = View(
        type="modal",
        callback_id=form,
        title=plain(title, limits.VIEW_TITLE_MAX),
        submit=plain(submit, limits.VIEW_TITLE_MAX) if submit else None,
        close=plain("Go back" if submit else "Close", limits.VIEW_TITLE_MAX),
        blocks=drawn[: limits.VIEW_BLOCKS_MAX],
        private_metadata=value.pack() if value else None,
    )
    return as_wire(view)


def note(text: Mrkdwn, block_id: str | None = None) -> SectionBlock:
    """A paragraph between inputs."""
    return SectionBlock(text=rich(text), block_id=block_id)


def given_back(text: str) -> list[Block]:
    """Show what somebody typed, whole and as it was."""
    return literal(text)


def text_input(
    block: str,
    label: str,
    *,
    initial: str = "",
    optional: bool = True,
    multiline: bool = False,
    placeholder: str = "",
    hint: str = "",
    focus: bool = False,
) -> InputBlock:
    """Text of up to 3,000 characters; shorter limits are the domain's, which then says how much too long it is."""
    return _input(block, label, _text(block, initial, placeholder, multiline, focus), optional=optional, hint=hint)


def title_input(initial: str, *, focus: bool) -> InputBlock:
    """The title of a new incident: typing it looks for similar ones."""
    element = _text(Action.DECLARE_TITLE, initial, "Checkout returns 500s", False, focus)
    element.dispatch_action_config = DispatchActionConfig(
        trigger_actions_on=["on_enter_pressed", "on_character_entered"]
    )
    block = _input("title", "What is wrong?", element, optional=False, hint="A few words that everyone understands.")
    block.dispatch_action = True
    return block


def _text(action: str, initial: str, placeholder: str, multiline: bool, focus: bool) -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id=action,
        initial_value=clip(clean(initial), limits.INPUT_MAX) or None,
        multiline=multiline,
        max_length=limits.INPUT_MAX,
        placeholder=plain(placeholder, limits.PLACEHOLDER_MAX) if placeholder else None,
        focus_on_load=True if focus else None,
    )


def choice_input(
    block: str, label: str, options: Sequence[Option], *, initial: str = "", optional: bool = False, hint: str = ""
) -> InputBlock:
    """One of several: radio buttons while they fit, else a menu. `initial` is an option's value."""
    chosen = next((one for one in options if one.value == initial), None)
    kept = list(options)[: limits.OPTIONS_MAX]
    element: InputInteractiveElement
    if len(kept) <= RADIOS_MAX:
        element = RadioButtonsElement(action_id=block, options=kept, initial_option=chosen)
    else:
        element = StaticSelectElement(action_id=block, options=kept, initial_option=chosen)
    return _input(block, label, element, optional=optional, hint=hint)


def menu_input(
    block: str, label: str, options: Sequence[Option], *, initial: str = "", optional: bool = False, hint: str = ""
) -> InputBlock:
    """One of several, in a menu."""
    kept = list(options)[: limits.OPTIONS_MAX]
    chosen = next((one for one in kept if one.value == initial), None)
    element = StaticSelectElement(action_id=block, options=kept, initial_option=chosen)
    return _input(block, label, element, optional=optional, hint=hint)


def tick_input(block: str, label: str, text: str, *, description: str = "", initial: bool = False) -> InputBlock:
    """One box to tick."""
    box = option(text, YES, description)
    element = CheckboxesElement(action_id=block, options=[box], initial_options=[box] if initial else None)
    return _input(block, label, element, optional=True)


def time_input(
    block: str, label: str, *, initial: datetime | None = None, optional: bool = True, hint: str = ""
) -> InputBlock:
    """A day and time in the reader's own zone; a start that no picker can show (before 2001) is left out."""
    seconds = int(initial.timestamp()) if initial else 0
    element = DateTimePickerElement(action_id=block, initial_date_time=seconds if seconds in TIMES else None)
    return _input(block, label, element, optional=optional, hint=hint)


def day_input(block: str, label: str, *, initial: str = "") -> InputBlock:
    return _input(block, label, DatePickerElement(action_id=block, initial_date=initial or None), optional=True)


def people_input(
    block: str, label: str, *, initial: Sequence[str] = (), many: bool = False, optional: bool = True, hint: str = ""
) -> InputBlock:
    """One person, or with `many` any number."""
    element: InputInteractiveElement
    if many:
        element = UserMultiSelectElement(action_id=block, initial_users=list(initial) or None)
    else:
        element = UserSelectElement(action_id=block, initial_user=initial[0] if initial else None)
    return _input(block, label, element, optional=optional, hint=hint)


def services_input(policy: Policy, initial: Sequence[str]) -> InputBlock | None:
    """The catalog, to choose several from; None when it is empty.

    Slack takes 100 options, or 100 groups of 100. Of a catalog that is too large for a form, the chosen services and
    the first others are offered, and a hint says so.
    """
    known = [option(service.name, service.key, _also(service.aliases)) for service in policy.services]
    if not known:
        return None
    options = _fitting(known, initial)
    chosen = [one for one in options if one.value in initial] or None
    hint = f"{len(options)} of {len(known)} services fit here; name others in the text." if options != known else ""
    if len(options) <= limits.OPTIONS_MAX:
        element = StaticMultiSelectElement(action_id="services", options=options, initial_options=chosen)
    else:
        size = limits.OPTIONS_MAX
        parts = [options[start : start + size] for start in range(0, len(options), size)]
        groups = [OptionGroup(label=plain(f"{part[0].text} to {part[-1].text}", 75), options=part) for part in parts]
        element = StaticMultiSelectElement(
            action_id="services", option_groups=groups[: limits.OPTIONS_MAX], initial_options=chosen
        )
    return _input("services", "Affected services", element, optional=True, hint=hint)


def _fitting(options: Sequence[Option], needed: Sequence[str]) -> list[Option]:
    """As many options as a form has room for, in their order; those that are needed go first for the room."""
    room = CATALOG_BYTES
    kept: set[int] = set()
    for place in sorted(range(len(options)), key=lambda place: options[place].value not in needed):
        room -= len(json.dumps(as_wire(options[place]), ensure_ascii=False).encode(errors="replace"))
        if room < 0 or len(kept) == limits.OPTIONS_MAX**2:
            break
        kept.add(place)
    return [one for place, one in enumerate(options) if place in kept]


def _also(aliases: Sequence[str]) -> str:
    return f"also {', '.join(aliases)}" if aliases else ""


def severity_options(policy: Policy) -> list[Option]:
    """The severities, each explained in its own words."""
    return [
        option(severity_word(severity.key, policy), severity.key, severity.description)
        for severity in policy.severities
    ]


def for_incident(incident: Incident, **extra: str) -> Value:
    return Value(incident.id, incident.seq, extra)


def _input(block: str, label: str, element: InputInteractiveElement, *, optional: bool, hint: str = "") -> InputBlock:
    return InputBlock(
        block_id=block,
        label=plain(label, limits.HINT_MAX),
        element=element,
        optional=optional,
        hint=plain(hint, limits.HINT_MAX) if hint else None,
    )
