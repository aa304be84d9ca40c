"""`note`, `timeline`, `metrics`, `postmortem` and following: what is kept, and who hears of it."""

from __future__ import annotations

from typing import Final

from bot.domain import duties
from bot.domain import timeline as fold
from bot.domain.commands import AddNote, CollectMetrics, Follow, Unfollow, WritePostmortem
from bot.merged import logs_of_parts
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Say
from commands.priorities import amounts
from templates import answers
from templates.modals import note_view

_EVERYTHING: Final = frozenset({"all", "detail", "details", "everything"})


async def note(ctx: CommandContext, ask: Ask) -> Outcome:
    """Put a line on the timeline; without text, open the form."""
    text = grammar.free_text(ask.text)
    if not text:
        return await note_form(ctx, ask)
    return ctx.done("noted", await ctx.execute(AddNote(text), ask))


async def note_form(_: CommandContext, ask: Ask) -> Outcome:
    return Open(note_view(ask.it, text=grammar.free_text(ask.text)))


async def timeline(ctx: CommandContext, ask: Ask) -> Outcome:
    """Show the timeline's newest page; `timeline all` with every detail."""
    return await timeline_page(ctx, ask, everything=ask.text.strip().lower() in _EVERYTHING)


async def timeline_page(ctx: CommandContext, ask: Ask, *, everything: bool, page: int | None = None) -> Say:
    """One page; None is the newest. Regulatory matters stand in it for legal and command alone."""
    level: fold.Level = "detail" if everything else "key"
    restricted = not ask.aloud and duties.concerns(ask.it, ask.actor, ctx.policy)
    shown = await amounts(ctx, ask.viewer) == "shown"
    log = await ctx.queries.log(ask.it.id)
    parts = await logs_of_parts(ctx.queries, ask.it)
    entries = fold.woven(log, parts, ctx.policy, level=level, restricted=restricted, amounts=shown)
    return Say(answers.timeline_page(entries, ask.it, now=ctx.now(), page=page, everything=everything))


async def metrics(ctx: CommandContext, ask: Ask) -> Outcome:
    """Draw the panels of the affected services into the incident channel."""
    return ctx.done("metrics_asked", await ctx.execute(CollectMetrics(), ask))


async def postmortem(ctx: CommandContext, ask: Ask) -> Outcome:
    """Write the postmortem, or write it again."""
    return ctx.done("postmortem_asked", await ctx.execute(WritePostmortem(), ask))


async def follow(ctx: CommandContext, ask: Ask) -> Outcome:
    """A direct message for each update."""
    return ctx.done("following", await ctx.execute(Follow(), ask))


async def unfollow(ctx: CommandContext, ask: Ask) -> Outcome:
    """No more direct messages."""
    return ctx.done("unfollowed", await ctx.execute(Unfollow(), ask))
