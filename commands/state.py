"""`status`, `severity` and `edit`: look, or change."""

from __future__ import annotations

from typing import Final

from bot.domain.commands import ChangeSeverity, ChangeStatus, EditDetails
from bot.domain.model import OPEN_STATUSES, Status
from bot.errors import UserError
from bot.merged import pointing
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Say, refuse_merged, refuse_over
from commands.declare import unknown_severity
from templates import answers
from templates.modals import EditForm, edit_view, severity_view

_ENDINGS: Final = ("resolve", "close", "cancel")
"""Words that somebody may have meant who names no open status."""


async def status(ctx: CommandContext, ask: Ask) -> Outcome:
    """Show where it stands, or move to the named status."""
    if not ask.text:
        return await show(ctx, ask)
    word, reason = grammar.first_word(ask.text)
    try:
        wanted = Status(word.lower())
    except ValueError:
        raise _unknown_status(word) from None
    accepted = await ctx.execute(ChangeStatus(wanted, grammar.free_text(reason)), ask)
    return ctx.done("status_set", accepted)


async def show(ctx: CommandContext, ask: Ask) -> Outcome:
    """Where it stands, in full."""
    links = await ctx.links_of(ask.it)
    standing = None
    if ask.it.is_open and not ask.it.drill:
        standing = (await ctx.ranks.board(ask.viewer, also=ask.it.id)).standing(ask.it.id)
    user = ask.viewer.user
    incident = await pointing(ctx.queries, ask.it)
    return Say(answers.status(incident, ctx.policy, links=links, now=ctx.now(), asker=user, standing=standing))


async def severity(ctx: CommandContext, ask: Ask) -> Outcome:
    """Change the severity; without one, open the form."""
    if not ask.text:
        return await severity_form(ctx, ask)
    found = grammar.take_severity(ask.text, ctx.policy)
    if found.key is None:
        raise unknown_severity(found.written or ask.text.split()[0], ctx.policy)
    accepted = await ctx.execute(ChangeSeverity(found.key, grammar.free_text(found.rest)), ask)
    return ctx.done("severity_set", accepted)


async def severity_form(ctx: CommandContext, ask: Ask) -> Outcome:
    """The form, with what was typed chosen and filled in."""
    refuse_over(ask, "its severity stands")
    found = grammar.take_severity(ask.text, ctx.policy)
    reason = grammar.free_text(found.rest if found.key else ask.text)
    return Open(severity_view(ask.it, ctx.policy, severity=found.key or "", reason=reason))


async def edit(ctx: CommandContext, ask: Ask) -> Outcome:
    """Open the form with title, services, summary and impact."""
    refuse_merged(ask.it, "its details stand")
    return Open(edit_view(ask.it, ctx.policy))


def edit_of(filled: EditForm) -> EditDetails:
    return EditDetails(
        title=filled.title,
        services=filled.services,
        summary=filled.summary,
        impact=filled.impact,
        started_at=filled.started_at,
        based_on=filled.based_on,
    )


def _unknown_status(written: str) -> UserError:
    close = grammar.closest(written, (one.value for one in OPEN_STATUSES))
    names = ", ".join(one.value for one in OPEN_STATUSES)
    ending = grammar.suggestion(written, _ENDINGS)
    hint = f"Choose one of {names}." if ending not in _ENDINGS else f"Choose one of {names}; `{ending}` ends it."
    if close:
        hint = f"Did you mean {close}?"
    return UserError(f"Nothing changed. There is no status {grammar.as_typed(written)}. {hint}", code="unknown_status")
