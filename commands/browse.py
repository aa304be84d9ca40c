"""`list`, `help` and the menu of a bare command."""

from __future__ import annotations

from commands.context import Ask, CommandContext, Outcome, Say
from templates import answers


async def listing(ctx: CommandContext, ask: Ask) -> Outcome:
    """Open incidents that the asker may see, worst first."""
    incidents = await ctx.queries.open_incidents(ask.viewer)
    return Say(answers.incident_list(incidents, ctx.policy, now=ctx.now()))


async def help_(ctx: CommandContext, ask: Ask) -> Outcome:
    """Ten lines, only what is valid here."""
    return Say(answers.help_text(answers.Place(ask.incident or await ctx.find(ask), ctx.command)))


async def menu(ctx: CommandContext, ask: Ask) -> Outcome:
    """What can be done from here, as buttons."""
    incident = await ctx.find(ask)
    listed = [] if incident else await ctx.queries.open_incidents(ask.viewer)
    place = answers.Place(incident, ctx.command)
    return Say(answers.menu(place, ctx.policy, now=ctx.now(), open_incidents=listed))
