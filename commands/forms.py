"""What each submitted form does: read it, carry out its command, and put a refusal beside the input it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
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
from bot.merged import pointing
from commands import (
    declare,
    ending,
    grammar,
    handoff,
    impact,
    line,
    place,
    publishing,
    regulatory,
    relations,
    roles,
    state,
    subscriptions,
    update,
)
from commands.context import Ask, CommandContext, Open, Outcome, Quiet
from commands.words import WORDS, run_line, run_word
from templates import modals
from templates.actions import Form
from templates.modals import FormError, RolesForm

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
            fresh = await ctx.carried(ask.it.id, ask) or ask.it
            return Open(self.again(ctx, fresh, view))
        return Quiet()


async def _declare(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    command = declare.command_of(modals.parse_declare(view))
    await ctx.execute(await declare.completed(ctx, command), ask)
    return Quiet()


async def _roles(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    """Each change is a command of its own, under a request id of its own, so that a repeat repeats nothing."""
    form = modals.parse_roles(view)
    sent = _fingerprint(form)
    for role in form.holders:
        for user, command in _changes(ctx, ask.it, role, form):
            try:
                if isinstance(command, AssignRole):
                    await roles.check_able(ctx, user)
                await ctx.execute(command, ask.part(f"{sent}:{role}:{type(command).__name__}:{user}"))
            except UserError as refusal:
                if refusal.code == "not_open":
                    raise
                raise FormError({modals.role_block(role): _role_refusal(refusal, ask.it, role)}) from refusal
    return Quiet()


def _fingerprint(form: RolesForm) -> str:
    """Tell a form that is sent again after a correction from the same one delivered twice: they share their view id."""
    written = repr(sorted(form.holders.items()))
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _changes(ctx: CommandContext, incident: Incident, role: str, form: RolesForm) -> Iterator[tuple[str, Command]]:
    """What the sender changed of a role and is not so yet. Where one person holds it, giving it also takes it.

    Only whom the form showed is replaced or released: who came since is nobody the sender knows of.
    """
    people, shown, held = form.holders[role], form.shown.get(role, ()), incident.roles.get(role, ())
    new = [user for user in people if user not in held]
    many = ctx.policy.role(role).many
    for user in new:
        yield user, AssignRole(role, user, replace=not many and held != () and set(held) <= set(shown))
    if many or not new:
        for user in held:
            if user in shown and user not in people:
                yield user, ReleaseRole(role, user)


def _role_refusal(refusal: UserError, incident: Incident, role: str) -> str:
    holders = incident.roles.get(role, ())
    if refusal.code != "role_taken" or not holders:
        return str(refusal)
    holder = f"@{{{holders[0]}}}"
    return f"{holder} took this role while your form was open. Choose {holder}, or open the form again."


async def _pick_incident(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    """Run the word that was typed where no incident is, on the one that was chosen."""
    form = modals.parse_pick_incident(view)
    incident = await ctx.carried(form.incident, ask)
    if incident is None or form.word not in WORDS:
        raise FormError({"incident": "That incident is gone. Choose another."})
    return await run_word(ctx, replace(ask, text=form.text).about(incident), WORDS[form.word])


async def _pick_person(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    """Run the word again, now that it is known whom a name means."""
    form = modals.parse_pick_person(view)
    if form.word not in WORDS:
        raise FormError({"user": "This form has lost what it was for. Type the command again."})
    return await run_word(ctx, replace(ask, text=grammar.settle_name(form.text, form.user)), WORDS[form.word])


async def _line(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    """Send a mended line, as if it were typed where the first one was."""
    form = modals.parse_line(view)
    return await run_line(ctx, replace(ask, channel=form.channel, thread_ts=form.thread), line.line_of(form))


async def _duty_assess(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    return await regulatory.assess(ctx, ask, modals.parse_assess(view))


async def _duty_start(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    return await regulatory.start(ctx, ask, modals.parse_start(view))


async def _duty_file(ctx: CommandContext, ask: Ask, view: View) -> Outcome:
    return await regulatory.file(ctx, ask, modals.parse_file(view))


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
    Form.HANDOFF: handoff.submit,
    Form.NOTE: _Simple(_note),
    Form.IMPACT: impact.submit,
    Form.OVERRIDE: place.submit_override,
    Form.SECTION: _Simple(_section, _section_again),
    Form.ACTION_ITEM: _Simple(_action_item),
    Form.REASON: _reason,
    Form.MERGE: relations.submit_merge,
    Form.UNMERGE: relations.submit_unmerge,
    Form.SUBSCRIBE: subscriptions.submit,
    Form.PUBLISH: publishing.submit,
    Form.PICK_INCIDENT: _pick_incident,
    Form.PICK_PERSON: _pick_person,
    Form.LINE: _line,
    Form.DUTY_ASSESS: _duty_assess,
    Form.DUTY_START: _duty_start,
    Form.DUTY_FILE: _duty_file,
}

TYPED: Final[Mapping[Form, str]] = {
    Form.UPDATE: "update",
    Form.RESOLVE: "resolve",
    Form.EDIT: "edit",
    Form.SEVERITY: "severity",
    Form.ROLES: "assign",
    Form.IMPACT: "impact",
    Form.OVERRIDE: "override",
}
"""The word that does what a form does. A form's incident stays as it is; a word can name another one."""

WITHOUT_INCIDENT: Final = frozenset({Form.DECLARE, Form.HANDOFF, Form.PICK_INCIDENT, Form.LINE, Form.SUBSCRIBE})


async def submit(ctx: CommandContext, ask: Ask, form: Form, view: View) -> Outcome:
    """Carry out a submitted form.

    Raises:
        FormError: what is wrong, by input.
        UserError: refused; `field_of` says beside which input to show it.
    """
    if form not in WITHOUT_INCIDENT:
        incident = await ctx.carried(modals.value_of(view).incident, ask)
        if incident is None:
            raise FormError({first_input(view): "This form belongs to an incident that is gone. Copy your text."})
        ask = ask.about(incident)
    try:
        return await FORMS[form](ctx, ask, view)
    except UserError as refusal:
        if refusal.code != "not_open" or ask.incident is None:
            raise
        raise await _elsewhere(ctx, ask, _typed(form, view), refusal) from refusal


def _typed(form: Form, view: View) -> str:
    if form is not Form.REASON:
        return TYPED.get(form, "")
    kind = modals.parse_reason(view).kind
    return "safety withdraw" if kind == "withdraw" else kind


async def _elsewhere(ctx: CommandContext, ask: Ask, word: str, refusal: UserError) -> UserError:
    """Say where the words of a form can go whose incident has become part of another since it was opened."""
    fresh = await ctx.carried(ask.it.id, ask) or ask.it
    into = (await pointing(ctx.queries, fresh)).merged_into
    if into is None or not word:
        return refusal
    text = f"Nothing changed. {fresh.label} was merged into {into.label} meanwhile."
    mend = f"Copy your words, and send `{ctx.command} {word} #{into.number}`."
    return UserError(f"{text} {mend}", code=refusal.code, field=refusal.field)


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
    inputs = (row for row in rows if isinstance(row, Mapping) and row.get("type") == "input")
    return [block for row in inputs if isinstance(block := row.get("block_id"), str) and block]


def similar_title(ctx: CommandContext, ask: Ask, view: View) -> Awaitable[list[Incident]]:
    """Open incidents like what the declare form holds so far."""
    form = modals.read_declare(view)
    return declare.similar(ctx, ask, form.title, form.services)
