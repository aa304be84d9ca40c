"""The App Home, drawn as it is for whoever opened it."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.model import Actor, ActorKind
from bot.ports import Viewer
from commands import regulatory
from commands.context import CommandContext
from commands.priorities import amounts
from templates.home import OPEN_SHOWN, home_view, outsider_view


async def publish(ctx: CommandContext, actor: Actor, client: AsyncWebClient) -> None:
    """Draw somebody's Home anew. A guest's tells nothing of what is burning."""
    if actor.kind is ActorKind.BOT:
        return
    if actor.guest:
        await client.views_publish(user_id=actor.id, view=outsider_view())
        return
    viewer = Viewer(actor.id)
    board = await ctx.ranks.board(viewer)
    first = await ctx.queries.by_ids([one.scored.case.id for one in board[:OPEN_SHOWN]])
    incidents = {**{one.id: one for one in await ctx.queries.open_incidents(viewer)}, **first}
    ended = [one for one in await ctx.queries.recent(viewer) if not one.is_open]
    view = home_view(
        actor.id,
        [*incidents.values(), *ended],
        ctx.policy,
        now=ctx.now(),
        command=ctx.command,
        may_declare=ctx.may_declare(actor),
        board=board,
        amounts=await amounts(ctx, viewer),
        duties=await regulatory.mine(ctx, actor),
    )
    await client.views_publish(user_id=actor.id, view=view)
