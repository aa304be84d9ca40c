"""From an audience to the people in it, as the incident stands when the effect is performed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import structlog

from bot.domain import cadence
from bot.domain.effects import DirectMessage, Effect, SendEmail, TellAudience
from bot.domain.model import Incident
from bot.domain.subscriptions import Subscription, Way, concerned, may_hear
from bot.errors import IntegrationError, Reason

Members = Callable[[str], Awaitable[Sequence[str]]]
"""Who is in a user group (id or handle); raises IntegrationError."""

SUBSCRIBED: Final = frozenset({"stakeholders", "subscribers", "mailed"})
"""Audiences of which people are by subscription."""

NOBODY: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})

log = structlog.get_logger(__name__)


async def nobody(group: str) -> Sequence[str]:
    """A chat without user groups."""
    del group
    return ()


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
    incident: Incident, effect: TellAudience, found: Sequence[Subscription], *, mail: bool
) -> dict[str, Effect]:
    """Return one message for each subscriber who is not told already; a slot also keeps how the message is worded.

    Without `mail`, e-mail is told by direct message: better so than not at all.
    """
    told = people(incident, effect)
    chosen = {
        user: one
        for user, one in concerned(incident, found).items()
        if user != effect.by and user not in told and user not in effect.leave_out
    }
    mailed = {user for user, one in chosen.items() if mail and one.way is Way.EMAIL}
    if effect.audience == "mailed":
        chosen = {user: one for user, one in chosen.items() if user in mailed}
    return {
        user: SendEmail(user, effect.notice, one)
        if user in mailed
        else DirectMessage(user, effect.notice, f"{effect.slot}:{user}:{one.mark}" if effect.slot else "", one)
        for user, one in chosen.items()
    }


def too_late(incident: Incident, effect: Effect) -> bool:
    """Whether somebody was to be told by subscription who may not know of the incident any more."""
    match effect:
        case DirectMessage(user=user, because=Subscription()) | SendEmail(user=user):
            return not may_hear(incident, user)
    return False
