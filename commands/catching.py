"""`catchup`, and the same unasked for whoever joins an incident's channel late."""

from __future__ import annotations

import asyncio

from bot.domain.briefing import brief
from bot.domain.commands import CatchUp
from bot.domain.model import FIREBELL, Incident
from bot.merged import final, pointing
from bot.ports import Viewer
from commands.context import Ask, CommandContext, Outcome, Say
from templates import answers
from templates.message import Message


async def run(ctx: CommandContext, ask: Ask) -> Outcome:
    """How things stand, in short."""
    return Say(await message(ctx, await pointing(ctx.queries, ask.it), ask.viewer.user))


async def message(ctx: CommandContext, incident: Incident, reader: str) -> Message:
    """Write it for one reader; "" when everybody reads it."""
    known = brief(await ctx.queries.log(incident.id), ctx.policy)
    on_call_for = await _on_call_for(ctx, incident, reader) if reader else []
    return answers.catch_up(incident, known, ctx.policy, now=ctx.now(), reader=reader, on_call_for=on_call_for)


async def newcomer(ctx: CommandContext, user: str, channel: str, request_id: str, *, invited: bool) -> Message | None:
    """Return what somebody who joined a channel is told; None for nothing.

    Nothing for guests and apps, where the channel is no open incident's own, for whoever was told a moment ago, and for
    the declarer whom Firebell itself invited at set-up. Who joins the channel of a merged incident is shown the way.
    """
    incident = await ctx.queries.by_channel(channel, Viewer(user))
    if incident is not None and incident.merged_into is not None:
        return await _elsewhere(ctx, incident, user)
    if incident is None or not incident.is_open or incident.room is None or incident.room.thread_ts is not None:
        return None
    known = await ctx.person(user)
    if (known and (known.guest or known.bot)) or (invited and user == incident.declared_by):
        return None
    accepted = await ctx.service.execute(CatchUp(user), FIREBELL, f"{request_id}:catchup", incident_id=incident.id)
    if accepted.repeat or not accepted.events:
        return None
    return await message(ctx, accepted.incident, user)


async def _elsewhere(ctx: CommandContext, incident: Incident, user: str) -> Message | None:
    goal = await final(ctx.queries, incident)
    known = await ctx.person(user)
    stranger = bool(known and (known.guest or known.bot)) or (goal.private and user not in goal.inside)
    return None if stranger or goal.id == incident.id else answers.pointer(goal)


async def _on_call_for(ctx: CommandContext, incident: Incident, user: str) -> list[str]:
    """The affected services whose on-call group somebody belongs to."""
    groups = {key: ctx.policy.service(key).oncall_group for key in incident.services}
    named = {key: group for key, group in groups.items() if group}
    members = await asyncio.gather(*map(ctx.people.members, named.values()))
    return [key for key, people in zip(named, members, strict=True) if user in people]
