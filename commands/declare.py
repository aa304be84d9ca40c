"""`declare`: in one line, which never waits, or by the form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain.commands import Declare
from bot.domain.model import Incident, MessageRef
from bot.domain.policy import Policy
from bot.errors import UserError
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Say
from templates import answers
from templates.modals import DeclareForm, declare_prefill, declare_view


async def run(ctx: CommandContext, ask: Ask) -> Outcome:
    """Declare from one line; without a title, open the form with what there is."""
    severity, title, written = grammar.take_severity(ask.text, ctx.policy)
    if written and severity is None:
        raise unknown_severity(written, ctx.policy)
    title = grammar.free_text(title)
    if not title:
        return _form(ctx, ask, DeclareForm(severity=severity))
    services = grammar.services_in(title, ctx.policy)
    command = await completed(ctx, Declare(title, severity, services=services, services_guessed=True))
    accepted = await ctx.execute(command, ask)
    alike = await similar(ctx, ask, title, services, leave_out=accepted.incident.number)
    return Say(answers.declared(accepted.incident, ctx.policy, similar=alike, now=ctx.now()))


async def bare(ctx: CommandContext, ask: Ask) -> Outcome:
    """Text without a verb opens the form with the title filled; it never declares."""
    severity, title, _ = grammar.take_severity(ask.text, ctx.policy)
    text = grammar.free_text(title if severity else ask.text)
    prefill = declare_prefill(text, severity=severity)
    return _form(ctx, ask, prefill)


def _form(ctx: CommandContext, ask: Ask, prefill: DeclareForm) -> Outcome:
    if not ask.can_open:
        return Say(answers.menu(answers.Place(None, ctx.command), ctx.policy, now=ctx.now()))
    return Open(declare_view(prefill, ctx.policy))


def from_message(ctx: CommandContext, text: str, origin: MessageRef) -> dict[str, Any]:
    """The form, filled from a message that somebody declares from."""
    plain = grammar.free_text(grammar.readable(text)).strip()
    return declare_view(declare_prefill(plain, origin=origin), ctx.policy)


def command_of(form: DeclareForm) -> Declare:
    """The command that a submitted form stands for."""
    return Declare(
        title=form.title,
        severity=form.severity,
        services=form.services,
        summary=form.summary,
        impact=form.impact,
        private=form.private,
        drill=form.drill,
        started_at=form.started_at,
        detected_by=form.detected_by,
        origin=form.origin,
    )


async def completed(ctx: CommandContext, command: Declare) -> Declare:
    """Add who may command under the `oncall` rule and who fills roles at once, from the chat's user groups."""
    on_call: list[str] = []
    for key in command.services:
        group = ctx.policy.service(key).oncall_group
        on_call.extend(await ctx.people.members(group) if group else ())
    holders: list[tuple[str, str]] = []
    for role in ctx.policy.roles:
        if role.fill_from_group:
            members = await ctx.people.members(role.fill_from_group)
            holders.extend((role.key, user) for user in members[: None if role.many else 1])
    return replace(command, on_call=tuple(dict.fromkeys(on_call)), role_holders=tuple(holders))


async def similar(
    ctx: CommandContext, ask: Ask, title: str, services: Sequence[str], *, leave_out: int = 0
) -> list[Incident]:
    """Up to three open incidents that look like this one and that the asker may see."""
    known = {one.number: one for one in await ctx.queries.open_incidents(ask.viewer) if one.number != leave_out}
    rows = [(one.title, one.services, one.number) for one in known.values()]
    return [known[number] for number in grammar.similar(title, services, rows)]


def unknown_severity(written: str, policy: Policy) -> UserError:
    """Say which severities there are."""
    names = ", ".join(severity.key for severity in policy.severities)
    text = f"Nothing changed. There is no severity `{written}`. Choose one of {names}."
    return UserError(text, code="unknown_severity", field="severity")
