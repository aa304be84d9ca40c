"""From an audience to the people in it, as the incident stands when the effect is performed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

import structlog

from bot.domain import cadence
from bot.domain.archiving import archived
from bot.domain.effects import DirectMessage, Effect, SendEmail, TellAudience
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.quiet import Waiting, WhileQuiet
from bot.domain.reading_hours import observed, owed_since, quiet_for, waiting_for
from bot.domain.subscriptions import Subscription, Way, concerned, may_hear
from bot.errors import IntegrationError, Reason

Members = Callable[[str], Awaitable[Sequence[str]]]
"""Who is in a user group (id or handle); raises IntegrationError."""

Zone = Callable[[str], Awaitable[str]]
"""A person's IANA time zone; "" when it cannot be had."""

Present = Callable[[str], Awaitable[Collection[str]]]
"""Who is in a channel (its id); raises IntegrationError."""

ZONES_AT_ONCE: Final = 10
"""So many people's zones are asked for at the same time."""

NOBODY: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hours:
    """By what it is told for whom it is quiet: the rules, the zones of those whose is known, and now."""

    policy: Policy
    zones: Mapping[str, str]
    now: datetime


async def nobody(group: str) -> Sequence[str]:
    """A chat without user groups."""
    del group
    return ()


async def nowhere(user: str) -> str:
    """A chat that knows nobody's time zone."""
    del user
    return ""


async def empty(channel: str) -> Collection[str]:
    """A chat that does not tell who is in a channel."""
    del channel
    return ()


@dataclass(frozen=True, slots=True)
class People:
    """What the chat is asked about people."""

    members: Members = nobody
    zone: Zone = nowhere
    present: Present = empty


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of subscribers: the zones of those whose is, and who reads the incident's channel anyway."""

    zones: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    present: Collection[str] = ()


async def present_in(incident: Incident, present: Present, *, seconds: float) -> Collection[str]:
    """Return who is in the incident's channel; where that is not said, nobody: rather told twice than not at all."""
    room = incident.room
    if room is None or room.thread_ts is not None or archived(incident):
        return ()
    try:
        async with asyncio.timeout(seconds):
            return await present(room.channel)
    except (TimeoutError, IntegrationError) as error:
        log.warning("channel_members_unknown", channel=room.channel, error=str(error))
        return ()


async def zones_of(users: Iterable[str], zone: Zone, *, seconds: float) -> Mapping[str, str]:
    """Return the zones that are known within `seconds`."""
    found: dict[str, str] = {}
    gate = asyncio.Semaphore(ZONES_AT_ONCE)

    async def look(user: str) -> None:
        async with gate:
            found[user] = await zone(user)

    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*map(look, users))
    except TimeoutError:
        log.warning("zones_unknown", known=len(found))
    return found


async def look_up(groups: Sequence[str], members: Members, *, seconds: float) -> Mapping[str, Sequence[str]]:
    """Return the people of each group. One that the chat does not know is empty, so that others are told at least.

    Raises:
        IntegrationError: the chat did not say (within `seconds`).
    """
    found: dict[str, Sequence[str]] = {}
    for group in groups:
        try:
            async with asyncio.timeout(seconds):
                found[group] = await members(group)
        except TimeoutError as error:
            raise IntegrationError(Reason.UNREACHABLE, "the chat did not say who is in a user group") from error
        except IntegrationError as error:
            if error.reason is not Reason.CLIENT:
                raise
            log.warning("group_unknown", group=group, detail=error.detail)
            found[group] = ()
    return found


def people(incident: Incident, effect: TellAudience, members: Mapping[str, Sequence[str]] = NOBODY) -> tuple[str, ...]:
    """Return each person once, without those to be left out; an unknown audience is empty.

    `members` are those of the effect's user groups. Who left the room of a private incident is told nothing more,
    whatever they hold or follow.
    """
    owner = cadence.owner(incident)
    groups = {
        "regulatory": _concerned(incident, effect, members) or cadence.leaders(incident),
        "oncall": [user for group in effect.groups for user in members.get(group, ())],
        "followers": incident.followers,
        "stakeholders": incident.followers,
        "leaders": cadence.leaders(incident),
        "owner": (owner,) if owner else (),
        "declarer": (incident.declared_by,),
    }
    found = groups.get(effect.audience, ())
    return tuple(user for user in dict.fromkeys(found) if user not in effect.leave_out and user not in incident.left)


def _concerned(incident: Incident, effect: TellAudience, members: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    holders = [user for role in effect.roles for user in incident.roles.get(role, ())]
    return (*holders, *(user for group in effect.groups for user in members.get(group, ())))


def messages(
    incident: Incident, effect: TellAudience, members: Mapping[str, Sequence[str]] = NOBODY
) -> dict[str, Effect]:
    """Return one direct message for each person; each has a slot of its own, so that all copies can be edited later."""
    return {
        user: DirectMessage(user, effect.notice, f"{effect.slot}:{user}" if effect.slot else "")
        for user in people(incident, effect, members)
    }


def by_subscription(
    incident: Incident,
    effect: TellAudience,
    found: Sequence[Subscription],
    *,
    mail: bool,
    present: Collection[str] = (),
) -> dict[str, Effect]:
    """Return one message for each subscriber who is not told already; a slot also keeps how the message is worded.

    Those `present` read in the channel what subscribers are told. A correction is only an edit there: whoever
    may have had the wrong words by e-mail is mailed the right ones wherever they are.

    Without `mail`, e-mail is told by direct message: better so than not at all.
    """
    told = {*people(incident, effect), *(() if effect.audience == "mailed" else present)}
    chosen = {
        user: one
        for user, one in concerned(incident, found).items()
        if user != effect.by and user not in told and user not in effect.leave_out
    }
    mailed = {user for user, one in chosen.items() if mail and one.way is Way.EMAIL}
    if effect.only:
        chosen = {user: one for user, one in chosen.items() if user in effect.only}
    if effect.audience == "mailed":
        chosen = {user: one for user, one in chosen.items() if user in mailed}
    return {
        user: SendEmail(user, effect.notice, one)
        if user in mailed
        else DirectMessage(user, effect.notice, f"{effect.slot}:{user}:{one.mark}" if effect.slot else "", one)
        for user, one in chosen.items()
    }


def by_hours(
    incident: Incident, effect: TellAudience, found: Mapping[str, Effect], hours: Hours
) -> tuple[dict[str, Effect], tuple[Waiting, ...]]:
    """Part what subscribers are sent now from what they are told later; who waited hears now of all they missed."""
    now: dict[str, Effect] = {}
    later: list[Waiting] = []
    since = owed_since(incident, effect.notice, hours.now)
    severities = tuple(dict.fromkeys((*effect.severities, incident.severity)))
    keeps = observed(incident, hours.policy)
    for user, message in found.items():
        until = quiet_for(hours.policy, hours.zones.get(user, ""), hours.now) if keeps else None
        waited = waiting_for(incident, user)
        if until is not None:
            later.append(Waiting(user, since, until, severities))
        elif waited is not None and isinstance(message, DirectMessage | SendEmail):
            now[user] = replace(message, notice=WhileQuiet(min(waited.since, since)))
        else:
            now[user] = message
    return now, tuple(later)


def too_late(incident: Incident, effect: Effect) -> bool:
    """Whether somebody was to be told by subscription who may not know of the incident any more."""
    match effect:
        case DirectMessage(user=user, because=Subscription()) | SendEmail(user=user):
            return not may_hear(incident, user)
    return False
