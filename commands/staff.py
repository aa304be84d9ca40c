"""`staff`: who goes where when there are more fires than hands; `available`, `off`, `asleep`: where oneself is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.config.durations import parse_clock, parse_span
from bot.domain.availability import Whereabouts, until_by_default
from bot.domain.commands import EstimateMitigation
from bot.domain.mitigation import time_left
from bot.domain.muster import Look
from bot.errors import UserError
from bot.staffing import Done
from commands import grammar, priorities
from commands.context import Ask, CommandContext, Outcome, Say
from templates import answers

QUICK_SECONDS: Final = 1.2
"""A proposal that is ready by then goes into the acknowledgement, for which Slack waits three seconds."""

_UNTIL: Final = re.compile(r"(?:until|till|til)\s+(.+)", re.IGNORECASE)
_FOR: Final = re.compile(r"for\s+(.+)", re.IGNORECASE)


async def staff(ctx: CommandContext, ask: Ask) -> Outcome:
    """Propose for all open incidents; `staff eta 40m` notes the commander's own figure for one."""
    first, rest = grammar.first_word(ask.text)
    if first.lower() == "eta":
        return await eta(ctx, ask, rest)
    if ask.text:
        raise UserError(
            "Nothing changed. `staff` proposes who goes where; `staff eta 40m` says when you expect to have it "
            "mitigated. It takes no other words.",
            code="staff_words",
        )
    return await _soon(_proposal(ctx, ask))


async def accept(ctx: CommandContext, ask: Ask, name: str) -> Say:
    """Carry a proposal out, or show the one that holds by now."""
    return await _soon(_acceptance(ctx, ask, name), instead=True)


async def _soon(work: Awaitable[Say], *, instead: bool = False) -> Say:
    """Wait a little; what takes longer is announced and follows."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=QUICK_SECONDS)
    return task.result() if done else Say(answers.staffing_soon(), instead=instead, then=task)


async def _proposal(ctx: CommandContext, ask: Ask) -> Say:
    return await _shown(ctx, ask, await ctx.staffing.look(ask.viewer))


async def _acceptance(ctx: CommandContext, ask: Ask, name: str) -> Say:
    found = await ctx.staffing.accept(name, ask.actor, ask.request_id, ask.viewer)
    if isinstance(found, Done):
        return Say(answers.staffing_done(found.incidents, found.look), instead=True, repeat=found.repeat)
    return await _shown(ctx, ask, found, changed=True)


async def _shown(ctx: CommandContext, ask: Ask, look: Look, *, changed: bool = False) -> Say:
    shown = await priorities.amounts(ctx, ask.viewer)
    return Say(answers.staffing_proposed(look, ctx.policy, amounts=shown, changed=changed), instead=changed)


async def eta(ctx: CommandContext, ask: Ask, text: str) -> Outcome:
    """Note how long the commander thinks it takes; `clear` takes the figure back."""
    incident = ask.incident or await ctx.find(ask)
    if incident is None and ask.number is not None:
        raise UserError(
            f"Nothing changed. There is no incident #{ask.number}. Run `{ctx.command} list` to see them.",
            code="no_incident",
        )
    if incident is None:
        raise UserError(
            "Nothing changed. Say which incident is meant: `staff #42 eta 40m`, or ask in its channel.",
            code="no_incident",
        )
    minutes = None if text.lower() == "clear" else _minutes(text)
    accepted = await ctx.execute(EstimateMitigation(minutes), ask.about(incident))
    expected = (await ctx.staffing.history()).expected(incident.severity, incident.services)
    counts = time_left(expected, accepted.incident.shifts, ctx.now())
    message = answers.eta_noted(accepted.incident, minutes, expected, counts, changed=bool(accepted.events))
    return Say(message, repeat=accepted.repeat)


def _minutes(text: str) -> int:
    try:
        return max(1, round(parse_span(text) / timedelta(minutes=1)))
    except ValueError as error:
        raise UserError(
            f"Nothing changed. {grammar.as_typed(text)} is no span of time. "
            "Write `staff eta 40m` or `staff eta clear`.",
            code="eta_unread",
        ) from error


async def available(ctx: CommandContext, ask: Ask) -> Outcome:
    """Say that one can be asked."""
    return await _where(ctx, ask, Whereabouts.AVAILABLE)


async def off(ctx: CommandContext, ask: Ask) -> Outcome:
    """Say that one cannot be asked."""
    return await _where(ctx, ask, Whereabouts.OFF)


async def asleep(ctx: CommandContext, ask: Ask) -> Outcome:
    """Say that one sleeps, and from when on one has slept."""
    return await _where(ctx, ask, Whereabouts.ASLEEP)


async def _where(ctx: CommandContext, ask: Ask, where: Whereabouts) -> Outcome:
    listed = next((one for one in ctx.policy.people if one.user == ask.actor.id), None)
    hours = listed.hours if listed else None
    zone = hours.zone if hours else await ctx.people.zone(ask.actor.id)
    until = _until(ask.text, zone, ctx.now()) or until_by_default(where, hours, ctx.now())
    word = await ctx.staffing.say_where(ask.actor.id, where, until)
    return Say(answers.whereabouts(word, ctx.now(), listed=listed is not None))


def _until(text: str, zone: str, now: datetime) -> datetime | None:
    """Read `until 18:00` in a person's zone (today, else tomorrow) or `for 8h`; None when nothing is said."""
    if not text:
        return None
    clock, span = _UNTIL.fullmatch(text), _FOR.fullmatch(text)
    try:
        if span:
            return now + parse_span(span[1])
        return _next(clock[1] if clock else text, zone, now)
    except ValueError as error:
        raise UserError(
            f"Nothing changed. {grammar.as_typed(text)} is no time. Write `until 18:00` or `for 8h`.",
            code="until_unread",
        ) from error


def _next(text: str, zone: str, now: datetime) -> datetime:
    at = parse_clock(text)
    try:
        local = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        local = now
    today = datetime.combine(local.date(), at, tzinfo=local.tzinfo)
    return (today if today > local else today + timedelta(days=1)).astimezone(now.tzinfo)
