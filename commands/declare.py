"""`declare`: in one line, which never waits for a form, or by the form."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.commands import Declare
from bot.domain.model import Incident, MessageRef
from bot.domain.policy import Policy
from bot.errors import UserError
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Say
from templates import answers
from templates.message import Message
from templates.modals import DeclareForm, declare_prefill, declare_view


async def run(ctx: CommandContext, ask: Ask) -> Outcome:
    """Declare from one line; without a title, open the form with what there is.

    A line that begins with `private` or `drill` opens the form with that switch set: `private` is fixed once declared,
    and either may as well be the first word of a title.
    """
    if grammar.take_switches(ask.text, ctx.policy)[0]:
        return await form(ctx, ask)
    severity = grammar.take_severity(ask.text, ctx.policy)
    if severity.written and severity.key is None:
        raise unknown_severity(severity.written, ctx.policy)
    title = grammar.free_text(severity.rest)
    if not title:
        return await form(ctx, ask)
    services = grammar.services_in(title, ctx.policy)
    command = await completed(ctx, Declare(title, severity.key, services=services, services_guessed=True))
    accepted = await ctx.execute(command, ask)
    return Say(await answer(ctx, ask, accepted.incident))


async def way_in(ctx: CommandContext, ask: Ask) -> Say:
    """The answer once more, in place of the one whose button was pressed: by now it may hold the way to the channel."""
    return Say(await answer(ctx, ask, ask.it, again=True), instead=True)


async def answer(ctx: CommandContext, ask: Ask, incident: Incident, *, again: bool = False) -> Message:
    """What a declaration is answered with, as the incident now stands."""
    alike = await similar(ctx, ask, incident.title, incident.services, leave_out=incident.number)
    links = await ctx.links_of(incident)
    return answers.declared(incident, ctx.policy, links=links, similar=alike, now=ctx.now(), again=again)


async def form(ctx: CommandContext, ask: Ask) -> Outcome:
    """Open the form with the title filled; text without a verb comes here too, so that it never declares."""
    ctx.permit_declare(ask.actor)
    switches, text = grammar.take_switches(ask.text, ctx.policy)
    severity = grammar.take_severity(text, ctx.policy)
    filled = declare_prefill(grammar.free_text(severity.rest if severity.key else text), severity=severity.key)
    filled = replace(filled, private="private" in switches, drill="drill" in switches)
    return Open(declare_view(filled, ctx.policy))


async def drill(ctx: CommandContext, ask: Ask) -> Outcome:
    """The form of an exercise: the same as of a declaration, with its switch set."""
    return await form(ctx, replace(ask, text=f"drill {ask.text}".strip()))


def from_message(ctx: CommandContext, ask: Ask, origin: MessageRef) -> Outcome:
    """The form, filled from the message that somebody declares from, whose text is asked with."""
    ctx.permit_declare(ask.actor)
    plain = grammar.free_text(grammar.readable(ask.text))
    return Open(declare_view(declare_prefill(plain, origin=origin), ctx.policy))


def command_of(filled: DeclareForm) -> Declare:
    """The command that a submitted form stands for."""
    return Declare(
        title=filled.title,
        severity=filled.severity,
        services=filled.services,
        summary=filled.summary,
        impact=filled.impact,
        private=filled.private,
        drill=filled.drill,
        started_at=filled.started_at,
        detected_by=filled.detected_by,
        origin=filled.origin,
    )


async def completed(ctx: CommandContext, command: Declare) -> Declare:
    """Add who may command under the `oncall` rule and who fills roles at once, from the chat's user groups."""
    groups = [group for key in command.services if (group := ctx.policy.service(key).oncall_group)]
    roles = [role for role in ctx.policy.roles if role.fill_from_group]
    wanted = list(dict.fromkeys([*groups, *(role.fill_from_group for role in roles)]))
    # All at once, so that groups which are not known yet cost one second together, not one each.
    members = dict(zip(wanted, await asyncio.gather(*map(ctx.people.members, wanted)), strict=True))
    on_call = [user for group in groups for user in members[group]]
    holders = [(role.key, user) for role in roles for user in members[role.fill_from_group][: None if role.many else 1]]
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
    text = f"Nothing changed. There is no severity {grammar.as_typed(written)}. Choose one of {names}."
    return UserError(text, code="unknown_severity", field="severity")
