"""How things stand, for somebody who comes late: short enough to be read while the others go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import ActionsBlock

from bot.domain import cadence
from bot.domain.briefing import Briefing
from bot.domain.model import Incident
from bot.domain.policy import Policy
from templates import controls
from templates.actions import Action, value_for
from templates.answers.showing import head_of
from templates.layout import actions, button, message, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, near, one_line
from templates.ties import whereabouts
from templates.wording import say
from templates.words import listed, roles_of

DECISIONS_SHOWN: Final = 3


def catch_up(
    incident: Incident,
    known: Briefing,
    policy: Policy,
    *,
    now: datetime,
    reader: str = "",
    on_call_for: Sequence[str] = (),
) -> Message:
    """State, impact, commander, the last decisions, and what is wanted of the reader ("" when everybody reads it).

    `on_call_for` are the keys of affected services that they are on call for.
    """
    head = head_of(incident, policy, now, None)
    update = incident.latest_update if incident.unheard_since is None else None
    impact = update.impact if update and update.impact else incident.impact
    words = say(
        "answers.catch_up",
        impact=one_line(impact),
        commander=incident.commander,
        headline=update.headline if update else "",
        decisions=[(near(one.at, now), one.text) for one in known.decisions[-DECISIONS_SHOWN:]],
    )
    wanted = section(_wanted(incident, known, policy, reader, on_call_for))
    return message(head, section(head), section(words), wanted, _next(incident, reader))


def _wanted(incident: Incident, known: Briefing, policy: Policy, reader: str, on_call_for: Sequence[str]) -> Mrkdwn:
    held = tuple(role for role, holders in incident.roles.items() if reader and reader in holders)
    duties = [policy.role(role).duties[0] for role in held if policy.role(role).duties]
    offered = [one for one in incident.handoffs if one.is_open and one.receiver == reader]
    return say(
        "answers.wanted",
        open=incident.is_open,
        status=incident.status.value,
        into=whereabouts(incident.merged_into) if incident.merged_into else None,
        roles=roles_of(held, policy),
        duties=duties[:1],
        offered=roles_of(offered[0].roles, policy) if offered else None,
        commander=incident.commander,
        services=listed([one_line(policy.service(key).name) for key in on_call_for]),
        question=known.questions[-1].text if known.questions else None,
    )


def _next(incident: Incident, reader: str) -> ActionsBlock | None:
    value = value_for(incident)
    vacant = incident.is_open and incident.commander is None
    take = controls.take_role(incident, cadence.COMMANDER, "") if vacant else None
    follow = incident.is_open and reader not in incident.followers
    return actions(
        take,
        button("Status", Action.SHOW_STATUS, value),
        button("Timeline", Action.SHOW_TIMELINE, value),
        button("Follow", Action.FOLLOW, value) if follow else None,
    )
