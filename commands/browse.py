"""`list`, `help` and the menu of a bare command."""

from __future__ import annotations

from bot.domain import duties
from bot.domain.decisions.moment import Moment
from bot.domain.decisions.publishing import check
from bot.domain.model import Incident
from bot.domain.refusal import Refused
from commands.context import Ask, CommandContext, Outcome, Say
from templates import answers


async def listing(ctx: CommandContext, ask: Ask) -> Outcome:
    """Open incidents that the asker may see, by rank; drills, which have none, after them."""
    board = await ctx.ranks.board(ask.viewer)
    first = [one.scored.case.id for one in board[: answers.LISTED]]
    incidents = {one.id: one for one in await ctx.queries.open_incidents(ask.viewer)}
    unranked = [one for one in incidents.values() if board.place_of(one.id) is None]
    listed = [*(await ctx.queries.by_ids(first)).values(), *unranked]
    return Say(
        answers.incident_list(
            listed,
            ctx.policy,
            now=ctx.now(),
            may_declare=ctx.may_declare(ask.actor),
            board=board,
            count=len(board) + len(unranked),
        )
    )


async def help_(ctx: CommandContext, ask: Ask) -> Outcome:
    """Ten lines, only what is valid here."""
    return Say(answers.help_text(_place(ctx, ask, ask.incident or await ctx.find(ask))))


async def menu(ctx: CommandContext, ask: Ask) -> Outcome:
    """What can be done from here, as buttons."""
    incident = await ctx.find(ask)
    board = await ctx.ranks.board(ask.viewer, also=incident.id if incident else "")
    listed = [] if incident else await ctx.queries.open_incidents(ask.viewer)
    place = _place(ctx, ask, incident)
    return Say(answers.menu(place, ctx.policy, now=ctx.now(), open_incidents=listed, board=board))


def _place(ctx: CommandContext, ask: Ask, incident: Incident | None) -> answers.Place:
    known = incident is not None and not ask.aloud and duties.concerns(incident, ask.actor, ctx.policy)
    return answers.Place(incident, ctx.command, ctx.may_declare(ask.actor), known, _may_publish(ctx, ask, incident))


def _may_publish(ctx: CommandContext, ask: Ask, incident: Incident | None) -> bool:
    if incident is None:
        return ctx.policy.status_page is not None
    try:
        check(incident, Moment(ctx.now(), ask.actor, ctx.policy))
    except Refused:
        return False
    return True
