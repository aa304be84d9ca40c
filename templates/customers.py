"""Words for customers: drafts made of an incident, and how states and statuses are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from bot.domain.model import Incident, Status
from bot.domain.policy import Policy
from bot.domain.publishing import (
    SHOWN_MOST,
    TITLE_MAX,
    WORST,
    Component,
    ComponentState,
    Post,
    PublicService,
    PublicStatus,
    StatusPagePolicy,
    is_told,
    newest,
    sayable,
    standing,
)
from templates.clip import clip
from templates.mrkdwn import Mrkdwn, restore
from templates.wording import say
from templates.words import listed

STATUSES: Final[Mapping[PublicStatus, str]] = MappingProxyType(
    {
        PublicStatus.INVESTIGATING: "Investigating",
        PublicStatus.IDENTIFIED: "Identified",
        PublicStatus.MONITORING: "Monitoring",
        PublicStatus.RESOLVED: "Resolved",
    }
)

STATES: Final[Mapping[ComponentState, str]] = MappingProxyType(
    {
        ComponentState.OPERATIONAL: "Operational",
        ComponentState.MAINTENANCE: "Under maintenance",
        ComponentState.DEGRADED: "Degraded performance",
        ComponentState.PARTIAL: "Partial outage",
        ComponentState.MAJOR: "Major outage",
    }
)

_STATUS_OF: Final[Mapping[Status, PublicStatus]] = MappingProxyType(
    {
        Status.DECLARED: PublicStatus.INVESTIGATING,
        Status.INVESTIGATING: PublicStatus.INVESTIGATING,
        Status.IDENTIFIED: PublicStatus.IDENTIFIED,
        Status.MITIGATING: PublicStatus.IDENTIFIED,
        Status.MONITORING: PublicStatus.MONITORING,
    }
)
"""What customers are told while it is open; everything else is over."""

_BY_RANK: Final = (ComponentState.MAJOR, ComponentState.PARTIAL)
"""What a service is taken for by the severity's rank; further ranks: degraded."""

NO_PAGE: Final = StatusPagePolicy()


@dataclass(frozen=True, slots=True)
class PostForm:
    """Words for customers before they are confirmed. `after_post` is the number of the last post the author saw.

    `seen` is the `digest` of the words of which a preview was shown: only those may be published.
    """

    title: str
    text: str
    status: PublicStatus
    components: tuple[Component, ...] = ()
    after_post: int | None = None
    seen: str = ""

    @property
    def digest(self) -> str:
        """A name for exactly these words."""
        parts = (self.title, self.text, self.status, *(f"{one.service}={one.state}" for one in self.components))
        return sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:16]

    def shown(self) -> PostForm:
        """The same, with its preview shown."""
        return replace(self, seen=self.digest)


def draft(incident: Incident, policy: Policy) -> PostForm:
    """Draft what customers may be told now, in the wordings of `text/customers.j2`."""
    page = policy.status_page or NO_PAGE
    told = is_told(incident.posts, own=page.own)
    last = newest(incident.posts, own=page.own) if told else None
    status = _STATUS_OF.get(incident.status, PublicStatus.RESOLVED)
    if incident.status is Status.MERGED and incident.whole_over_at is None and last is not None:
        status = last.status  # it goes on as a part of another
    components = suggested(incident, policy, last, status)
    hit = [one for one in components if one.state is not ComponentState.OPERATIONAL] or components
    names = listed([page.name(one.service) for one in hit])
    called_off = incident.status is Status.CANCELLED
    due, ended = incident.clock.due_at, incident.impact_ended_at
    words = say(
        f"customers.{'called_off' if called_off else status.value}",
        services=names,
        impact=_impact(incident, policy, page),
        next=_utc(due) if due is not None and incident.is_open else "",
        ended=_utc(ended) if ended is not None else "",
    )
    worst = max((one.state for one in components), key=WORST.__getitem__, default=ComponentState.DEGRADED)
    title = last.title if last else restore(say("customers.title", services=names, worst=worst.value))
    return PostForm(
        title=clip(title, TITLE_MAX),
        text=restore(words),
        status=status,
        components=components,
        after_post=incident.posts[-1].number if incident.posts else 0,
    )


def suggested(incident: Incident, policy: Policy, last: Post | None, status: PublicStatus) -> tuple[Component, ...]:
    """Return the state of each service concerned: as the page says it, else by the severity; when over, operational."""
    page = policy.status_page or NO_PAGE
    said = standing(incident.posts, last.episode) if last else {}
    place = policy.severity(incident.severity).rank - 1
    usual = _BY_RANK[place] if place < len(_BY_RANK) else ComponentState.DEGRADED
    over = status is PublicStatus.RESOLVED
    return tuple(
        Component(one.key, ComponentState.OPERATIONAL if over else said.get(one.key, usual))
        for one in page.services
        if one.key in said or one.key in incident.services
    )


def offered(incident: Incident, page: StatusPagePolicy, form: PostForm) -> Sequence[PublicService]:
    """Return the services that the form shows: those concerned first, then others while there is room."""
    concerned = {*incident.services, *(one.service for one in form.components)}
    return sorted(page.services, key=lambda one: one.key not in concerned)[:SHOWN_MOST]


def words_of(post: Post | PostForm, page: StatusPagePolicy) -> Mrkdwn:
    """Write a post as customers read it."""
    named = ((page.name(one.service), STATES[one.state]) for one in post.components)
    return say(
        "customers.post",
        title=post.title,
        status=STATUSES[post.status],
        text=post.text,
        components=[(name, state) for name, state in named if name],
    )


def _impact(incident: Incident, policy: Policy, page: StatusPagePolicy) -> str:
    """What the last update says of the impact, as far as customers may read it."""
    latest = incident.latest_update
    text = latest.impact if latest and latest.impact else incident.impact
    ours = [(one.key, one.name, *one.aliases) for one in policy.services]
    called = [one.name for each in incident.pages for one in each.paged]
    people = (*called, *(each.acknowledged_name for each in incident.pages))
    return sayable(text, ours, {one.key: one.name for one in page.services}, people)


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M} UTC"
