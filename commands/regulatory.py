"""`regulatory`: possible duties to report, for legal and command; everybody else is refused before anything is told."""

from __future__ import annotations

from bot.domain import duties, reaction
from bot.domain.commands import AskDecider, AssessDuty, FileDuty, RaiseDuty, StartDutyClock
from bot.domain.decisions.regulatory import whom_to_ask
from bot.domain.model import Actor, Incident
from bot.domain.regulation import Regulation
from bot.errors import UserError
from bot.ports import Viewer
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Say
from commands.priorities import amounts
from commands.roles import check_able
from templates.duties import DRAFTS, overview
from templates.modals import AssessForm, FileForm, StartForm, assess_view, draft_view, file_view, start_view
from templates.modals.reading import FormError


async def run(ctx: CommandContext, ask: Ask) -> Outcome:
    """Show the possible duties; with a regulation's key, bring that one up."""
    require(ctx, ask)
    key = ask.text.strip().lower()
    if not key:
        return show(ctx, ask.it)
    if key not in ctx.policy.regulations:
        close = grammar.closest(key, ctx.policy.regulations)
        known = ", ".join(ctx.policy.regulations) or "none"
        hint = f"Did you mean `{close}`?" if close else f"Known: {known}."
        raise UserError(f"Nothing changed. There is no regulation {grammar.as_typed(key)}. {hint}", code="unknown_rule")
    accepted = await ctx.execute(RaiseDuty(key), ask)
    return show(ctx, accepted.incident)


def show(ctx: CommandContext, incident: Incident) -> Say:
    return Say(overview(incident, ctx.policy, now=ctx.now(), command=ctx.command))


def require(ctx: CommandContext, ask: Ask) -> None:
    """Refuse whom these matters are not for, in the same words whether there are any or not; raises UserError."""
    if ask.aloud:
        text = f"Nothing changed. Everybody would read the answer here. Use `{ctx.command} regulatory`."
        raise UserError(text, code="not_aloud")
    if not duties.concerns(ask.it, ask.actor, ctx.policy):
        text = "Nothing changed. Regulatory matters are for legal and command."
        raise UserError(f"{text} {whom_to_ask(ask.it)}", code="not_concerned")


async def open_assess(ctx: CommandContext, ask: Ask, key: str, *, applies: bool) -> Outcome:
    require(ctx, ask)
    _require_duty(ask.it, key)
    return Open(assess_view(ask.it, key, ctx.policy, applies=applies))


async def open_start(ctx: CommandContext, ask: Ask, key: str) -> Outcome:
    require(ctx, ask)
    row = _row(ctx, ask.it, key)
    waiting = {one.missing for one in duties.open_clocks(ask.it, ctx.policy) if one.regulation != key}
    others = not waiting.isdisjoint(row.triggers)
    return Open(start_view(ask.it, row, asker=ask.actor.id, others=others))


async def open_file(ctx: CommandContext, ask: Ask, key: str) -> Outcome:
    require(ctx, ask)
    return Open(file_view(ask.it, _row(ctx, ask.it, key), asker=ask.actor.id, now=ctx.now()))


async def open_draft(ctx: CommandContext, ask: Ask, key: str, kind: str) -> Outcome:
    """A text to copy, for the regulator, customers or legal."""
    require(ctx, ask)
    if kind not in DRAFTS:
        raise UserError("Nothing changed. There is no such draft.", code="no_draft")
    shown = await amounts(ctx, ask.viewer) == "shown"
    return Open(draft_view(kind, ask.it, _row(ctx, ask.it, key), ctx.policy, now=ctx.now(), amounts=shown))


async def assess(ctx: CommandContext, ask: Ask, form: AssessForm) -> Outcome:
    accepted = await ctx.execute(AssessDuty(form.regulation, form.applies, form.why), ask)
    return show(ctx, accepted.incident)


async def start(ctx: CommandContext, ask: Ask, form: StartForm) -> Outcome:
    """Start the clock; without a time, ask whoever is named."""
    if form.started_at is None and form.by == ask.actor.id:
        raise FormError({"started_at": "Say when, or choose below who decides it."})
    if form.started_at is None:
        # Whoever is asked may see all regulatory matters of the incident from then on.
        await check_able(ctx, form.by, field="by", guests=False)
        accepted = await ctx.execute(AskDecider(form.regulation, form.trigger, form.by), ask)
    else:
        begun = StartDutyClock(
            form.regulation, form.trigger, form.started_at, form.by, form.why, everywhere=form.everywhere
        )
        accepted = await ctx.execute(begun, ask)
    return show(ctx, accepted.incident)


async def file(ctx: CommandContext, ask: Ask, form: FileForm) -> Outcome:
    filed = FileDuty(form.regulation, form.step, form.filed_at, form.by, form.reference)
    return show(ctx, (await ctx.execute(filed, ask)).incident)


async def mine(ctx: CommandContext, actor: Actor) -> list[Incident]:
    """Incidents with something left to do whose regulatory matters are for somebody, whatever their status."""
    found = await ctx.queries.with_timer(reaction.REGULATORY, Viewer(actor.id))
    return [one for one in found if duties.concerns(one, actor, ctx.policy)]


def _require_duty(incident: Incident, key: str) -> None:
    if key not in incident.duties:
        raise UserError("Nothing changed. That duty is gone. Run `regulatory` to see what there is.", code="no_duty")


def _row(ctx: CommandContext, incident: Incident, key: str) -> Regulation:
    _require_duty(incident, key)
    row = ctx.policy.regulations.get(key)
    if row is None:
        text = f"Nothing changed. The row `{key}` is no longer among the regulations, so that no time can be counted."
        raise UserError(text, code="unknown_rule")
    return row
