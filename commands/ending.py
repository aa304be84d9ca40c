"""`resolve`, `reopen`, `cancel` and `close`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from bot.domain.commands import Cancel, Close, Reopen, Resolve
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Say
from templates import answers
from templates.modals import ReasonForm, ResolveForm, reason_view, resolve_view

Kind = Literal["reopen", "cancel", "close"]

_SAID: Final[Mapping[Kind, answers.Said]] = {"reopen": "reopened", "cancel": "cancelled", "close": "closed"}


async def resolve(ctx: CommandContext, ask: Ask) -> Outcome:
    """Resolve with what fixed it; without that, open the form."""
    text = grammar.free_text(ask.text)
    if not text:
        if not ask.can_open:
            return Say(ctx.menu(ask))
        return Open(resolve_view(ask.it, ctx.policy, now=ctx.now()))
    accepted = await ctx.execute(Resolve(text, impact_ended_at=ask.it.mitigated_at), ask)
    return ctx.done("resolved", accepted)


def resolve_of(filled: ResolveForm) -> Resolve:
    return Resolve(filled.fixed_by, filled.impact_ended_at, filled.headline, filled.impact)


async def reopen(ctx: CommandContext, ask: Ask) -> Outcome:
    """Reopen, with a reason."""
    return await _with_reason(ctx, ask, "reopen")


async def cancel(ctx: CommandContext, ask: Ask) -> Outcome:
    """Call it a false alarm, with a reason."""
    return await _with_reason(ctx, ask, "cancel")


async def close(ctx: CommandContext, ask: Ask) -> Outcome:
    """Close, with a reason, once the gates are met."""
    return await _with_reason(ctx, ask, "close")


async def _with_reason(ctx: CommandContext, ask: Ask, kind: Kind) -> Outcome:
    reason = grammar.free_text(ask.text)
    if not reason and ask.can_open:
        return Open(reason_view(kind, ask.it))
    accepted = await ctx.execute(ending_of(ReasonForm(kind, reason)), ask)
    return ctx.done(_SAID[kind], accepted)


def ending_of(filled: ReasonForm) -> Reopen | Cancel | Close:
    match filled.kind:
        case "reopen":
            return Reopen(filled.reason)
        case "cancel":
            return Cancel(filled.reason)
        case "close":
            return Close(filled.reason)
