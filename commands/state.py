"""`status`, `severity` and `edit`: look, or change."""

from __future__ import annotations

from bot.domain.commands import ChangeSeverity, ChangeStatus, EditDetails
from bot.domain.model import OPEN_STATUSES, Status
from bot.errors import UserError
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Say
from commands.declare import unknown_severity
from templates.modals import EditForm, edit_view, severity_view


async def status(ctx: CommandContext, ask: Ask) -> Outcome:
    """Show where it stands, or move to the named status."""
    if not ask.text:
        return Say(await ctx.status(ask.it))
    word, _, reason = ask.text.partition(" ")
    try:
        wanted = Status(word.lower())
    except ValueError:
        names = ", ".join(one.value for one in OPEN_STATUSES)
        close = grammar.suggestion(word, [one.value for one in Status])
        hint = f"Did you mean {close}?" if close else f"Choose one of {names}."
        raise UserError(f"Nothing changed. There is no status `{word}`. {hint}", code="unknown_status") from None
    accepted = await ctx.execute(ChangeStatus(wanted, grammar.free_text(reason)), ask)
    return ctx.done("status_set", accepted)


async def severity(ctx: CommandContext, ask: Ask) -> Outcome:
    """Change the severity; without one, open the form."""
    if not ask.text:
        if not ask.can_open:
            return Say(ctx.menu(ask))
        return Open(severity_view(ask.it, ctx.policy))
    key, reason, written = grammar.take_severity(ask.text, ctx.policy)
    if key is None:
        raise unknown_severity(written or ask.text.split()[0], ctx.policy)
    accepted = await ctx.execute(ChangeSeverity(key, grammar.free_text(reason)), ask)
    return ctx.done("severity_set", accepted)


async def edit(ctx: CommandContext, ask: Ask) -> Outcome:
    """Open the form with title, services, summary and impact."""
    if not ask.can_open:
        return Say(ctx.menu(ask))
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
