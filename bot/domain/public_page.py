"""Our own status page as facts: what customers may read of all incidents together, and nothing else of them.

It is made of confirmed posts alone. Days are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Final

from bot.domain.model import Incident
from bot.domain.publishing import (
    WORST,
    ComponentState,
    Post,
    PublicStatus,
    StatusPagePolicy,
    standing,
)

LISTED_DAYS: Final = 14
COUNTED_DAYS: Final = 90

_FINE: Final = ComponentState.OPERATIONAL


@dataclass(frozen=True, slots=True, order=True)
class Posted:
    """How far an incident's posts have come: how many, how many of them unredacted, and when the last was confirmed."""

    posts: int
    unredacted: int
    last: datetime


@dataclass(frozen=True, slots=True)
class PublicService:
    """One service: how it is now, and its worst state on each of the counted days, the oldest first."""

    name: str
    state: ComponentState
    days: tuple[ComponentState, ...]

    @property
    def troubled(self) -> int:
        """On how many of the days it was not as it should be."""
        return sum(day is not _FINE for day in self.days)


@dataclass(frozen=True, slots=True)
class Said:
    """One text; `key` names it and tells nothing."""

    key: str
    at: datetime
    status: PublicStatus
    text: str


@dataclass(frozen=True, slots=True)
class Episode:
    """What customers read of one incident from the first words to the last; the newest text comes first."""

    title: str
    began: datetime
    said: tuple[Said, ...]
    services: tuple[tuple[str, ComponentState], ...]

    @property
    def newest(self) -> Said:
        return self.said[0]

    @property
    def is_over(self) -> bool:
        return self.newest.status is PublicStatus.RESOLVED


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what ended on it, and what went on beyond it, by title."""

    day: date
    ended: tuple[Episode, ...]
    went_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicPage:
    """The page on the day `today`: services, what goes on, and the listed days, newest first."""

    today: date
    services: tuple[PublicService, ...]
    going_on: tuple[Episode, ...]
    days: tuple[Day, ...]

    @property
    def worst(self) -> ComponentState:
        """The worst state that anything is in now."""
        return max((one.state for one in self.services), key=WORST.__getitem__, default=_FINE)


def gather(incidents: Iterable[Incident], page: StatusPagePolicy, now: datetime) -> PublicPage:
    """Return the page as it reads at `now`; private incidents and drills are left out whatever they hold."""
    runs = [run for incident in incidents if not (incident.private or incident.drill) for run in _runs(incident)]
    told = sorted((_episode(*run, page) for run in runs), key=lambda one: one.newest.at, reverse=True)
    today = now.date()
    days = tuple(today - timedelta(days=back) for back in range(LISTED_DAYS))
    return PublicPage(
        today=today,
        services=tuple(_service(one.key, one.name, [posts for _, posts in runs], now) for one in page.services),
        going_on=tuple(one for one in told if not one.is_over),
        days=tuple(_day(day, told) for day in days),
    )


def _day(day: date, told: Sequence[Episode]) -> Day:
    ended = tuple(one for one in told if one.is_over and one.newest.at.date() == day)
    lasting = (one for one in told if not one.is_over or one.newest.at.date() > day)
    return Day(day, ended, tuple(one.title for one in lasting if one.began.date() <= day))


def _runs(incident: Incident) -> Iterator[tuple[str, Sequence[Post]]]:
    """Yield the posts of each episode, oldest first, with a name for it that tells nothing of ours."""
    for episode, posts in groupby(incident.posts, key=lambda post: post.episode):
        yield sha256(f"{incident.id}:{episode}".encode()).hexdigest()[:16], tuple(posts)


def _episode(key: str, posts: Sequence[Post], page: StatusPagePolicy) -> Episode:
    said = tuple(Said(f"{key}-{post.number}", post.at, post.status, post.text) for post in reversed(posts))
    states = standing(posts, posts[-1].episode)
    named = tuple((page.name(service), state) for service, state in states.items() if page.name(service))
    return Episode(posts[-1].title, posts[0].at, said, named)


def _service(key: str, name: str, runs: Sequence[Sequence[Post]], now: datetime) -> PublicService:
    days = [_FINE] * COUNTED_DAYS
    state = _FINE
    first = now.date() - timedelta(days=COUNTED_DAYS - 1)
    for posts in runs:
        for began, ended, was in _stretches(key, posts):
            if ended is None:
                state = max(state, was, key=WORST.__getitem__)
            last = min((ended or now).date(), now.date())
            for place in range(max((began.date() - first).days, 0), (last - first).days + 1):
                days[place] = max(days[place], was, key=WORST.__getitem__)
    return PublicService(name, state, tuple(days))


def _stretches(key: str, posts: Sequence[Post]) -> Iterator[tuple[datetime, datetime | None, ComponentState]]:
    """Yield from when until when (None: still) a service was in which state, by the posts of one episode."""
    state = _FINE
    for place, post in enumerate(posts):
        state = next((one.state for one in post.components if one.service == key), state)
        if post.status is PublicStatus.RESOLVED:
            state = _FINE  # words may follow it here where the provider's page never took the end
        if state is not _FINE:
            yield post.at, posts[place + 1].at if place + 1 < len(posts) else None, state
