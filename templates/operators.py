"""What the people who run Firebell are told: that it is behind, and that it has caught up. Never about an incident."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.alarm import Behind
from bot.domain.lengths import span
from bot.rows import UNREADABLE_KEPT_HOURS
from templates import words
from templates.layout import message, section
from templates.message import Message
from templates.mrkdwn import date
from templates.wording import say


def behind(told: Behind) -> Message:
    """Write the operators' message, or what it becomes once Firebell has caught up (`told.until`)."""
    if told.until is not None:
        unread = told.lateness.given_up_unread
        text = say(
            "operators.caught_up",
            since=date(told.since),
            until=date(told.until),
            away=_span(told),
            unread=words.plural(unread, "effect was", "effects were") if unread else "",
        )
        return message(text, section(text))
    late = told.lateness
    text = say(
        "operators.behind",
        since=date(told.since),
        timers=words.plural(late.due_timers, "timer"),
        timer_age=span(timedelta(seconds=late.oldest_timer)) if late.due_timers else "",
        effects=words.plural(late.pending_effects, "effect"),
        effect_age=span(timedelta(seconds=late.oldest_effect)) if late.pending_effects else "",
        unreadable=late.unreadable,
        hours=UNREADABLE_KEPT_HOURS,
    )
    return message(say("operators.push"), section(text))


def _span(told: Behind) -> str:
    until: datetime = told.until or told.since
    return span(until - told.since)
