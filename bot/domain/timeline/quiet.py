"""Subscribers' quiet hours; people are counted here and not named."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.timeline.line import Line


def quiet(event: e.Event) -> Line | None:
    """Return the line of an event of this subject, else None."""
    match event:
        case e.SubscribersDeferred(waiting=waiting):
            return Line("update", f"{_subscribers(len(waiting))} to be told after quiet hours", "detail")
        case e.QuietHoursOver(waiting=waiting):
            return Line("update", f"{_subscribers(len(waiting))} told what happened in their quiet hours", "detail")
        case e.SubscribersCaughtUp(users=users):
            return Line("update", f"{_subscribers(len(users))} told at once what had waited", "detail")
    return None


def _subscribers(count: int) -> str:
    return "1 subscriber" if count == 1 else f"{count} subscribers"
