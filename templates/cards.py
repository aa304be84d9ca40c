"""The card of an incident: one in its room, one in the summary channel, and the room's topic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.domain import cadence
from bot.domain.calls import call_url
from bot.domain.model import Incident, SetupStep, Status, StepState
from bot.domain.policy import Policy
from bot.domain.priority import ON_CARDS, Standing
from templates import controls
from templates.actions import Action, Value, value_for
from templates.clip import TOPIC_MAX, clip
from templates.layout import actions, button, context, fields, header, link_button, message, overflow, section
from templates.message import Links, Message
from templates.mrkdwn import Mrkdwn, channel, clip_mrkdwn, escape, near, one_line
from templates.pages import card_line
from templates.ties import belonging, whereabouts
from templates.wording import say
from templates.words import (
    METERS,
    push,
    ranked_severity,
    services_of,
    severity_of,
    severity_word,
    square,
    status_word,
    step_word,
    title_of,
    what_fixed_it,
    why_reopened,
)

FAILED_STEPS_SHOWN: Final = 3
WHY_MAX: Final = 200
"""Characters of the sentence on a rank: the reason in it is as long as somebody made it."""

_TICKS: Final = {StepState.DONE: "✓", StepState.PENDING: "…", StepState.FAILED: "✗"}


def room_card(
    incident: Incident, policy: Policy, *, links: Links, now: datetime, standing: Standing | None = None
) -> Message:
    """The pinned card in the incident channel."""
    return message(
        push(incident, policy, _ask(incident, now)),
        *_head(incident, policy, now, standing),
        *belonging(incident),
        _facts(incident, policy, now, room=False),
        _latest(incident, now),
        _assumed(incident, policy),
        more=(*_setup(incident), *_undelivered(incident), _room_controls(incident, policy, links, now)),
    )


def summary_card(
    incident: Incident, policy: Policy, *, links: Links, now: datetime, standing: Standing | None = None
) -> Message:
    """The card in the summary channel. While there is no room, it carries the set-up's errors and Retry as well."""
    value = value_for(incident)
    controls_row = actions(
        button("Follow", Action.FOLLOW, value) if incident.is_open else None,
        link_button("Open channel", links.room_url),
        link_button("Postmortem", links.postmortem_url) if links.room_url is None else None,
        button("Status", Action.SHOW_STATUS, value),
    )
    return message(
        push(incident, policy, _ask(incident, now)),
        *_head(incident, policy, now, standing),
        *belonging(incident),
        _facts(incident, policy, now, room=True),
        _latest(incident, now),
        more=(*(_setup(incident) if incident.room is None else ()), *_undelivered(incident), controls_row),
    )


def topic(incident: Incident, policy: Policy) -> str:
    """The room's topic, at most 250 characters; it names no times, because those move too often for its rate limit."""
    return clip_mrkdwn(
        say(
            "cards.topic",
            drill=incident.drill,
            severity=severity_of(incident, policy),
            status=_stands(incident),
            name=clip(f"{incident.label} {one_line(incident.title)}", TOPIC_MAX // 2),
            user=incident.commander,
        ),
        TOPIC_MAX,
    )


def _stands(incident: Incident) -> Mrkdwn:
    """The status; of a merged incident, where work goes on."""
    into = incident.merged_into
    if into is None:
        return Mrkdwn(status_word(incident.status))
    return whereabouts(into)


def _ask(incident: Incident, now: datetime) -> Mrkdwn:
    """What the card wants of whoever reads it, in a few words."""
    if not incident.is_open:
        into = incident.merged_into
        return Mrkdwn(f"merged into {into.label}" if into else incident.status.value)
    overdue = cadence.overdue_since(incident, now)
    if overdue is not None:
        return Mrkdwn(f"update overdue since {near(overdue, now)}")
    if incident.commander is None:
        return Mrkdwn("no commander")
    if incident.clock.due_at is None:
        return Mrkdwn(incident.status.value)
    return Mrkdwn(f"update due {near(incident.clock.due_at, now)}")


def _head(incident: Incident, policy: Policy, now: datetime, standing: Standing | None) -> tuple[Block, ...]:
    drill = "DRILL · " if incident.drill else ""
    severity = ranked_severity(incident, policy, standing.rough if standing else "")
    title = header(f"{drill}{severity} · {incident.label} {title_of(incident)}")
    over = None if incident.is_open else incident.closed_at or incident.resolved_at
    fresh = incident.status is Status.DECLARED
    started = incident.started_at
    stand = say(
        "cards.stand",
        square=square(incident, policy),
        status=status_word(incident.status),
        over=near(over, now) if over else None,
        declared=near(incident.declared_at, now) if fresh else None,
        started=near(started, now) if started else None,
        declared_after=near(incident.declared_at, now) if started is None and not fresh else None,
        ended=near(incident.impact_ended_at, now) if incident.impact_ended_at else None,
        private=incident.private,
        drill=incident.drill,
    )
    return (title, context(stand), *_rank(standing))


def _rank(standing: Standing | None) -> tuple[Block, ...]:
    """How bad waiting is, and why, without a figure; beyond the exact places the reason would soon be another one."""
    if standing is None:
        return ()
    why = clip_mrkdwn(escape(standing.why), WHY_MAX) if standing.place <= ON_CARDS else ""
    return (context(say("cards.rank", meter=METERS[standing.band], band=standing.band.value, why=why)),)


def _facts(incident: Incident, policy: Policy, now: datetime, *, room: bool) -> Block:
    parts = [say("cards.commander", user=incident.commander)]
    if incident.is_open and incident.clock.due_at is not None:
        parts.append(_next_update(incident, policy, now))
    elif fixed_by := what_fixed_it(incident):
        parts.append(say("cards.fixed_by", text=one_line(fixed_by)))
    if incident.status in (Status.CANCELLED, Status.MERGED):
        parts.append(say("cards.reason", text=one_line(incident.status_reason)))
    parts.append(say("cards.affected", services=services_of(incident, policy)))
    if (paged := card_line(incident, policy)) is not None:
        parts.append(paged)
    if not room and incident.is_open and (call := call_url(incident, policy)):
        parts.append(say("cards.call", url=call))
    if room and incident.room is not None:
        parts.append(say("cards.channel", room=channel(incident.room.channel)))
    return fields(*parts)


def _next_update(incident: Incident, policy: Policy, now: datetime) -> Mrkdwn:
    clock = incident.clock
    overdue = cadence.overdue_since(incident, now)
    deferred = cadence.deferred_until(incident, policy, now)
    snoozed = clock.snoozed_until if clock.snoozed_until and clock.snoozed_until > now else None
    return say(
        "cards.next_update",
        overdue=near(overdue, now) if overdue else None,
        due=near(clock.due_at, now) if clock.due_at else None,
        owner=cadence.owner(incident),
        snoozed=near(snoozed, now) if snoozed else None,
        deferred=near(deferred, now) if deferred and clock.due_at and deferred > clock.due_at else None,
    )


def _latest(incident: Incident, now: datetime) -> Block:
    """Two lines: what was said last, and who said it when; after "no change" the second line says so."""
    update = incident.latest_update
    return section(
        say(
            "cards.latest",
            reopened=near(incident.unheard_since, now) if incident.unheard_since else None,
            reason=one_line(why_reopened(incident)),
            update=update,
            said=near(update.at, now) if update else None,
            corrected=near(update.corrected_at, now) if update and update.corrected_at else None,
            unchanged=unchanged_line(incident, now),
            impact=one_line(incident.impact),
            summary=one_line(incident.summary),
        )
    )


def unchanged_line(incident: Incident, now: datetime) -> Mrkdwn | None:
    """The line that stands after "no change"; None when that is not how things are."""
    if not (incident.is_open and incident.clock.unchanged_in_row and incident.unchanged_since):
        return None
    due = incident.clock.due_at
    return say(
        "cards.unchanged",
        status=incident.status.value,
        since=near(incident.unchanged_since, now),
        due=near(due, now) if due else None,
    )


def _assumed(incident: Incident, policy: Policy) -> Block | None:
    if not (incident.severity_assumed and incident.is_open):
        return None
    asked = say("cards.assumed", severity=severity_word(incident.severity, policy))
    return section(asked, accessory=controls.pick_severity(incident, policy))


def _setup(incident: Incident) -> Sequence[Block]:
    """The checklist while it is unfinished: one line of ticks, then what failed, each with Retry.

    Once the incident is over only a failure keeps it there: what stakeholders were told may wait behind that step.
    """
    failed = [step for step in incident.setup if step.state is StepState.FAILED]
    if incident.setup_finished or not (incident.is_open or failed):
        return ()
    steps = " ".join(f"{_TICKS[step.state]} {step_word(step.name)}" for step in incident.setup)
    return (
        context(say("cards.setup", steps=steps)),
        *(_failed(incident, step) for step in failed[:FAILED_STEPS_SHOWN]),
    )


def _undelivered(incident: Incident) -> Sequence[Block]:
    """Messages that were given up outside set-up, each with Retry until it is pressed."""
    lost = [one for one in incident.failures.values() if one.what == "PostMessage"]
    return tuple(
        section(
            say("cards.undelivered", error=one_line(one.detail) or "no reason was given"),
            accessory=controls.retry(incident, one.effect_id),
        )
        for one in lost[:FAILED_STEPS_SHOWN]
    )


def _failed(incident: Incident, step: SetupStep) -> Block:
    return section(
        say("cards.failed_step", step=step_word(step.name), error=one_line(step.error) or "no reason was given"),
        accessory=controls.retry(incident, step.effect_id),
    )


def _room_controls(incident: Incident, policy: Policy, links: Links, now: datetime) -> Block | None:
    if incident.is_open:
        buttons = _open_buttons(incident, policy, now)
        return actions(*buttons, overflow(_open_choices(incident, buttons)))
    return actions(*_over_buttons(incident, links), overflow(_over_choices(incident)))


def _open_buttons(incident: Incident, policy: Policy, now: datetime) -> list[InteractiveElement]:
    """At most four; the first is what is needed most."""
    value = value_for(incident)
    commanded = incident.commander is not None
    take = button("Take command", Action.TAKE_COMMAND, value, style="primary")
    update = button("Post update", Action.OPEN_UPDATE, value, style="primary" if commanded else None)
    severity = button("Severity", Action.OPEN_SEVERITY, value)
    resolve = button("Resolve", Action.OPEN_RESOLVE, value)
    waiting = incident.clock.step > 0 or cadence.overdue_since(incident, now) is not None
    if waiting and controls.unchanged_offered(incident, policy, now):
        unchanged = button("No change", Action.NO_CHANGE, value)
        return [update, unchanged, severity, resolve] if commanded else [take, update, unchanged, resolve]
    roles = button("Roles", Action.OPEN_ROLES, value)
    if not commanded:
        return [take, update, roles if incident.severity_assumed else severity, resolve]
    return [update, severity, roles, resolve]


def _open_choices(incident: Incident, buttons: Sequence[InteractiveElement]) -> list[tuple[str, Value]]:
    """The rest; handing out roles stands here when it is no button."""
    has_roles = any(one.action_id == Action.OPEN_ROLES for one in buttons)
    last = ("False alarm: cancel", value_for(incident, do=Action.OPEN_REASON, kind="cancel"))
    return [
        ("Add a note", value_for(incident, do=Action.OPEN_NOTE)),
        ("Timeline", value_for(incident, do=Action.SHOW_TIMELINE)),
        ("Draw metrics", value_for(incident, do=Action.DRAW_METRICS)),
        ("Edit details", value_for(incident, do=Action.OPEN_EDIT)),
        last if has_roles else ("Assign roles", value_for(incident, do=Action.OPEN_ROLES)),
    ]


def _over_buttons(incident: Incident, links: Links) -> list[InteractiveElement | None]:
    value = value_for(incident)
    if incident.status not in (Status.RESOLVED, Status.CLOSED):
        return [button("Timeline", Action.SHOW_TIMELINE, value)]
    document = link_button("Postmortem", links.postmortem_url)
    return [
        document or button("Write postmortem", Action.WRITE_POSTMORTEM, value),
        button("Add action item", Action.OPEN_ACTION_ITEM, value),
        button("Reopen", Action.OPEN_REASON, value_for(incident, kind="reopen")),
    ]


def _over_choices(incident: Incident) -> list[tuple[str, Value]]:
    if incident.status not in (Status.RESOLVED, Status.CLOSED):
        return []
    choices = [
        ("Timeline", value_for(incident, do=Action.SHOW_TIMELINE)),
        ("Draw metrics", value_for(incident, do=Action.DRAW_METRICS)),
    ]
    if incident.status is Status.RESOLVED:
        choices.append(("Close", value_for(incident, do=Action.OPEN_REASON, kind="close")))
    if incident.latest_update is not None:
        number = str(incident.latest_update.number)
        choices.append(("Correct the last update", value_for(incident, do=Action.OPEN_CORRECT, update=number)))
    return choices
