"""`statuspage`: tell customers, in words that are previewed before they are published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain import commands as c
from bot.domain.decisions.moment import Moment
from bot.domain.decisions.publishing import check
from bot.domain.refusal import Refused
from bot.errors import UserError
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome
from templates import customers
from templates.modals import parse_publish, publish_view


async def run(ctx: CommandContext, ask: Ask) -> Outcome:
    """Open the form with a draft; what was typed becomes its text. A line publishes nothing."""
    _check(ctx, ask)
    form, said = customers.draft(ask.it, ctx.policy), grammar.free_text(ask.text)
    return Open(publish_view(ask.it, ctx.policy, replace(form, text=said) if said else form))


async def draft(ctx: CommandContext, ask: Ask) -> Outcome:
    """Open the form with the draft previewed, as whoever asks has just read it in a message."""
    _check(ctx, ask)
    return Open(publish_view(ask.it, ctx.policy, customers.draft(ask.it, ctx.policy).shown()))


async def submit(ctx: CommandContext, ask: Ask, view: Mapping[str, Any]) -> Outcome:
    """Publish words whose preview was shown; show the preview of any others."""
    form = parse_publish(view)
    _check(ctx, ask)
    if form.seen != form.digest:
        return Open(publish_view(ask.it, ctx.policy, form.shown()))
    wanted = c.PublishPost(form.title, form.text, form.status, form.components, form.after_post)
    try:
        return ctx.done("post_confirmed", await ctx.execute(wanted, ask))
    except UserError as refusal:
        if refusal.code != "stale":
            raise
        fresh = await ctx.carried(ask.it.id, ask) or ask.it
        newer = fresh.posts[-1]
        again = replace(form, after_post=newer.number, seen="")
        return Open(publish_view(fresh, ctx.policy, again, others=newer.by))


def _check(ctx: CommandContext, ask: Ask) -> None:
    try:
        check(ask.it, Moment(ctx.now(), ask.actor, ctx.policy))
    except Refused as refusal:
        raise UserError.of(refusal) from None
