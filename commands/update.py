"""`update` and its kin: post, correct, "no change", snooze."""

from __future__ import annotations

from typing import Final

from bot.domain import cadence
from bot.domain.commands import ConfirmUnchanged, CorrectUpdate, PostUpdate, SnoozeReminder
from bot.domain.model import Incident
from bot.errors import UserError
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, refuse_over
from templates.clip import clip
from templates.modals import CorrectForm, UpdateForm, correct_view, fresh_update, update_view

DIGITS_SHOWN: Final = 9
"""Of a number that no update has: nobody counts further."""


async def run(ctx: CommandContext, ask: Ask) -> Outcome:
    """Post the given text as an update; without text, open the form with a draft."""
    text = grammar.free_text(ask.text)
    if not text:
        return await form(ctx, ask)
    accepted = await ctx.execute(PostUpdate(text), ask)
    return ctx.done("update_posted", accepted)


async def form(ctx: CommandContext, ask: Ask) -> Outcome:
    """The form with what was typed, else with a draft from the timeline."""
    refuse_over(ask, "no further update is due")
    draft = grammar.free_text(ask.text) or cadence.draft(ask.it, ctx.policy)
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
        estimate=filled.estimate,
        confidence=filled.confidence,
    )


async def correct(ctx: CommandContext, ask: Ask) -> Outcome:
    """Correct the last update, or the one whose number is given; without a headline, open its form."""
    first, rest = grammar.first_word(ask.text)
    numbered = first.isascii() and first.isdigit()
    wanted = int(first) if numbered else len(ask.it.updates)
    update = next((one for one in ask.it.updates if one.number == wanted), None)
    if update is None:
        raise no_update(ask.it, first if numbered else "")
    text = grammar.free_text(rest if numbered else ask.text)
    if not text:
        return Open(correct_view(ask.it, update))
    command = CorrectUpdate(
        update.number, text, update.impact, update.doing, update.next, update.estimate, update.confidence
    )
    return ctx.done("update_corrected", await ctx.execute(command, ask))


def no_update(incident: Incident, wanted: str) -> UserError:
    """Refuse to correct an update that there is not, naming the last there is."""
    last = incident.latest_update
    if last is None:
        text = f"Nothing changed. {incident.label} has no update yet. Post one first."
    else:
        none = f"{incident.label} has no update {clip(wanted, DIGITS_SHOWN)}"
        text = f"Nothing changed. {none}. Its last is update {last.number}."
    return UserError(text, code="no_update")


def correction_of(filled: CorrectForm) -> CorrectUpdate:
    return CorrectUpdate(
        filled.number,
        filled.headline,
        filled.impact,
        filled.doing,
        filled.next,
        filled.estimate,
        filled.confidence,
    )


async def unchanged(ctx: CommandContext, ask: Ask) -> Outcome:
    """Say that nothing changed."""
    return ctx.done("unchanged", await ctx.execute(ConfirmUnchanged(), ask))


async def snooze(ctx: CommandContext, ask: Ask) -> Outcome:
    """Move this reminder on, once."""
    return ctx.done("snoozed", await ctx.execute(SnoozeReminder(), ask))
