"""A whole line, handed back to be mended and sent again: for words that have no form of their own."""

from __future__ import annotations

from commands import grammar
from commands.context import Ask, CommandContext, Open
from templates.modals import LineForm, line_view


def form(ctx: CommandContext, ask: Ask, text: str) -> Open:
    """Open the form with a readable line in it."""
    shown, people = grammar.with_names(text)
    return Open(line_view(LineForm(shown, ask.channel, ask.thread_ts, people), command=ctx.command))


def line_of(filled: LineForm) -> str:
    """The readable line that a submitted form stands for."""
    return grammar.with_mentions(filled.text, filled.people)
