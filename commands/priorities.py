"""`priorities` and `why`: which fire first, for whoever asks."""

from __future__ import annotations

from bot.ports import Viewer
from commands.context import Ask, CommandContext, Outcome, Say
from templates import answers


async def show(ctx: CommandContext, ask: Ask) -> Outcome:
    """The first page of the board."""
    return await page(ctx, ask, 1)


async def page(ctx: CommandContext, ask: Ask, number: int) -> Say:
    """One page of the board as the asker may see it."""
    # In the room of a private incident everybody may see that one, too, as `why` does there.
    here = await ctx.find(ask)
    board = await ctx.ranks.board(ask.viewer, also=here.id if here and here.is_open else "")
    shown = [one.scored.case.id for one in answers.page_of(board, number)]
    return Say(
        answers.priorities(
            board,
            await ctx.queries.by_ids(shown),
            ctx.policy,
            now=ctx.now(),
            amounts=await amounts(ctx, ask.viewer),
            page=number,
            may_declare=ctx.may_declare(ask.actor),
        )
    )


async def why(ctx: CommandContext, ask: Ask) -> Outcome:
    """Why the incident has its place."""
    board = await ctx.ranks.board(ask.viewer, also=ask.it.id)
    return Say(answers.why(board, ask.it, ctx.policy, now=ctx.now(), amounts=await amounts(ctx, ask.viewer)))


async def amounts(ctx: CommandContext, viewer: Viewer) -> answers.Amounts:
    """Whether somebody may see amounts: members of the group that the settings name, and never a whole channel.

    A group of which nobody is known hides them too: it was misspelt, or the chat has not told it yet.
    """
    group = ctx.policy.amounts_group
    if not group or not viewer.user:
        return "hidden"
    members = await ctx.people.members(group)
    if not members:
        return "unknown"
    return "shown" if viewer.user in members else "hidden"
