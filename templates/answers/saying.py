"""Short answers: that it was done, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal

from bot.domain.handoffs import Handoff
from bot.domain.model import Incident, StepState
from bot.domain.policy import Policy
from templates import controls
from templates.actions import HANDOFF, REPLACE, ROLE, USER, Action, value_for
from templates.answers.showing import one_row
from templates.layout import actions, button, link_button, message, section
from templates.message import Links, Message
from templates.mrkdwn import Mrkdwn, channel, escape, mention, one_line
from templates.said import Reader, rows
from templates.wording import say
from templates.words import (
    listed,
    name_of,
    relative,
    roles_of,
    services_of,
    severity_of,
    severity_word,
    status_word,
)

SIMILAR_SHOWN: Final = 3

Said = Literal[
    "safety_declared",
    "safety_withdrawn",
    "override_ended",
    "update_posted",
    "update_corrected",
    "unchanged",
    "snoozed",
    "noted",
    "unpinned",
    "severity_set",
    "status_set",
    "edited",
    "following",
    "unfollowed",
    "metrics_asked",
    "postmortem_asked",
    "section_saved",
    "resolved",
    "reopened",
    "cancelled",
    "closed",
    "retrying",
    "room_kept",
    "taken_out",
    "present",
    "handoff_accepted",
    "handoff_declined",
    "handoff_withdrawn",
    "page_asked",
    "page_acknowledged",
    "page_ended",
    "responders_asked",
    "post_confirmed",
]
"""What can have been done; each is a wording in `text/answers.j2`."""

_ALREADY: Final[Mapping[Said, str]] = MappingProxyType(
    {
        "update_corrected": "already_reads_so",
        "noted": "already_noted",
        "severity_set": "already_at_severity",
        "status_set": "already_at_status",
        "following": "already_following",
        "unfollowed": "not_following",
        "section_saved": "already_saved",
        "retrying": "nothing_to_retry",
        "present": "already_present",
        "safety_declared": "already_safety_first",
        "safety_withdrawn": "not_safety_first",
        "override_ended": "no_override",
        "page_acknowledged": "page_acknowledged_already",
        "page_ended": "page_ended_already",
        "post_confirmed": "post_confirmed_already",
    }
)
"""What is said where nothing was left to do."""


def done(said: Said, incident: Incident, policy: Policy, *, now: datetime, already: bool = False) -> Message:
    """Say in a sentence that it was done, or was so `already`, given the incident after it."""
    clock = incident.clock
    due = clock.snoozed_until if said == "snoozed" and clock.snoozed_until else clock.due_at
    words = say(
        f"answers.{_ALREADY.get(said, 'nothing_to_do') if already else said}",
        label=incident.label,
        number=incident.latest_update.number if incident.latest_update else 0,
        due=relative(due, now) if due and incident.is_open else None,
        severity=severity_word(incident.severity, policy),
        status=status_word(incident.status).lower(),
        published=incident.postmortem.requested_at is not None,
        private=incident.private,
    )
    return message(words, section(words))


def impact_set(incident: Incident, policy: Policy, reader: Reader, *, now: datetime, already: bool = False) -> Message:
    """Say which figures stand now, as far as the reader may see them."""
    words = say(
        "answers.impact_set",
        label=incident.label,
        rows=rows(incident, policy, reader, now=now),
        already=already,
    )
    return message(words, section(words), actions(button("All figures", Action.OPEN_IMPACT, value_for(incident))))


def declared(
    incident: Incident,
    policy: Policy,
    *,
    links: Links,
    now: datetime,
    similar: Sequence[Incident] = (),
    again: bool = False,
) -> Message:
    """The answer to a declaration in one line, with what may be the same incident.

    It is given before there is a channel. Its button asks for it `again`, and then it holds the way in.
    """
    failed = next((step for step in incident.setup if step.name == "channel" and step.state is StepState.FAILED), None)
    words = say(
        "answers.declared",
        name=name_of(incident),
        severity=severity_of(incident, policy),
        services=services_of(incident, policy),
        room=channel(incident.room.channel) if incident.room else None,
        error=(one_line(failed.error) or "no reason was given") if failed else None,
        again=again,
    )
    way_in = link_button("Open channel", links.room_url) or button(
        "Open channel", Action.SHOW_ROOM, value_for(incident)
    )
    retry = controls.retry(incident, failed.effect_id) if failed and incident.room is None else None
    row = actions(retry or way_in, button("Edit details", Action.OPEN_EDIT, value_for(incident)))
    rows = [Mrkdwn(one_row(one, policy, now=now).replace("\n", " · ")) for one in similar[:SIMILAR_SHOWN]]
    alike = section(say("answers.similar", rows=rows)) if rows else None
    return message(words, section(words), alike, row)


def role_given(
    incident: Incident, policy: Policy, role: str, *, users: Sequence[str], asker: str, already: bool = False
) -> Message:
    """Say who holds a role now; `already`: they did before."""
    words = say(
        "answers.role_given",
        label=incident.label,
        role=policy.role(role).label.lower(),
        people=Mrkdwn(listed([mention(user) for user in users])),
        one=len(users) == 1,
        mine=tuple(users) == (asker,),
        already=already,
    )
    return message(words, section(words))


def handoff_offered(offered: Sequence[tuple[Incident, Handoff]], policy: Policy, *, receiver: str) -> Message:
    """Say who was asked for what, with the way back; it stands in place of the form."""
    words = say("answers.handoff_offered", receiver=receiver)
    rows = [
        section(
            say("answers.handoff_row", name=name_of(incident), roles=roles_of(one.roles, policy)),
            accessory=button(
                "Take it back", Action.WITHDRAW_HANDOFF, value_for(incident, **{HANDOFF: str(one.number)})
            ),
        )
        for incident, one in offered
    ]
    return message(words, section(words), more=rows)


def role_released(incident: Incident, policy: Policy, role: str, *, user: str, asker: str) -> Message:
    """Say who holds a role no longer, and whether anybody does."""
    label, vacant = policy.role(role).label.lower(), not incident.roles.get(role)
    words = say("answers.role_released", label=incident.label, role=label, user=user, mine=user == asker, vacant=vacant)
    return message(words, section(words))


def take_over(incident: Incident, policy: Policy, role: str, *, holder: str, user: str, asker: str) -> Message:
    """Ask before somebody's role is taken. `user` is who would hold it then."""
    label = policy.role(role).label.lower()
    words = say("answers.take_over", holder=holder, role=escape(label), name=name_of(incident), mine=user == asker)
    value = value_for(incident, **{ROLE: role, USER: user, REPLACE: "1"})
    return message(words, section(words), actions(button("Take over", Action.TAKE_ROLE, value, style="danger")))
