"""`assign`, `take`, `release` and `commander`."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.commands import AssignRole, ReleaseRole
from bot.errors import UserError
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Say
from templates import answers
from templates.modals import pick_person_view, roles_view

COMMANDER = "commander"


async def assign(ctx: CommandContext, ask: Ask) -> Outcome:
    """Give a role to somebody; without arguments, open the form with all roles."""
    if not ask.text:
        if not ask.can_open:
            return Say(ctx.menu(ask))
        return Open(roles_view(ask.it, ctx.policy))
    user, rest, bare = grammar.take_person(ask.text)
    role = _role(ctx, rest)
    if user is None and bare:
        return _who(ask, bare)
    return await give(ctx, ask, role, user or ask.actor.id, replace=user is not None)


async def take(ctx: CommandContext, ask: Ask) -> Outcome:
    """Take a role oneself; command, if none is named. A role that somebody holds is asked about first."""
    role = _role(ctx, ask.text) if ask.text else COMMANDER
    return await give(ctx, ask, role, ask.actor.id)


async def commander(ctx: CommandContext, ask: Ask) -> Outcome:
    """Name the commander, or take command."""
    return await assign(ctx, replace(ask, text=f"{COMMANDER} {ask.text}".strip()))


async def release(ctx: CommandContext, ask: Ask) -> Outcome:
    """Take somebody out of a role; oneself, if nobody is named."""
    user, rest, bare = grammar.take_person(ask.text)
    if user is None and bare:
        return _who(ask, bare)
    role = _role(ctx, rest) if rest else _only_role(ask)
    accepted = await ctx.execute(ReleaseRole(role, user), ask)
    return ctx.done("roles_saved", accepted)


async def give(ctx: CommandContext, ask: Ask, role: str, user: str, *, replace: bool = False) -> Outcome:
    """Carry it out; where the role is taken, ask whether to take over."""
    try:
        accepted = await ctx.execute(AssignRole(role, user, replace), ask)
    except UserError as refusal:
        if refusal.code != "role_taken":
            raise
        holder = ask.it.roles[role][0]
        asker = ask.actor.id
        return Say(answers.take_over(ask.it, ctx.policy, role, holder=holder, user=user, asker=asker))
    return ctx.done("roles_saved", accepted)


def _role(ctx: CommandContext, text: str) -> str:
    role, _, written = grammar.take_role(text, ctx.policy)
    if role is not None:
        return role
    if not written:
        return COMMANDER
    close = grammar.role_suggestion(written, ctx.policy)
    names = ", ".join(one.key for one in ctx.policy.roles)
    hint = f"Did you mean {close}?" if close else f"Choose one of {names}."
    raise UserError(f"Nothing changed. There is no role `{written}`. {hint}", code="unknown_role", field="role")


def _only_role(ask: Ask) -> str:
    held = [role for role, holders in ask.it.roles.items() if ask.actor.id in holders]
    if len(held) == 1:
        return held[0]
    why = "You hold no role here." if not held else f"You hold several: {', '.join(held)}."
    raise UserError(f"Nothing changed. {why} Name the role to release.", code="which_role", field="role")


def _who(ask: Ask, name: str) -> Outcome:
    if not ask.can_open:
        raise UserError(f"Nothing changed. It is not clear who @{name} is. Pick the person from Slack's list.")
    word = "release" if ask.typed.split(" ")[0:1] == ["release"] else "assign"
    return Open(pick_person_view(ask.it, word=word, name=name, text=ask.text))
