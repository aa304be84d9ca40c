"""`handoff`: offer what one holds to somebody else, with a note drafted from the timeline."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.briefing import handoff_note
from bot.domain.commands import OfferHandoff
from bot.domain.handoffs import Handoff
from bot.domain.model import Incident
from bot.errors import NotFound, UserError
from commands import events, grammar, roles
from commands.context import Ask, CommandContext, Open, Outcome, Say, refuse_merged
from templates import answers, modals
from templates.modals import FormError, HandoffCase, HandoffPart, handoff_view, pick_incident_view

EVERYTHING = "all"


async def run(ctx: CommandContext, ask: Ask) -> Outcome:
    """Open the form: for one role, for all that the asker holds here, or with `all` for every incident of theirs."""
    people = grammar.take_people(ask.text)
    first, rest = grammar.first_word(people.rest)
    if first.lower() == EVERYTHING:
        return await _form(ctx, ask, await _mine(ctx, ask), grammar.People(people.ids, rest, people.unresolved))
    incident = ask.incident or await ctx.find(ask)
    if incident is None:
        return await _which(ctx, ask)
    return await _one(ctx, ask.about(incident), people)


async def form_again(ctx: CommandContext, ask: Ask, number: int) -> Outcome:
    """The form for the roles of an earlier handoff that the asker still holds, with its note kept."""
    earlier = next((one for one in ask.it.handoffs if one.number == number), None)
    held = _held(ask.it, ask.actor.id)
    wanted = tuple(role for role in earlier.roles if role in held) if earlier else held
    if not wanted:
        raise _nothing_held(ask.it)
    kept = earlier.note if earlier and earlier.giver == ask.actor.id else ""
    case = await _case(ctx, ask, ask.it, wanted, kept=kept)
    return Open(handoff_view([case], ctx.policy, now=ctx.now()))


async def submit(ctx: CommandContext, ask: Ask, view: Mapping[str, Any]) -> Outcome:
    """Offer each part under a request id of its own: what was accepted before a refusal is not offered twice."""
    form = modals.parse_handoff(view)
    try:
        await roles.check_able(ctx, form.receiver)
    except UserError as refusal:
        raise FormError({"receiver": str(refusal)}) from refusal
    offered = [await _offer(ctx, ask, form.receiver, part) for part in form.parts]
    return Say(answers.handoff_offered(offered, ctx.policy, receiver=form.receiver))


async def _offer(ctx: CommandContext, ask: Ask, receiver: str, part: HandoffPart) -> tuple[Incident, Handoff]:
    incident = await ctx.carried(part.incident, ask)
    if incident is None:
        raise FormError({part.block: "That incident is gone. Copy your text."})
    sent = hashlib.sha256(f"{receiver}\n{part.note}".encode()).hexdigest()[:16]
    try:
        command = OfferHandoff(receiver, part.roles, part.note)
        accepted = await ctx.execute(command, ask.about(incident).part(f"{sent}:{part.incident}"))
    except UserError as refusal:
        raise FormError({"receiver" if refusal.field == "receiver" else part.block: str(refusal)}) from refusal
    mine = [one for one in accepted.incident.handoffs if one.giver == ask.actor.id]
    same = (one for one in reversed(mine) if (one.receiver, one.note) == (receiver, part.note))
    return accepted.incident, next(same, mine[-1])


async def _one(ctx: CommandContext, ask: Ask, people: grammar.People) -> Outcome:
    refuse_merged(ask.it, "its roles stand")
    held, words = _held(ask.it, ask.actor.id), people.rest
    role, written = grammar.take_role(words, ctx.policy) if words else (None, "")
    close = grammar.closest(written, [one.key for one in ctx.policy.roles]) if written and role is None else None
    if close and not written.startswith("@") and not ask.form_only:
        text = f"Nothing changed. There is no role {grammar.as_typed(written)}. Did you mean {close}?"
        raise UserError(text, code="unknown_role", field="role")
    if role is not None and role not in held:
        label = ctx.policy.role(role).label.lower()
        text = f"Nothing changed. You are not {label} of {ask.it.label}, so there is nothing to hand over."
        raise UserError(text, code="not_holder", field="role")
    if not held:
        raise _nothing_held(ask.it)
    said = words[len(written) :].strip() if role else words
    wanted = {ask.it.id: (role,)} if role else None
    return await _form(ctx, ask, [ask.it], grammar.People(people.ids, said, people.unresolved), wanted=wanted)


async def _form(
    ctx: CommandContext,
    ask: Ask,
    incidents: Sequence[Incident],
    people: grammar.People,
    *,
    wanted: Mapping[str, tuple[str, ...]] | None = None,
) -> Outcome:
    """Open it; words beyond role and name begin the note of the first incident."""
    said = people.rest.replace(f"@{people.unresolved}", "").strip() if people.unresolved else people.rest
    cases = [
        await _case(ctx, ask, one, (wanted or {}).get(one.id) or _held(one, ask.actor.id), said="" if place else said)
        for place, one in enumerate(incidents[: modals.HANDOFF_CASES])
    ]
    left = len(incidents) - len(cases)
    receiver = people.ids[0] if people.ids else ""
    view = handoff_view(cases, ctx.policy, now=ctx.now(), receiver=receiver, unknown=people.unresolved, left=left)
    return Open(view)


async def _case(
    ctx: CommandContext, ask: Ask, incident: Incident, wanted: tuple[str, ...], *, said: str = "", kept: str = ""
) -> HandoffCase:
    """One incident in the form. An offer that is still open keeps its note; else it is drafted."""
    mine = (one for one in incident.handoffs if one.is_open and one.giver == ask.actor.id)
    pending = next((one for one in mine if set(one.roles) & set(wanted)), None)
    note = kept or (pending.note if pending else "")
    if not note:
        draft = handoff_note(incident, await ctx.queries.log(incident.id), ctx.policy)
        note = await events.with_names(ctx, draft)
    text = grammar.free_text(said)
    return HandoffCase(incident, wanted, f"{text}\n\n{note}" if text else note, pending)


async def _which(ctx: CommandContext, ask: Ask) -> Outcome:
    """No incident belongs here: the asker's only one, or a choice with the text kept."""
    if ask.number is not None:
        text = f"Nothing changed. There is no incident #{ask.number}. Run `{ctx.command} list` to see them."
        raise NotFound(text, code="no_incident")
    mine = await _mine(ctx, ask)
    if len(mine) == 1:
        return await _one(ctx, ask.about(mine[0]), grammar.take_people(ask.text))
    return Open(pick_incident_view(mine, ctx.policy, word="handoff", text=ask.text))


async def _mine(ctx: CommandContext, ask: Ask) -> list[Incident]:
    """Open incidents in which the asker holds a role, and which they may see."""
    held = [one for one in await ctx.queries.held_by(ask.actor.id) if ask.actor.id not in one.left]
    if not held:
        text = "Nothing changed. You hold no role in an open incident, so there is nothing to hand over."
        raise UserError(text, code="not_holder", field="role")
    return held


def _held(incident: Incident, user: str) -> tuple[str, ...]:
    return tuple(role for role, holders in incident.roles.items() if user in holders)


def _nothing_held(incident: Incident) -> UserError:
    text = f"Nothing changed. You hold no role in {incident.label}, so there is nothing to hand over."
    return UserError(text, code="not_holder", field="role")
