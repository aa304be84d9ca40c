"""`assign`, `take`, `release` and `commander`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.commands import AssignRole, ReleaseRole
from bot.domain.events import RoleReleased
from bot.errors import UserError
from bot.ports import Accepted
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Say, refuse_over
from templates import answers
from templates.modals import pick_person_view, roles_view

COMMANDER = "commander"


async def assign(ctx: CommandContext, ask: Ask) -> Outcome:
    """Give a role to those who are named, else to oneself; without arguments, open the form with all roles."""
    if not ask.text:
        refuse_over(ask, "its roles stand")
        return Open(roles_view(ask.it, ctx.policy))
    people = grammar.take_people(ask.text)
    if people.unresolved:
        return _who(ask, "assign", people.unresolved)
    role = _role(ctx, people.rest)
    if len(people.ids) < 2:
        return await give(ctx, ask, role, *(people.ids or (ask.actor.id,)))
    label = ctx.policy.role(role).label
    if not ctx.policy.role(role).many:
        raise UserError(f"Nothing changed. {label} is one person. Name one.", code="one_person", field="role")
    carried_out = [await _give(ctx, ask.part(user), role, user) for user in people.ids]
    return _given(ctx, ask, role, people.ids, carried_out)


async def take(ctx: CommandContext, ask: Ask) -> Outcome:
    """Take a role oneself; command, if none is named. A role that somebody holds is asked about first."""
    people = grammar.take_people(ask.text)
    if people.ids or people.unresolved:
        raise UserError(
            "Nothing changed. `take` is for yourself. Give a role to somebody else with `assign`.", code="take_is_own"
        )
    return await give(ctx, ask, _role(ctx, ask.text), ask.actor.id)


async def commander(ctx: CommandContext, ask: Ask) -> Outcome:
    """Name the commander, or take command."""
    return await assign(ctx, replace(ask, text=f"{COMMANDER} {ask.text}".strip()))


async def release(ctx: CommandContext, ask: Ask) -> Outcome:
    """Take somebody out of a role; oneself, if nobody is named."""
    people = grammar.take_people(ask.text)
    if people.unresolved:
        return _who(ask, "release", people.unresolved)
    role = _role(ctx, people.rest) if people.rest else _only_role(ask)
    return await let_go(ctx, ask, role, people.ids[0] if people.ids else None)


async def let_go(ctx: CommandContext, ask: Ask, role: str, user: str | None = None) -> Say:
    """Take somebody out of a role; without a name, oneself or its only holder."""
    accepted = await ctx.execute(ReleaseRole(role, user), ask)
    released = next((one.event.user for one in accepted.events if isinstance(one.event, RoleReleased)), user or "")
    asker = ask.actor.id
    message = answers.role_released(accepted.incident, ctx.policy, role, user=released or asker, asker=asker)
    return Say(message, repeat=accepted.repeat)


async def give(ctx: CommandContext, ask: Ask, role: str, user: str, *, sure: bool = False) -> Say:
    """Carry it out; where somebody else holds the role, ask whether to take over. Handing one's own on needs no ask."""
    own = ask.actor.id in ask.it.roles.get(role, ())
    try:
        accepted = await _give(ctx, ask, role, user, sure=sure or own)
    except UserError as refusal:
        if refusal.code != "role_taken":
            raise
        # Read anew: it may have been taken since the asker's picture of it was drawn.
        incident = await ctx.carried(ask.it.id, ask) or ask.it
        holders = incident.roles.get(role, ())
        if not holders:
            raise
        asker = ask.actor.id
        return Say(answers.take_over(incident, ctx.policy, role, holder=holders[0], user=user, asker=asker))
    return _given(ctx, ask, role, (user,), [accepted])


async def _give(ctx: CommandContext, ask: Ask, role: str, user: str, *, sure: bool = False) -> Accepted:
    if user != ask.actor.id:
        await check_able(ctx, user)
    return await ctx.execute(AssignRole(role, user, sure), ask)


def _given(ctx: CommandContext, ask: Ask, role: str, users: Sequence[str], carried_out: Sequence[Accepted]) -> Say:
    already = not any(one.events or one.repeat for one in carried_out)
    incident, asker = carried_out[-1].incident, ask.actor.id
    message = answers.role_given(incident, ctx.policy, role, users=users, asker=asker, already=already)
    return Say(message, repeat=all(one.repeat for one in carried_out))


async def check_able(ctx: CommandContext, user: str, *, field: str = "role", guests: bool = True) -> None:
    """Refuse to hand something to an account that cannot answer, a guest's unless `guests`; one not known may."""
    known = await ctx.person(user)
    if known is not None and (known.deactivated or known.bot or (known.guest and not guests)):
        why = "is deactivated" if known.deactivated else "is an app" if known.bot else "is a guest"
        raise UserError(
            f"Nothing changed. @{{{user}}} {why}. Name somebody who can answer.", code="unable", field=field
        )


def _role(ctx: CommandContext, text: str) -> str:
    if not text:
        return COMMANDER
    role, written = grammar.take_role(text, ctx.policy)
    if role is not None:
        return role
    keys = [one.key for one in ctx.policy.roles]
    close = grammar.closest(written, keys)
    hint = f"Did you mean {close}?" if close else f"Choose one of {', '.join(keys)}."
    raise UserError(
        f"Nothing changed. There is no role {grammar.as_typed(written)}. {hint}", code="unknown_role", field="role"
    )


def _only_role(ask: Ask) -> str:
    held = [role for role, holders in ask.it.roles.items() if ask.actor.id in holders]
    if len(held) == 1:
        return held[0]
    why = "You hold no role here." if not held else f"You hold several: {', '.join(held)}."
    raise UserError(f"Nothing changed. {why} Name the role to release.", code="which_role", field="role")


def _who(ask: Ask, word: str, name: str) -> Outcome:
    """Slack did not say whom a name means: ask, with the text kept."""
    return Open(pick_person_view(ask.it, word=word, name=name, text=ask.text))
