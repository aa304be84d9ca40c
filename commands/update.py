"""`update` and its kin: post, correct, "no change", snooze."""

from __future__ import annotations

from bot.domain import cadence
from bot.domain.commands import ConfirmUnchanged, CorrectUpdate, PostUpdate, SnoozeReminder
from bot.errors import UserError
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Say
from templates.modals import CorrectForm, UpdateForm, correct_view, fresh_update, update_view


async def run(ctx: CommandContext, ask: Ask) -> Outcome:
    """Post the given text as an update; without text, open the form with a draft."""
    text = grammar.free_text(ask.text)
    if not text:
        return form(ctx, ask, cadence.draft(ask.it, ctx.policy))
    accepted = await ctx.execute(PostUpdate(text), ask)
    return ctx.done("update_posted", accepted)


def form(ctx: CommandContext, ask: Ask, draft: str = "") -> Outcome:
    """The update form; in a place that cannot show one, a button that opens it."""
    if not ask.can_open:
        return Say(ctx.menu(ask))
    prefill = fresh_update(ask.it, ctx.policy, now=ctx.now(), draft=draft)
    return Open(update_view(ask.it, ctx.policy, prefill, now=ctx.now()))


def command_of(filled: UpdateForm) -> PostUpdate:
    return PostUpdate(
        headline=filled.headline,
        impact=filled.impact,
        doing=filled.doing,
        next=filled.next,
        next_at=filled.next_at,
        status=filled.status,
        severity=filled.severity,
        severity_reason=filled.severity_reason,
        after_update=filled.after_update,
    )


async def correct(ctx: CommandContext, ask: Ask) -> Outcome:
    """Correct the last update, or the one whose number is given."""
    number, _, rest = ask.text.partition(" ")
    wanted = int(number) if number.isascii() and number.isdigit() else len(ask.it.updates)
    update = next((one for one in ask.it.updates if one.number == wanted), None)
    if update is None:
        raise UserError(f"Nothing changed. {ask.it.label} has no update {wanted}. Post one first.", code="no_update")
    text = grammar.free_text(rest if number.isdigit() else ask.text)
    if text:
        command = CorrectUpdate(update.number, text, update.impact, update.doing, update.next)
        accepted = await ctx.execute(command, ask)
        return ctx.done("update_corrected", accepted)
    if not ask.can_open:
        return Say(ctx.menu(ask))
    return Open(correct_view(ask.it, update))


def correction_of(filled: CorrectForm) -> CorrectUpdate:
    return CorrectUpdate(filled.number, filled.headline, filled.impact, filled.doing, filled.next)


async def unchanged(ctx: CommandContext, ask: Ask) -> Outcome:
    """Say that nothing changed."""
    accepted = await ctx.execute(ConfirmUnchanged(), ask)
    return ctx.done("unchanged", accepted)


async def snooze(ctx: CommandContext, ask: Ask) -> Outcome:
    """Move this reminder on, once."""
    accepted = await ctx.execute(SnoozeReminder(), ask)
    return ctx.done("snoozed", accepted)
