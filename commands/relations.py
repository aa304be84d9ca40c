"""`link`, `unlink`, `merge` and `unmerge`: what concerns two incidents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from bot.domain.decisions.moment import Moment
from bot.domain.decisions.relations import may_merge
from bot.domain.model import Incident
from bot.domain.refusal import Refused
from bot.domain.relations import Relation
from bot.errors import NotFound, UserError
from bot.merged import final
from bot.ports import Viewer
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Say
from templates import answers
from templates.modals import FormError, merge_view, parse_merge, parse_unmerge, unmerge_view

_NUMBER: Final = re.compile(r"(?:^|(?<=\s))(?:#|inc-)(\d{1,9})(?!\w)", re.IGNORECASE)
_INTO: Final = re.compile(
    r"into\b\s*(?:(?:#|inc-)(\d{1,9})(?!\w)|(?:this|here|it)(?![\w'’])(?:\s+(?:one|incident|channel)\b)?)?",
    re.IGNORECASE,
)
_AND: Final = re.compile(r"(?:(?:with|and|to)\b\s*)?(?:#|inc-)(\d{1,9})(?!\w)", re.IGNORECASE)
_UP_TO_INTO: Final = re.compile(r"(?:\b(?:this|here)\s+)?\binto\s+$", re.IGNORECASE)
_FILLERS: Final = re.compile(r"^(?:(?:with|into|to|and|from|as|is|relation)\b:?|:)\s*", re.IGNORECASE)
_RELATIONS: Final = (
    (re.compile(r"^(?:is )?(?:caused by|due to|because of)\b", re.IGNORECASE), Relation.CAUSED_BY),
    (re.compile(r"^(?:is )?(?:the )?(?:cause of|causes|caused|causing)\b", re.IGNORECASE), Relation.CAUSE_OF),
    (re.compile(r"^(?:is )?(?:a )?(?:duplicate of|duplicates|same as)\b", re.IGNORECASE), Relation.DUPLICATE_OF),
    (re.compile(r"^(?:is )?duplicated by\b", re.IGNORECASE), Relation.DUPLICATED_BY),
    (re.compile(r"^(?:is )?(?:a )?duplicate\b", re.IGNORECASE), Relation.DUPLICATE_OF),
    (re.compile(r"^(?:is )?related(?: to)?\b", re.IGNORECASE), Relation.RELATED),
)
NAMES: Final = "`related`, `caused by`, `cause of` or `duplicate of`"


async def link(ctx: CommandContext, ask: Ask) -> Outcome:
    """Link this channel's incident, or the first of two that are named, to the other."""
    first, second, rest = await _two(ctx, ask, "link #43 caused by")
    relation = _relation(rest)
    done = await ctx.relating.link(first.id, second.id, relation, ask.actor, ask.request_id)
    return Say(answers.linked(done.first, done.second, relation, already=not (done.changed or done.repeat)))


async def unlink(ctx: CommandContext, ask: Ask) -> Outcome:
    first, second, _ = await _two(ctx, ask, "unlink #43")
    done = await ctx.relating.unlink(first.id, second.id, ask.actor, ask.request_id)
    return Say(answers.unlinked(done.first, done.second, already=not (done.changed or done.repeat)))


async def merge(ctx: CommandContext, ask: Ask) -> Outcome:
    """Preview it in a form. `#43 into #42` says which goes into which; else the later goes into the earlier."""
    source, target, reason = await _source_and_target(ctx, ask)
    goal = await final(ctx.queries, target)
    if goal.id != target.id and await ctx.queries.by_number(goal.number, ask.viewer) is None:
        raise _no_incident(ctx, target.number)
    chained = target.label if goal.id != target.id else ""
    _permit_merge(ctx, ask, source, goal, chained)
    return Open(merge_view(source, goal, ctx.policy, now=ctx.now(), reason=reason, chained=chained))


def _permit_merge(ctx: CommandContext, ask: Ask, source: Incident, goal: Incident, chained: str) -> None:
    """Refuse what cannot be merged before anybody has given a reason; raises UserError."""
    if chained and source.id == goal.id:
        raise UserError(f"Nothing changed. {chained} is part of {goal.label} already.", code="merged_already")
    try:
        may_merge(source, goal, Moment(ctx.now(), ask.actor, ctx.policy))
    except Refused as refusal:
        raise UserError.of(refusal) from refusal


async def submit_merge(ctx: CommandContext, ask: Ask, view: Mapping[str, Any]) -> Outcome:
    """Carry the form out: one transaction, and once however often it is sent."""
    form = parse_merge(view)
    target = await ctx.carried(form.target, ask)
    if target is None:
        raise FormError({"reason": "The other incident is gone. Copy your text."})
    done = await ctx.relating.merge(ask.it.id, target.id, form.reason, ask.actor, ask.request_id)
    return Say(answers.merged(done.first, done.second))


async def unmerge(ctx: CommandContext, ask: Ask) -> Outcome:
    """Take a merged incident out again; without a reason, ask for one."""
    reason = grammar.free_text(ask.text)
    if not reason or ask.it.merged_into is None:
        return await unmerge_form(ctx, ask)
    return await _taken_out(ctx, ask, reason)


async def unmerge_form(_: CommandContext, ask: Ask) -> Outcome:
    if ask.it.merged_into is None:
        raise UserError(f"Nothing changed. {ask.it.label} is not part of another incident.", code="not_merged")
    return Open(unmerge_view(ask.it, reason=grammar.free_text(ask.text)))


async def submit_unmerge(ctx: CommandContext, ask: Ask, view: Mapping[str, Any]) -> Outcome:
    return await _taken_out(ctx, ask, parse_unmerge(view))


async def _taken_out(ctx: CommandContext, ask: Ask, reason: str) -> Outcome:
    done = await ctx.relating.unmerge(ask.it.id, reason, ask.actor, ask.request_id)
    return Say(answers.unmerged(done.first, done.second))


async def _two(ctx: CommandContext, ask: Ask, example: str) -> tuple[Incident, Incident, str]:
    """Find both incidents and what is left of the text: the first named or the channel's own, then the other."""
    named = [] if ask.number is None else [ask.number]
    named += [int(found[1]) for found in _NUMBER.finditer(ask.text)][: 2 - len(named)]
    rest = _NUMBER.sub(" ", ask.text, count=2 - (ask.number is not None))
    if not named:
        raise UserError(f"Nothing changed. Name the other incident, like `{example}`.", code="no_other")
    first = await _own(ctx, ask, example) if len(named) == 1 else await _numbered(ctx, ask.viewer, named[0])
    second = await _numbered(ctx, ask.viewer, named[-1])
    return first, second, _plain(grammar.free_text(rest))


async def _source_and_target(ctx: CommandContext, ask: Ask) -> tuple[Incident, Incident, str]:
    """Find which is to go into which, and the reason. Only what stands before the reason says so.

    A number before `into` and none after it: into the channel's own.
    """
    example = "merge #43 into #42"
    before, number, text = "", ask.number, ask.text
    if number is None:
        found = _NUMBER.search(text)
        if found is None:
            raise UserError(f"Nothing changed. Name the other incident, like `{example}`.", code="no_other")
        before, number, text = text[: found.start()], int(found[1]), text[found.end() :].strip()
        shorter = _UP_TO_INTO.sub("", before)
        if shorter != before:
            target = await _numbered(ctx, ask.viewer, number)
            return await _own(ctx, ask, example), target, _plain(grammar.free_text(f"{shorter} {text}"))
    into = _INTO.match(text)
    way = into or _AND.match(text)
    source = await _numbered(ctx, ask.viewer, number)
    if way is not None and way[1] is not None:
        target = await _numbered(ctx, ask.viewer, int(way[1]))
    else:
        target = await _own(ctx, ask, example)
    if into is None and source.number < target.number:
        source, target = target, source
    return source, target, _plain(grammar.free_text(f"{before} {text[way.end() :] if way else text}"))


async def _own(ctx: CommandContext, ask: Ask, example: str) -> Incident:
    """Return the incident whose channel this is, whichever is named."""
    own = ask.incident if ask.number is None and ask.incident else await ctx.find(_here(ask))
    if own is None:
        text = f"Nothing changed. This channel belongs to no incident. Name both, like `{example}`."
        raise UserError(text, code="no_incident")
    return own


def _here(ask: Ask) -> Ask:
    """The same request as if no number were named."""
    return Ask(ask.actor, ask.request_id, channel=ask.channel, thread_ts=ask.thread_ts, aloud=ask.aloud)


def _plain(text: str) -> str:
    """Leave out the small words between numbers and what is meant."""
    shorter = " ".join(text.split())
    while (found := _FILLERS.match(shorter)) is not None and found.end():
        shorter = shorter[found.end() :]
    return shorter


async def _numbered(ctx: CommandContext, viewer: Viewer, number: int) -> Incident:
    found = await ctx.queries.by_number(number, viewer)
    if found is None:
        raise _no_incident(ctx, number)
    return found


def _no_incident(ctx: CommandContext, number: int) -> NotFound:
    text = f"Nothing changed. There is no incident #{number}. Run `{ctx.command} list` to see them."
    return NotFound(text, code="no_incident")


def _relation(text: str) -> Relation:
    if not text:
        return Relation.RELATED
    for pattern, relation in _RELATIONS:
        if pattern.match(text):
            return relation
    raise UserError(
        f"Nothing changed. {grammar.quoted(text)} is no relation. Choose one of {NAMES}.", code="unknown_relation"
    )
