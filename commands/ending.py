"""`resolve`, `reopen`, `cancel` and `close`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.analysis.series import decode
from bot.domain import duties
from bot.domain.commands import Cancel, Close, DeclareSafety, Reopen, Resolve, WithdrawSafety
from bot.domain.model import Incident
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, refuse_merged, refuse_over
from templates import answers
from templates.modals import Doubt, ReasonForm, ReasonKind, ResolveForm, reason_view, resolve_view
from templates.readings import ChartContext, unrecovered

_SAID: Final[Mapping[ReasonKind, answers.Said]] = {"reopen": "reopened", "cancel": "cancelled", "close": "closed"}


async def resolve(ctx: CommandContext, ask: Ask) -> Outcome:
    """Resolve with what fixed it; without that, open the form."""
    text = grammar.free_text(ask.text)
    if not text:
        return await resolve_form(ctx, ask)
    return ctx.done("resolved", await ctx.execute(Resolve(text, impact_ended_at=ask.it.mitigated_at), ask))


async def resolve_form(ctx: CommandContext, ask: Ask) -> Outcome:
    """The form; what the metrics said last is told in it, without standing in the way."""
    refuse_over(ask, "there is nothing to resolve")
    fixed_by = grammar.free_text(ask.text)
    return Open(resolve_view(ask.it, ctx.policy, now=ctx.now(), fixed_by=fixed_by, doubt=await _doubt(ctx, ask.it)))


async def _doubt(ctx: CommandContext, incident: Incident) -> Doubt | None:
    kept = incident.panels[-1] if incident.panels else None
    stored = await ctx.queries.blob(kept.blob) if kept else None
    if kept is None or stored is None:
        return None
    try:
        document = decode(stored)
    except ValueError:
        return None
    return Doubt(unrecovered(document, ChartContext.of(incident, kept.moment)), kept.taken_at)


def resolve_of(filled: ResolveForm) -> Resolve:
    return Resolve(filled.fixed_by, filled.impact_ended_at, filled.headline, filled.impact)


async def reopen(ctx: CommandContext, ask: Ask) -> Outcome:
    """Reopen, with a reason."""
    return await _with_reason(ctx, ask, "reopen")


async def reopen_form(ctx: CommandContext, ask: Ask) -> Outcome:
    return reason_form(ctx, ask, "reopen")


async def cancel(ctx: CommandContext, ask: Ask) -> Outcome:
    """Call it a false alarm, with a reason."""
    return await _with_reason(ctx, ask, "cancel")


async def cancel_form(ctx: CommandContext, ask: Ask) -> Outcome:
    return reason_form(ctx, ask, "cancel")


async def close(ctx: CommandContext, ask: Ask) -> Outcome:
    """Close, with a reason, once the gates are met."""
    return await _with_reason(ctx, ask, "close")


async def close_form(ctx: CommandContext, ask: Ask) -> Outcome:
    return reason_form(ctx, ask, "close")


async def _with_reason(ctx: CommandContext, ask: Ask, kind: ReasonKind) -> Outcome:
    reason = grammar.free_text(ask.text)
    if not reason:
        return reason_form(ctx, ask, kind)
    return ctx.done(_SAID[kind], await ctx.execute(ending_of(ReasonForm(kind, reason)), ask))


def reason_form(ctx: CommandContext, ask: Ask, kind: ReasonKind) -> Open:
    """Ask why; legal and command are told what is left of possible duties."""
    if kind == "cancel":
        refuse_over(ask, "there is nothing to cancel")
    elif kind == "close" and not ask.form_only:
        refuse_merged(ask.it, "it is over already, and there is nothing to close")
    known = duties.concerns(ask.it, ask.actor, ctx.policy)
    left = len(duties.open_clocks(ask.it, ctx.policy)) if known else 0
    return Open(reason_view(kind, ask.it, reason=grammar.free_text(ask.text), left=left, command=ctx.command))


def ending_of(filled: ReasonForm) -> Reopen | Cancel | Close | DeclareSafety | WithdrawSafety:
    match filled.kind:
        case "reopen":
            return Reopen(filled.reason)
        case "cancel":
            return Cancel(filled.reason)
        case "close":
            return Close(filled.reason)
        case "safety":
            return DeclareSafety(filled.reason)
        case "withdraw":
            return WithdrawSafety(filled.reason)
