"""`safety` and `override`: what puts an incident above its score."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from bot.config.durations import parse_span
from bot.domain.commands import DeclareSafety, EndOverride, OverridePlace, WithdrawSafety
from bot.domain.priority import EMPTY, Board
from bot.errors import Busy
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Quiet, Say, refuse_over
from templates import answers
from templates.modals import override_view, parse_override, reason_view

WITHDRAW: Final = "withdraw"
NOT: Final = frozenset({"off", "no", "none", "end", "clear"})
"""Alone, or where there is danger to take off, they withdraw it; they may begin a reason (`no alarm on two pumps`)."""

END: Final = frozenset({"end", "off"})
_FILLERS: Final = frozenset({"for", "because", "rank"})


async def safety(ctx: CommandContext, ask: Ask) -> Outcome:
    """Say that people may come to harm, or with `withdraw` first, that they do not."""
    word, rest = grammar.first_word(grammar.free_text(ask.text))
    asked = word.lower() == WITHDRAW
    if asked and rest:
        return ctx.done("safety_withdrawn", await ctx.execute(WithdrawSafety(rest), ask))
    if asked or (word.lower() in NOT and (ask.it.safety or not rest)):
        return await safety_form(ctx, ask)
    reason = grammar.free_text(ask.text)
    if not reason:
        return await safety_form(ctx, ask)
    return ctx.done("safety_declared", await ctx.execute(DeclareSafety(reason), ask))


async def safety_form(ctx: CommandContext, ask: Ask) -> Outcome:
    """Ask for the reason; of an incident that is "safety first" already, why it is no longer."""
    refuse_over(ask, "its safety class stands")
    text = grammar.free_text(ask.text)
    word, rest = grammar.first_word(text)
    withdrawn = word.lower() == WITHDRAW or (word.lower() in NOT and (ask.it.safety or not rest))
    if withdrawn and ask.it.safety is None:
        # Without a reason nothing is withdrawn, even where somebody has just said that there is danger.
        return ctx.done("safety_withdrawn", await ctx.execute(WithdrawSafety(""), ask))
    if withdrawn:
        return Open(reason_view("withdraw", ask.it, reason=rest))
    return Open(reason_view("withdraw" if ask.it.safety and not text else "safety", ask.it, reason=text))


async def override(ctx: CommandContext, ask: Ask) -> Outcome:
    """Set a rank by hand: place, time and reason in a line; what is missing is asked for. `end` ends it."""
    word, rest = grammar.first_word(grammar.free_text(ask.text))
    if word.lower() in END:
        return ctx.done("override_ended", await ctx.execute(EndOverride(rest), ask))
    place, lasting, reason = _parts(grammar.free_text(ask.text))
    if not place or lasting is None or not reason:
        return await override_form(ctx, ask)
    accepted = await ctx.execute(OverridePlace(int(place), lasting, reason), ask)
    said = answers.place_set(accepted.incident, await _board(ctx, ask), now=ctx.now())
    return Say(said, repeat=accepted.repeat)


async def _board(ctx: CommandContext, ask: Ask) -> Board:
    """The board after it; an empty one where it cannot be had just now, since what was asked for is done."""
    try:
        return await ctx.ranks.board(ask.viewer, also=ask.it.id)
    except Busy:
        return EMPTY


async def override_form(ctx: CommandContext, ask: Ask) -> Outcome:
    """The form with what was typed filled in."""
    refuse_over(ask, "it has no rank")
    place, lasting, reason = _parts(grammar.free_text(ask.text))
    return Open(override_view(ask.it, now=ctx.now(), place=place, lasting=lasting, reason=reason))


async def submit_override(ctx: CommandContext, ask: Ask, view: Mapping[str, Any]) -> Outcome:
    form = parse_override(view)
    await ctx.execute(OverridePlace(form.place, form.lasting, form.reason), ask)
    return Quiet()


def _parts(text: str) -> tuple[str, timedelta | None, str]:
    """Take a rank and a time off the beginning: `1 2h the regulator is on the line`, `rank 1 for 2h because ...`."""
    place, rest = grammar.first_word(_without_filler(text))
    if not (place.isascii() and place.isdigit() and len(place) < 10):
        return "", None, text
    rest = _without_filler(rest)
    written, reason = grammar.first_word(rest)
    try:
        lasting = parse_span(written.lower().rstrip(",:;"))
    except ValueError:
        return place, None, rest
    return place, lasting, _without_filler(reason)


def _without_filler(text: str) -> str:
    first, rest = grammar.first_word(text)
    return rest if first.lower() in _FILLERS else text
