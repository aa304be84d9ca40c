"""What each submitted form does: read it, carry out its command, and put a refusal beside the input it is about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.domain.commands import (
    AddNote,
    AssignRole,
    ChangeSeverity,
    Command,
    EditSection,
    ReleaseRole,
    SaveActionItem,
)
from bot.domain.model import Incident
from bot.errors import UserError
from commands import declare, ending, state, update
from commands.context import Ask, CommandContext, Open, Outcome, Quiet
from commands.words import WORDS, run_word
from templates import modals
from templates.actions import Form
from templates.modals import FormError

View = Mapping[str, Any]
Submit = Callable[[CommandContext, Ask, View], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class _Simple:
    """A form that is one command on its incident.

    When somebody else was faster, `again` draws it with what they did and what was typed, so that it can be sent anew.
    """

    command: Callable[[View], Command]
    again: Callable[[CommandContext, Incident, View], dict[str, Any]] | None = None

    async def __call__(self, ctx: CommandContext, ask: Ask, view: View) -> Outcome:
        try:
            await ctx.execute(self.command(view), ask)
        except UserError as refusal:
            if refusal.code != "stale" or self.again is None:
                raise
            fresh = await ctx.by_id(ask.it.id, ask.viewer) or ask.it
            return Open(self.again(ctx, fresh, view))
        return Quiet()


async def _declare(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    command = declare.command_of(modals.parse_declare(view))
    await ctx.execute(await declare.completed(ctx, command), ask)
    return Quiet()


async def _roles(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    """Each difference is a command of its own, under a request id of its own, so that a repeat repeats nothing."""
    wanted = modals.parse_roles(view).holders
    for role, people in wanted.items():
        held = ask.it.roles.get(role, ())
        many = ctx.policy.role(role).many
        commands: list[Command] = [AssignRole(role, user, replace=not many) for user in people if user not in held]
        if not (commands and not many):
            commands.extend(ReleaseRole(role, user) for user in held if user not in people)
        for number, command in enumerate(commands):
            part = replace(ask, request_id=f"{ask.request_id}:{role}:{number}")
            try:
                await ctx.execute(command, part)
            except UserError as refusal:
                raise FormError({modals.role_block(role): str(refusal)}) from refusal
    return Quiet()


async def _pick_incident(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    form = modals.parse_pick_incident(view)
    incident = await ctx.by_id(form.incident, ask.viewer)
    if incident is None:
        raise FormError({"incident": "That incident is gone. Choose another."})
    return await run_word(ctx, replace(ask, text=form.text).about(incident), WORDS[form.word])


async def _pick_person(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    form = modals.parse_pick_person(view)
    rest = " ".join(word for word in form.text.split() if not word.startswith("@"))
    line = f"{rest} <@{form.user}>".strip()
    return await run_word(ctx, replace(ask, text=line, typed=f"{form.word} {line}"), WORDS[form.word])


async def _reason(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    await ctx.execute(ending.ending_of(modals.parse_reason(view)), ask)
    return Quiet()


def _update_again(ctx: CommandContext, incident: Incident, view: View) -> dict[str, Any]:
    return modals.update_view(incident, ctx.policy, modals.parse_update(view), now=ctx.now())


def _edit_again(ctx: CommandContext, incident: Incident, view: View) -> dict[str, Any]:
    return modals.edit_view(incident, ctx.policy, mine=modals.parse_edit(view))


def _section(view: View) -> Command:
    form = modals.parse_section(view)
    return EditSection(form.section, form.text, form.based_on)


def _section_again(_: CommandContext, incident: Incident, view: View) -> dict[str, Any]:
    form = modals.parse_section(view)
    return modals.section_view(incident, form.section, mine=form.text)


def _severity(view: View) -> Command:
    form = modals.parse_severity(view)
    return ChangeSeverity(form.severity, form.reason)


def _note(view: View) -> Command:
    form = modals.parse_note(view)
    return AddNote(form.text, form.happened_at)


def _action_item(view: View) -> Command:
    form = modals.parse_action_item(view)
    return SaveActionItem(form.text, form.owner, form.due, form.done, form.id)


FORMS: Final[Mapping[Form, Submit]] = {
    Form.DECLARE: _declare,
    Form.UPDATE: _Simple(lambda view: update.command_of(modals.parse_update(view)), _update_again),
    Form.CORRECT: _Simple(lambda view: update.correction_of(modals.parse_correct(view))),
    Form.RESOLVE: _Simple(lambda view: ending.resolve_of(modals.parse_resolve(view))),
    Form.EDIT: _Simple(lambda view: state.edit_of(modals.parse_edit(view)), _edit_again),
    Form.SEVERITY: _Simple(_severity),
    Form.ROLES: _roles,
    Form.NOTE: _Simple(_note),
    Form.SECTION: _Simple(_section, _section_again),
    Form.ACTION_ITEM: _Simple(_action_item),
    Form.REASON: _reason,
    Form.PICK_INCIDENT: _pick_incident,
    Form.PICK_PERSON: _pick_person,
}

WITHOUT_INCIDENT: Final = frozenset({Form.DECLARE, Form.PICK_INCIDENT})


async def submit(ctx: CommandContext, ask: Ask, form: Form, view: View) -> Outcome:
    """Carry out a submitted form.

    Raises:
        FormError: what is wrong, by input.
        UserError: refused; `field_of` says beside which input to show it.
    """
    if form not in WITHOUT_INCIDENT:
        incident = await ctx.by_id(modals.value_of(view).incident, ask.viewer)
        if incident is None:
            raise FormError({first_input(view): "This form belongs to an incident that is gone. Copy your text."})
        ask = ask.about(incident)
    return await FORMS[form](ctx, ask, view)


def field_of(refusal: UserError, view: View) -> str:
    """Return the block beside which a refusal is shown: the field it is about if the form has it, else the first."""
    inputs = _inputs(view)
    aliases = {"severity_reason": "reason"}
    wanted = aliases.get(refusal.field, refusal.field)
    return wanted if wanted in inputs else first_input(view)


def first_input(view: View) -> str:
    """Return the id of the first input block."""
    inputs = _inputs(view)
    return inputs[0] if inputs else "text"


def _inputs(view: View) -> list[str]:
    blocks = view.get("blocks")
    rows = blocks if isinstance(blocks, list) else []
    return [str(row.get("block_id")) for row in rows if isinstance(row, Mapping) and row.get("type") == "input"]


def similar_title(ctx: CommandContext, ask: Ask, view: View) -> Awaitable[list[Incident]]:
    """Open incidents like what the declare form holds so far."""
    form = modals.read_declare(view)
    return declare.similar(ctx, ask, form.title, form.services)
