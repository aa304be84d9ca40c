"""Incidents of which customers were told, for the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bot.domain.model import Incident
from bot.domain.publishing import (
    Component,
    ComponentState,
    Post,
    PostState,
    PublicService,
    PublicStatus,
    StatusPagePolicy,
)
from templates import sample_data

PAGE: Final = StatusPagePolicy(
    (
        PublicService("checkout", "Shop checkout"),
        PublicService("payments", "Card payments"),
        PublicService("search", "Search"),
    ),
    own=True,
)
NOW: Final = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
INVESTIGATING, IDENTIFIED, RESOLVED = PublicStatus.INVESTIGATING, PublicStatus.IDENTIFIED, PublicStatus.RESOLVED
MAJOR, PARTIAL, FINE = ComponentState.MAJOR, ComponentState.PARTIAL, ComponentState.OPERATIONAL


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def post(
    number: int,
    when: datetime,
    status: PublicStatus,
    text: str,
    *states: tuple[str, ComponentState],
    title: str = "Shop checkout: outage",
    episode: int = 1,
) -> Post:
    components = tuple(Component(key, state) for key, state in states)
    return Post(number, episode, title, text, status, components, "UANA", when, PostState.PUBLISHED)


def told(*posts: Post, key: str = "01INTERNALID", **changes: object) -> Incident:
    """An incident with these posts; what is internal of it must never show."""
    return replace(sample_data.mitigating(), id=key, posts=posts, **changes)  # type: ignore[arg-type]


def going_on() -> Incident:
    return told(
        post(1, at(19, 9, 12), INVESTIGATING, "We are looking into a problem with Shop checkout.", ("checkout", MAJOR)),
        post(
            2,
            at(19, 9, 40),
            IDENTIFIED,
            "We have found the cause and are working on it.\nOrders that fail are not charged; trying again helps.",
            ("checkout", PARTIAL),
            ("payments", ComponentState.DEGRADED),
        ),
    )


def over() -> Incident:
    title = "Search: degraded performance"
    return told(
        post(1, at(16, 21), INVESTIGATING, "Search is slow.", ("search", ComponentState.DEGRADED), title=title),
        post(2, at(17, 1, 5), RESOLVED, "Search is as fast as before.", ("search", FINE), title=title),
        key="01OTHERID",
    )


def long_ago() -> Incident:
    return told(
        post(1, at(20, 4, month=9), INVESTIGATING, "Card payments fail.", ("payments", MAJOR)),
        post(2, at(20, 6, month=9), RESOLVED, "It is over.", ("payments", FINE)),
        key="01OLDID",
    )
