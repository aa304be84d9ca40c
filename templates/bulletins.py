"""What the summary channel is told of several incidents at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import Block

from bot.domain import cadence
from bot.domain.bulletins import Entry, Gathered, Kind
from bot.domain.model import Incident
from bot.domain.policy import Policy
from templates.actions import Action, Value
from templates.clip import clip_words
from templates.layout import actions, button, context, divider, message, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, near, one_line
from templates.wording import say
from templates.words import name_of, ranked_severity, square, status_word

OPEN_SHOWN: Final = 12
OVER_SHOWN: Final = 12
HEADLINE: Final = 160


def bulletin(kind: Kind, gathered: Gathered, policy: Policy, *, now: datetime, since: datetime) -> Message:
    """Write a roll-up of what is open, or a digest of what is open and what has ended since."""
    if kind is Kind.ROLL_UP:
        head = say("bulletins.roll_up_head", count=len(gathered.open))
        return message(_plain(head), section(head), more=[*_open(gathered.open, policy, now), _controls()])
    head = say(
        "bulletins.digest_head",
        open=len(gathered.open),
        ended=len(gathered.ended),
        since=near(since, now) if since < now else None,
    )
    over = [context(_over(one, policy, now)) for one in gathered.ended[:OVER_SHOWN]]
    more = _left(len(gathered.ended) - OVER_SHOWN)
    parts: list[Block | None] = [divider() if over else None, *over, more, _controls()]
    return message(_plain(head), section(head), more=[*_open(gathered.open, policy, now), *parts])


def _open(entries: Sequence[Entry], policy: Policy, now: datetime) -> list[Block | None]:
    rows = [section(_row(one, policy, now)) for one in entries[:OPEN_SHOWN]]
    return [*rows, _left(len(entries) - OPEN_SHOWN)]


def _row(entry: Entry, policy: Policy, now: datetime) -> Mrkdwn:
    incident = entry.incident
    overdue = cadence.overdue_since(incident, now)
    due = incident.clock.due_at
    latest = incident.latest_update
    return say(
        "bulletins.row",
        square=square(incident, policy),
        severity=ranked_severity(incident, policy, entry.standing.rough if entry.standing else ""),
        name=name_of(incident),
        status=status_word(incident.status),
        commander=incident.commander,
        overdue=near(overdue, now) if overdue else None,
        due=near(due, now) if due else None,
        headline=clip_words(one_line(latest.headline), HEADLINE) if latest else None,
    )


def _over(incident: Incident, policy: Policy, now: datetime) -> Mrkdwn:
    at = incident.closed_at or incident.resolved_at
    return say(
        "bulletins.over_row",
        square=square(incident, policy),
        name=name_of(incident),
        status=status_word(incident.status).lower(),
        at=near(at, now) if at else None,
    )


def _left(count: int) -> Block | None:
    return context(say("bulletins.left", left=count)) if count > 0 else None


def _controls() -> Block | None:
    return actions(
        button("Priorities", Action.SHOW_PRIORITIES, Value()),
        button("Subscribe", Action.OPEN_SUBSCRIBE, Value()),
    )


def _plain(head: Mrkdwn) -> Mrkdwn:
    return Mrkdwn(head.replace("*", ""))
