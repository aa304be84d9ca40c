"""`list`, `help` and the menu of a bare command."""

from __future__ import annotations

from bot.domain.model import Incident
from commands.context import Ask, CommandContext, Outcome, Say
from templates import answers


async def listing(ctx: CommandContext, ask: Ask) -> Outcome:
    """Open incidents that the asker may see, worst first."""
    incidents = await ctx.queries.open_incidents(ask.viewer)
    return Say(answers.incident_list(incidents, ctx.policy, now=ctx.now(), may_declare=ctx.may_declare(ask.actor)))


async def help_(ctx: CommandContext, ask: Ask) -> Outcome:
    """Ten lines, only what is valid here."""
    return Say(answers.help_text(_place(ctx, ask, ask.incident or await ctx.find(ask))))


async def menu(ctx: CommandContext, ask: Ask) -> Outcome:
    """What can be done from here, as buttons."""
    incident = await ctx.find(ask)
    listed = [] if incident else await ctx.queries.open_incidents(ask.viewer)
    return Say(answers.menu(_place(ctx, ask, incident), ctx.policy, now=ctx.now(), open_incidents=listed))


def _place(ctx: CommandContext, ask: Ask, incident: Incident | None) -> answers.Place:
    return answers.Place(incident, ctx.command, ctx.may_declare(ask.actor))
