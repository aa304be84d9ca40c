"""The words, one line each, and how a line of text becomes the run of one."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.errors import NotFound, UserError
from commands import browse, declare, ending, grammar, record, roles, state, update
from commands.context import Ask, CommandContext, Open, Outcome
from commands.word import Word
from templates.modals import pick_incident_view

COMMANDS: Final = (
    Word("declare", "declare [sev1] [title]", "open an incident", "Now", declare.run, needs_incident=False),
    Word("status", "status [mitigating why]", "see where it stands, or move it", "Now", state.status, over=True),
    Word("severity", "severity sev2 why", "change how bad it is", "Now", state.severity),
    Word("edit", "edit", "change title, services, summary, impact", "Now", state.edit, over=True),
    Word("list", "list", "see what is open", "Now", browse.listing, needs_incident=False, over=True),
    Word("metrics", "metrics", "draw the charts of the affected services", "Now", record.metrics, over=True),
    Word("help", "help", "see what is possible here", "Now", browse.help_, needs_incident=False, over=True),
    Word("take", "take [role]", "take a role, or command", "People", roles.take),
    Word("assign", "assign role @name", "give somebody a role", "People", roles.assign),
    Word("release", "release [role]", "leave a role", "People", roles.release),
    Word("commander", "commander [@name]", "name the commander", "People", roles.commander),
    Word("follow", "follow", "hear of each update by direct message", "People", record.follow, over=True),
    Word("unfollow", "unfollow", "hear no more", "People", record.unfollow, over=True),
    Word("update", "update [headline]", "post a situation report", "Tell", update.run),
    Word("correct", "correct [number] [headline]", "correct an update everywhere", "Tell", update.correct, over=True),
    Word("unchanged", "unchanged", "answer a reminder: no change", "Tell", update.unchanged),
    Word("snooze", "snooze", "be reminded ten minutes later, once", "Tell", update.snooze),
    Word("note", "note [text]", "put a line on the timeline", "Tell", record.note, over=True),
    Word("timeline", "timeline [all]", "read what happened so far", "Tell", record.timeline, over=True),
    Word("resolve", "resolve [what fixed it]", "end it", "After", ending.resolve),
    Word("reopen", "reopen why", "it is happening again", "After", ending.reopen, open=False, over=True),
    Word("cancel", "cancel why", "it was a false alarm", "After", ending.cancel),
    Word("close", "close why", "file it away", "After", ending.close, open=False, over=True),
    Word("postmortem", "postmortem", "write the postmortem, or write it again", "After", record.postmortem, over=True),
)

WORDS: Final = {word.name: word for word in COMMANDS}


async def run_line(ctx: CommandContext, ask: Ask, line: str) -> Outcome:
    """Run a typed line. Raises UserError and the service's errors; the caller hands the text back."""
    typed = grammar.parse(line, WORDS)
    ask = replace(ask, typed=line, text=typed.rest, number=typed.number)
    if typed.unknown:
        close = grammar.suggestion(typed.unknown, WORDS)
        raise UserError(
            f"Nothing changed. There is no word `{typed.unknown}`. Did you mean `{close}`?", code="unknown_word"
        )
    if typed.word:
        return await run_word(ctx, ask, WORDS[typed.word])
    if typed.number is not None:
        return await run_word(ctx, ask, WORDS["status"])
    return await (declare.bare(ctx, ask) if typed.rest else browse.menu(ctx, ask))


async def run_word(ctx: CommandContext, ask: Ask, word: Word) -> Outcome:
    """Run a word, once it is known which incident it is for."""
    if not word.needs_incident or ask.incident is not None:
        return await word.run(ctx, ask)
    incident = await ctx.find(ask)
    if incident is not None:
        return await word.run(ctx, ask.about(incident))
    if ask.number is not None:
        raise NotFound(f"Nothing changed. There is no incident #{ask.number}. Run `{ctx.command} list` to see them.")
    return await _ask_which(ctx, ask, word)


async def _ask_which(ctx: CommandContext, ask: Ask, word: Word) -> Outcome:
    """No incident belongs here: offer those that the word fits, with word and text kept."""
    found = await (ctx.queries.recent(ask.viewer) if word.over else ctx.queries.open_incidents(ask.viewer))
    fitting = [one for one in found if (word.open if one.is_open else word.over)]
    if not fitting:
        raise UserError(
            f"Nothing changed. This channel belongs to no incident, and there is none that `{word.name}` fits. "
            f"Declare one with `{ctx.command} declare`.",
            code="no_incident",
        )
    if not ask.can_open:
        labels = ", ".join(f"#{one.number}" for one in fitting[:5])
        raise UserError(
            f"Nothing changed. This channel belongs to no incident. Say which one: {labels}.", code="which_incident"
        )
    return Open(pick_incident_view(fitting, ctx.policy, word=word.name, text=ask.text))
