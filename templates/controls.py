"""Controls that more than one message shows."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, InteractiveElement, StaticSelectElement

from bot.domain.decisions.moment import Moment
from bot.domain.decisions.updates import unchanged_refusal
from bot.domain.handoffs import Handoff
from bot.domain.lengths import span
from bot.domain.model import FIREBELL, Incident
from bot.domain.policy import Policy
from templates.actions import HANDOFF, Action, Value, value_for
from templates.layout import Style, actions, button, link_button, option, select
from templates.words import severity_word

ACTION_OF_WORD: Final = {
    "take": Action.TAKE_COMMAND,
    "assign": Action.OPEN_ROLES,
    "roles": Action.OPEN_ROLES,
    "release": Action.RELEASE_ROLE,
    "handoff": Action.OPEN_HANDOFF,
    "status": Action.SHOW_STATUS,
    "severity": Action.OPEN_SEVERITY,
    "update": Action.OPEN_UPDATE,
    "note": Action.OPEN_NOTE,
    "impact": Action.OPEN_IMPACT,
    "safety": Action.OPEN_SAFETY,
    "override": Action.OPEN_OVERRIDE,
    "edit": Action.OPEN_EDIT,
    "timeline": Action.SHOW_TIMELINE,
    "metrics": Action.DRAW_METRICS,
    "resolve": Action.OPEN_RESOLVE,
    "postmortem": Action.WRITE_POSTMORTEM,
    "follow": Action.FOLLOW,
    "regulatory": Action.SHOW_REGULATORY,
    "statuspage": Action.OPEN_POST,
}
"""Which button does what a word of the command does. Words that need more than a click are left out."""


def declare(*, offered: bool, style: Style | None = None) -> ButtonElement | None:
    """Open the declare form; None for those whom the policy lets not declare."""
    return button("Declare an incident", Action.OPEN_DECLARE, Value(), style=style) if offered else None


def retry(incident: Incident, effect_id: str) -> ButtonElement:
    return button("Retry", Action.RETRY_EFFECT, value_for(incident, effect=effect_id))


def pick_severity(incident: Incident, policy: Policy) -> StaticSelectElement:
    """All severities in one menu; the one in force reads "Keep SEV2"."""
    options = []
    for severity in policy.severities:
        word = severity_word(severity.key, policy)
        label = f"Keep {word}" if severity.key == incident.severity else word
        options.append(option(label, value_for(incident, severity=severity.key).pack(), severity.description))
    return select("Set severity", Action.PICK_SEVERITY, options)


def take_role(incident: Incident, role: str, label: str) -> ButtonElement:
    """Take a role oneself: command has an action of its own."""
    if role == "commander":
        return button("Take command", Action.TAKE_COMMAND, value_for(incident), style="primary")
    return button(f"Become {label.lower()}", Action.TAKE_ROLE, value_for(incident, role=role))


def handoff(incident: Incident, offered: Handoff, room_url: str | None) -> ActionsBlock | None:
    """What the receiver of a handoff can do."""
    value = value_for(incident, **{HANDOFF: str(offered.number)})
    return actions(
        button("Accept", Action.ACCEPT_HANDOFF, value, style="primary"),
        button("Decline", Action.DECLINE_HANDOFF, value),
        link_button("Open channel", room_url),
    )


def weighing(incident: Incident) -> ActionsBlock | None:
    """What moves the rank of an incident; None once it is over."""
    if not incident.is_open:
        return None
    value = value_for(incident)
    return actions(
        button("Set impact", Action.OPEN_IMPACT, value),
        button("Not safety first" if incident.safety else "Safety first", Action.OPEN_SAFETY, value),
        None if incident.drill else button("Rank by hand", Action.OPEN_OVERRIDE, value),
    )


def unchanged_offered(incident: Incident, policy: Policy, now: datetime) -> bool:
    """Whether "No change" would be accepted now."""
    return unchanged_refusal(incident, Moment(now, FIREBELL, policy)) is None


def reminder(incident: Incident, policy: Policy, now: datetime, *, drafted: bool) -> list[InteractiveElement]:
    """What a reminder can be answered with. With a draft, one click posts it."""
    value = value_for(incident)
    row: list[InteractiveElement] = []
    if drafted:
        row.append(button("Post this", Action.POST_DRAFT, value, style="primary"))
    row.append(
        button(
            "Edit first" if drafted else "Post update", Action.OPEN_UPDATE, value, style=None if drafted else "primary"
        )
    )
    if unchanged_offered(incident, policy, now):
        row.append(button("No change", Action.NO_CHANGE, value))
    if incident.clock.snoozed_until is None:
        row.append(button(f"Snooze {span(policy.durations.snooze)}", Action.SNOOZE, value))
    return row


def of_word(incident: Incident, label: str, word: str) -> ButtonElement | None:
    """The button for a command's word; None when the word is more than a click."""
    action = ACTION_OF_WORD.get(word)
    return button(label, action, Value(incident.id, incident.seq)) if action else None
