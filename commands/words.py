"""The words, one line each, and how a line of text becomes the run of one."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.errors import NotFound, UserError
from commands import (
    browse,
    catching,
    declare,
    ending,
    grammar,
    handoff,
    impact,
    line,
    paging,
    place,
    priorities,
    publishing,
    record,
    regulatory,
    relations,
    roles,
    staff,
    state,
    subscriptions,
    update,
)
from commands.context import Ask, CommandContext, Open, Outcome
from commands.word import Word
from templates.modals import pick_incident_view

COMMANDS: Final = (
    Word(
        "declare",
        "declare [sev1] [title]",
        "open an incident; `private` or `drill` first sets that switch",
        "Now",
        declare.run,
        declare.form,
        needs_incident=False,
    ),
    Word(
        "drill",
        "drill [sev1] [title]",
        "begin an exercise, marked everywhere",
        "Now",
        declare.drill,
        needs_incident=False,
    ),
    Word("status", "status [mitigating why]", "see where it stands, or move it", "Now", state.status, over=True),
    Word("catchup", "catchup", "read in short what you have missed", "Now", catching.run, over=True),
    Word("severity", "severity sev2 why", "change how bad it is", "Now", state.severity, state.severity_form),
    Word("edit", "edit", "change title, services, summary, impact", "Now", state.edit, state.edit, over=True),
    Word(
        "impact",
        "impact [40% 1200 customers]",
        "put the impact into figures",
        "Now",
        impact.run,
        impact.form,
        over=True,
    ),
    Word(
        "safety", "safety why", "people may come to harm; `safety withdraw why`", "Now", place.safety, place.safety_form
    ),
    Word(
        "override",
        "override 1 2h why",
        "set a rank by hand for a while; `override end`",
        "Now",
        place.override,
        place.override_form,
    ),
    Word("list", "list", "see what is open", "Now", browse.listing, needs_incident=False, forgiving=True, over=True),
    Word(
        "priorities",
        "priorities",
        "see which fire first, and why",
        "Now",
        priorities.show,
        needs_incident=False,
        over=True,
    ),
    Word("why", "why", "see why it has its rank", "Now", priorities.why, over=True),
    Word("metrics", "metrics", "draw the charts of the affected services", "Now", record.metrics, over=True),
    Word(
        "help",
        "help",
        "see what is possible here",
        "Now",
        browse.help_,
        needs_incident=False,
        forgiving=True,
        over=True,
    ),
    Word("take", "take [role]", "take a role, or command", "People", roles.take),
    Word("assign", "assign role @name", "give somebody a role", "People", roles.assign),
    Word("release", "release [role]", "leave a role", "People", roles.release),
    Word(
        "handoff",
        "handoff [role or all] [@name]",
        "hand roles over, with a note that is drafted",
        "People",
        handoff.run,
        handoff.run,
        needs_incident=False,
    ),
    Word("commander", "commander [@name]", "name the commander", "People", roles.commander),
    Word(
        "staff",
        "staff [eta 40m]",
        "propose who goes where; say how long yours takes",
        "People",
        staff.staff,
        needs_incident=False,
        over=True,
    ),
    Word(
        "available",
        "available [until 22:00]",
        "say that you can be asked",
        "People",
        staff.available,
        needs_incident=False,
        over=True,
    ),
    Word("off", "off [until 09:00]", "say that you are away", "People", staff.off, needs_incident=False, over=True),
    Word(
        "asleep",
        "asleep [until 07:00]",
        "say that you sleep",
        "People",
        staff.asleep,
        needs_incident=False,
        over=True,
    ),
    Word(
        "page", "page [service or policy] [why]", "page whoever is on call; `@name` asks people", "People", paging.page
    ),
    Word(
        "oncall",
        "oncall [service]",
        "see who is on call",
        "People",
        paging.on_call,
        needs_incident=False,
        over=True,
    ),
    Word("follow", "follow", "hear of each update by direct message", "People", record.follow, over=True),
    Word("unfollow", "unfollow", "hear no more", "People", record.unfollow, over=True),
    Word(
        "subscribe",
        "subscribe [to what] [by email]",
        "hear of an incident, a service, a severity or everything",
        "Tell",
        subscriptions.subscribe,
        needs_incident=False,
        over=True,
    ),
    Word(
        "unsubscribe",
        "unsubscribe [from what]",
        "hear of it no more",
        "Tell",
        subscriptions.unsubscribe,
        needs_incident=False,
        over=True,
    ),
    Word(
        "subscriptions",
        "subscriptions",
        "see what you are subscribed to",
        "Tell",
        subscriptions.show,
        needs_incident=False,
        forgiving=True,
        over=True,
    ),
    Word("update", "update [headline]", "post a situation report", "Tell", update.run, update.form),
    Word("correct", "correct [number] [headline]", "correct an update everywhere", "Tell", update.correct, over=True),
    Word("unchanged", "unchanged", "answer a reminder: no change", "Tell", update.unchanged),
    Word(
        "statuspage",
        "statuspage [words]",
        "tell customers, after a preview",
        "Tell",
        publishing.run,
        publishing.run,
        over=True,
    ),
    Word("snooze", "snooze", "be reminded ten minutes later, once", "Tell", update.snooze),
    Word("note", "note [text]", "put a line on the timeline", "Tell", record.note, record.note_form, over=True),
    Word("timeline", "timeline [all]", "read what happened so far", "Tell", record.timeline, over=True),
    Word(
        "regulatory",
        "regulatory [rule]",
        "see possible duties to report; for legal and command",
        "Tell",
        regulatory.run,
        over=True,
    ),
    Word(
        "link",
        "link #43 [caused by]",
        "say that two incidents have to do with each other",
        "Tell",
        relations.link,
        needs_incident=False,
        over=True,
    ),
    Word("unlink", "unlink #43", "take a link back", "Tell", relations.unlink, needs_incident=False, over=True),
    Word("resolve", "resolve [what fixed it]", "end it", "After", ending.resolve, ending.resolve_form),
    Word(
        "reopen",
        "reopen why",
        "it is happening again",
        "After",
        ending.reopen,
        ending.reopen_form,
        open=False,
        over=True,
    ),
    Word("cancel", "cancel why", "it was a false alarm", "After", ending.cancel, ending.cancel_form),
    Word(
        "merge",
        "merge #43 into #42",
        "make one incident of two, after a preview",
        "After",
        relations.merge,
        relations.merge,
        needs_incident=False,
    ),
    Word(
        "unmerge",
        "unmerge #43 why",
        "take a merged incident out again",
        "After",
        relations.unmerge,
        relations.unmerge_form,
        open=False,
        over=True,
    ),
    Word("close", "close why", "file it away", "After", ending.close, ending.close_form, open=False, over=True),
    Word("postmortem", "postmortem", "write the postmortem, or write it again", "After", record.postmortem, over=True),
)

WORDS: Final = {word.name: word for word in COMMANDS}


async def run_line(ctx: CommandContext, ask: Ask, text: str) -> Outcome:
    """Run a readable line. Raises UserError and the service's errors; the caller hands the text back."""
    typed = grammar.parse(text, WORDS)
    asked = replace(ask, text=typed.rest, number=typed.number)
    if typed.word:
        return await run_word(ctx, asked, WORDS[typed.word])
    # `sev1 the shop is down` begins with no word, and is close to one all the same.
    if typed.unknown and grammar.take_severity(text.strip(), ctx.policy).key is None:
        if ask.form_only:
            return line.form(ctx, ask, text)
        raise _unknown(typed.unknown)
    if typed.number is not None:
        return await run_word(ctx, asked, WORDS["status"])
    return await (declare.form(ctx, asked) if typed.rest else browse.menu(ctx, asked))


def mere_word(text: str) -> bool:
    """Whether a line is one word that takes nothing after it, such as `snooze`: there is nothing in it to mend."""
    typed = grammar.parse(text, WORDS)
    return bool(typed.word) and WORDS[typed.word].takes_nothing and typed.number is None and not typed.rest


async def run_word(ctx: CommandContext, ask: Ask, word: Word) -> Outcome:
    """Run a word, once it is known which incident it is for."""
    act = word.form if ask.form_only else word.run
    if act is None:
        number = f"#{ask.number}" if ask.number is not None else ""
        return line.form(ctx, ask, " ".join(filter(None, (word.name, number, ask.text))))
    if word.takes_nothing and not word.forgiving and ask.text and not ask.form_only:
        text = f"Nothing changed. `{word.name}` takes no words, and yours would be lost. Send it alone, or use `note`."
        raise UserError(text, code="takes_nothing")
    if not word.needs_incident or ask.incident is not None:
        return await act(ctx, ask)
    incident = await ctx.find(ask)
    if incident is not None:
        return await act(ctx, ask.about(incident))
    if ask.number is None:
        return await _ask_which(ctx, ask, word)
    if ask.form_only:
        return line.form(ctx, ask, f"{word.name} #{ask.number} {ask.text}")
    raise NotFound(
        f"Nothing changed. There is no incident #{ask.number}. Run `{ctx.command} list` to see them.",
        code="no_incident",
    )


async def _ask_which(ctx: CommandContext, ask: Ask, word: Word) -> Outcome:
    """No incident belongs here: offer those that the word fits, with word and text kept."""
    found = await (ctx.queries.recent(ask.viewer) if word.over else ctx.queries.open_incidents(ask.viewer))
    fitting = [one for one in found if (word.open if one.is_open else word.over)]
    if fitting:
        return Open(pick_incident_view(fitting, ctx.policy, word=word.name, text=ask.text))
    raise UserError(
        f"Nothing changed. This channel belongs to no incident, and there is none that `{word.name}` fits. "
        f"Declare one with `{ctx.command} declare`.",
        code="no_incident",
    )


def _unknown(written: str) -> UserError:
    close = grammar.suggestion(written, WORDS)
    hint = f"Did you mean `{close}`?" if close else "`help` shows those there are."
    return UserError(f"Nothing changed. There is no word {grammar.as_typed(written)}. {hint}", code="unknown_word")
