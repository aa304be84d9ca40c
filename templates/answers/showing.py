"""Answers that show: one incident, the open ones, a page of the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import Block, ButtonElement

from bot.domain import cadence
from bot.domain.lengths import span
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.priority import EMPTY, Board, Standing
from bot.domain.timeline import Entry
from templates import controls
from templates.actions import DETAIL, PAGE, Action, Value, value_for
from templates.answers.ranks import WHY_MAX
from templates.cards import unchanged_line
from templates.layout import actions, button, context, link_button, message, section
from templates.message import Links, Message
from templates.mrkdwn import Mrkdwn, channel, clip_mrkdwn, escape, link, near, one_line
from templates.ties import whereabouts
from templates.wording import say
from templates.words import (
    effect_word,
    name_of,
    ranked_severity,
    relative,
    roles_of,
    services_of,
    square,
    status_word,
    why_reopened,
)

LISTED: Final = 15
PAGE_SIZE: Final = 15
RETRIES_SHOWN: Final = 3
_WHOLE: Final = frozenset({"handoff"})
"""Entries whose text is shown as it was written; of the others a line is enough."""


def status(
    incident: Incident,
    policy: Policy,
    *,
    links: Links,
    now: datetime,
    asker: str = "",
    standing: Standing | None = None,
) -> Message:
    """Where it stands, in full. `asker` is who reads it; "" when everybody does."""
    head = head_of(incident, policy, now, standing)
    failures = list(incident.failures.values())
    failed = section(say("answers.status_failed", count=len(failures))) if failures else None
    retries = [
        section(_failure(one.what, one.detail), accessory=controls.retry(incident, one.effect_id))
        for one in failures[:RETRIES_SHOWN]
    ]
    value = value_for(incident)
    row = actions(
        button("Timeline", Action.SHOW_TIMELINE, value),
        _following(incident, asker),
        link_button("Postmortem", links.postmortem_url) or link_button("Open channel", links.room_url),
    )
    latest = section(_latest(incident, now))
    return message(
        head,
        section(head),
        section(_people(incident, policy, now)),
        latest,
        more=[*_handoffs(incident, policy, now), failed, *retries, row],
    )


def _following(incident: Incident, asker: str) -> ButtonElement | None:
    if not incident.is_open:
        return None
    value = value_for(incident)
    if asker in incident.followers:
        return button("Stop following", Action.UNFOLLOW, value)
    return button("Follow", Action.FOLLOW, value)


def _failure(what: str, detail: str) -> Mrkdwn:
    act = effect_word(what)
    return say("cards.failed_step", step=act[:1].upper() + act[1:], error=detail or "no reason was given")


def head_of(incident: Incident, policy: Policy, now: datetime, standing: Standing | None) -> Mrkdwn:
    """Severity, name and state in two lines; `standing` is its rank, where it has one."""
    over = None if incident.is_open else incident.closed_at or incident.resolved_at
    return say(
        "answers.status",
        square=square(incident, policy),
        severity=ranked_severity(incident, policy, standing.words if standing else ""),
        why=clip_mrkdwn(escape(standing.why), WHY_MAX) if standing else None,
        name=name_of(incident),
        status=whereabouts(incident.merged_into) if incident.merged_into else status_word(incident.status),
        over=relative(over, now) if over else None,
        started=relative(incident.started_at, now) if incident.started_at else None,
        declared=relative(incident.declared_at, now),
        private=incident.private,
        drill=incident.drill,
    )


def _people(incident: Incident, policy: Policy, now: datetime) -> Mrkdwn:
    others = [
        (policy.role(role).label, users)
        for role, users in incident.roles.items()
        if users and role != cadence.COMMANDER
    ]
    due = incident.clock.due_at if incident.is_open else None
    overdue = cadence.overdue_since(incident, now)
    return say(
        "answers.status_people",
        commander=incident.commander,
        others=others,
        services=services_of(incident, policy),
        overdue=relative(overdue, now) if overdue else None,
        due=relative(due, now) if due else None,
    )


def _handoffs(incident: Incident, policy: Policy, now: datetime) -> list[Block]:
    """Offers that wait for an answer."""
    return [
        section(
            say(
                "answers.status_handoff",
                giver=one.giver,
                receiver=one.receiver,
                roles=roles_of(one.roles, policy),
                offered=relative(one.offered_at, now),
            )
        )
        for one in incident.handoffs
        if one.is_open
    ]


def _latest(incident: Incident, now: datetime) -> Mrkdwn:
    update = incident.latest_update
    fresh = update if incident.unheard_since is None else None
    impact = fresh.impact if fresh and fresh.impact else incident.impact
    parts = []
    if incident.unheard_since is not None:
        reopened = relative(incident.unheard_since, now)
        unchanged, reason = unchanged_line(incident, now), one_line(why_reopened(incident))
        parts.append(say("answers.status_reopened", reopened=reopened, unchanged=unchanged, reason=reason))
    elif update is None:
        parts.append(say("answers.status_no_update"))
    else:
        parts.append(
            say(
                "answers.status_latest",
                headline=update.headline,
                unchanged=unchanged_line(incident, now),
                said=relative(update.at, now),
                by=update.by,
            )
        )
    if impact:
        parts.append(say("answers.status_impact", impact=impact))
    return Mrkdwn("\n".join(parts))


def one_row(incident: Incident, policy: Policy, *, now: datetime, place: int | None = None) -> Mrkdwn:
    """An incident in two lines, for lists; `place` is its rank, where it has one."""
    over = None if incident.is_open else incident.closed_at or incident.resolved_at
    due = incident.clock.due_at if incident.is_open else None
    overdue = cadence.overdue_since(incident, now)
    return say(
        "answers.row",
        square=square(incident, policy),
        severity=ranked_severity(incident, policy, f"rank {place}" if place else ""),
        name=name_of(incident),
        status=status_word(incident.status),
        over=relative(over, now) if over else None,
        age=span(now - (incident.started_at or incident.declared_at)),
        commander=incident.commander,
        overdue=span(now - overdue) if overdue else None,
        due=relative(due, now) if due else None,
        room=channel(incident.room.channel) if incident.room else None,
    )


def worst_first(incidents: Sequence[Incident], policy: Policy, board: Board = EMPTY) -> list[Incident]:
    """Sort by rank; what has none by severity, then by what is due first."""
    return sorted(
        incidents,
        key=lambda one: (
            board.place_of(one.id) or len(board) + 1,
            policy.severity(one.severity).rank,
            one.clock.due_at or one.declared_at,
            one.number,
        ),
    )


def incident_list(
    incidents: Sequence[Incident],
    policy: Policy,
    *,
    now: datetime,
    may_declare: bool = True,
    board: Board = EMPTY,
    count: int | None = None,
) -> Message:
    """The open incidents, the first rank first; those that do not fit are counted (of `count`, if there are more)."""
    declare = controls.declare(offered=may_declare)
    if not incidents:
        nothing = say("answers.nothing")
        return message(nothing, section(nothing), actions(declare))
    total = count or len(incidents)
    head = say("answers.list_head", count=total, ranked=len(board) > 0)
    more = context(say("answers.list_more", left=total - LISTED)) if total > LISTED else None
    ranks = button("Priorities", Action.SHOW_PRIORITIES, Value()) if board else None
    shown = rows(incidents, policy, now=now, limit=LISTED, board=board)
    return message(head, context(head), more=[*shown, more, actions(declare, ranks)])


def rows(
    incidents: Sequence[Incident], policy: Policy, *, now: datetime, limit: int, board: Board = EMPTY
) -> list[Block]:
    """A section for each, worst first, with its Status button."""
    return [
        section(
            one_row(one, policy, now=now, place=board.place_of(one.id)),
            accessory=button("Status", Action.SHOW_STATUS, value_for(one)),
        )
        for one in worst_first(incidents, policy, board)[:limit]
    ]


def timeline_page(
    entries: Sequence[Entry], incident: Incident, *, now: datetime, page: int | None = None, everything: bool = False
) -> Message:
    """One page of the timeline, in order of time. Pages count from 1; None means the last, which is the newest."""
    name = name_of(incident)
    if not entries:
        empty = say("answers.timeline_empty", name=name)
        return message(empty, section(empty), actions(_level(incident, everything)))
    pages = -(-len(entries) // PAGE_SIZE)
    current = pages if page is None else min(max(page, 1), pages)
    first = (current - 1) * PAGE_SIZE
    shown = entries[first : first + PAGE_SIZE]
    head = say(
        "answers.timeline_head",
        name=name,
        first=first + 1,
        last=first + len(shown),
        count=len(entries),
        everything=everything,
    )
    detail = "detail" if everything else "key"
    earlier = value_for(incident, **{PAGE: str(current - 1), DETAIL: detail})
    later = value_for(incident, **{PAGE: str(current + 1), DETAIL: detail})
    row = actions(
        button("Earlier", Action.SHOW_EARLIER, earlier) if current > 1 else None,
        button("Later", Action.SHOW_LATER, later) if current < pages else None,
        _level(incident, everything),
    )
    return message(head, section(head), *(section(_line(entry, now)) for entry in shown), row)


def _level(incident: Incident, everything: bool) -> ButtonElement:
    other = value_for(incident, **{DETAIL: "key" if everything else "detail"})
    return button("Key lines only" if everything else "Show everything", Action.SHOW_LEVEL, other)


def _line(entry: Entry, now: datetime) -> Mrkdwn:
    source = link(entry.link, "source") if entry.link else None
    whole = entry.kind in _WHOLE
    text = entry.text if whole else " ".join(entry.text.split())
    return say("answers.timeline_line", at=near(entry.at, now), text=text, whole=whole, link=source)
