"""The live summary of an incident as a document in Markdown: what a channel's canvas shows.

It has many readers, so times are UTC and say so. It names no amounts and nothing regulatory: whoever is in the channel
reads it. What people typed cannot become structure, a link of another name, or a mention.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain import cadence
from bot.domain.briefing import Briefing, Point
from bot.domain.calls import call_url
from bot.domain.model import Incident, Update
from bot.domain.policy import Policy
from bot.domain.priority import Standing
from templates.clip import clip
from templates.message import Links
from templates.mrkdwn import Mrkdwn
from templates.prose import Names, md_link, md_verbatim
from templates.wording import say
from templates.words import ranked_severity, services_of, status_word, what_fixed_it

TEXT_MAX: Final = 600
"""Characters of one thing that somebody wrote; the timeline and the channel have all of it."""
POINTS_SHOWN: Final = 8
TITLE_MAX: Final = 120

_PERSON: Final = re.compile(r"@\{([^{}\s]+)\}")


@dataclass(frozen=True, slots=True)
class Live:
    """The document's title and its Markdown."""

    title: str
    markdown: str


def people_in(known: Briefing) -> frozenset[str]:
    """Return whom the points of a briefing name, by id, so that they can be looked up before it is written."""
    points = (*known.decisions, *known.questions)
    return frozenset(user for point in points for user in _PERSON.findall(point.text))


def live_summary(
    incident: Incident,
    policy: Policy,
    known: Briefing,
    *,
    links: Links,
    now: datetime,
    standing: Standing | None = None,
    names: Names | None = None,
) -> Live:
    """Write how an incident stands; `known` is what its log says beside, `names` what people in it are called."""
    calling = names or {}
    severity = ranked_severity(incident, policy, standing.rough if standing else "")
    drill = "DRILL · " if incident.drill else ""
    parts = [
        _state(incident, policy, standing, now),
        _latest(incident.latest_update, now, calling),
        _points("canvas.decisions", known.decisions, now, calling),
        _points("canvas.questions", known.questions, now, calling),
        _links(incident, policy, links),
        say("canvas.foot", at=_at(now, now)),
    ]
    title = clip(f"{drill}{incident.label} {' '.join(incident.title.split())}", TITLE_MAX)
    head = say("canvas.head", drill=drill, severity=_md(severity), name=_md(f"{incident.label} {incident.title}"))
    return Live(title, "\n\n".join(part for part in (head, *parts) if part) + "\n")


def _state(incident: Incident, policy: Policy, standing: Standing | None, now: datetime) -> str:
    clock, owner = incident.clock, cadence.owner(incident)
    latest = incident.latest_update
    due = clock.due_at if incident.is_open else None
    overdue = cadence.overdue_since(incident, now)
    roles = [
        (_md(policy.role(role).label), Mrkdwn(", ".join(_person(user) for user in holders)))
        for role, holders in incident.roles.items()
        if holders and role != cadence.COMMANDER
    ]
    return say(
        "canvas.state",
        status=status_word(incident.status),
        private=incident.private,
        started=_at(incident.started_at, now),
        declared=_at(incident.declared_at, now),
        ended=_at(incident.impact_ended_at, now),
        commander=_person(incident.commander) if incident.commander else None,
        roles=roles,
        impact=_md(latest.impact if latest and latest.impact else incident.impact),
        affected=_md(services_of(incident, policy)),
        band=standing.band.value if standing else None,
        why=_md(standing.why) if standing else None,
        due=_at(due, now),
        owner=_person(owner) if owner else None,
        overdue=_at(overdue, now),
        fixed_by=_md(what_fixed_it(incident)),
    )


def _latest(update: Update | None, now: datetime, names: Names) -> str:
    if update is None:
        return ""
    return say(
        "canvas.latest",
        at=_at(update.at, now),
        by=_person(update.by),
        headline=_md(update.headline, names),
        doing=_md(update.doing, names),
        next=_md(update.next, names),
        next_at=_at(update.next_at, now),
        estimate=_md(update.estimate, names),
        confidence=update.confidence.value if update.confidence else None,
        corrected=_at(update.corrected_at, now),
    )


def _points(wording: str, points: Sequence[Point], now: datetime, names: Names) -> str:
    """The newest first; an empty list is left out."""
    shown = [(_at(one.at, now), _md(one.text, names)) for one in reversed(points[-POINTS_SHOWN:])]
    return say(wording, points=shown, more=max(0, len(points) - POINTS_SHOWN)) if shown else ""


def _links(incident: Incident, policy: Policy, links: Links) -> str:
    boards = [
        (f"{policy.service(key).name} dashboard", policy.service(key).dashboard)
        for key in incident.services
        if policy.service(key).dashboard
    ]
    found = [
        ("Call", call_url(incident, policy) if incident.is_open else ""),
        ("Summary for everyone", links.summary_url or ""),
        *boards,
        ("Postmortem", links.postmortem_url or ""),
    ]
    shown = [Mrkdwn(one) for label, url in found if url and (one := md_link(url, _md(label)))]
    return say("canvas.links", links=shown) if shown else ""


def _md(text: str, names: Names | None = None) -> Mrkdwn:
    """What somebody wrote, on one line, as text."""
    line = clip(" ".join(text.split()), TEXT_MAX)
    return Mrkdwn(md_verbatim(line, names or {}))


def _person(user: str) -> Mrkdwn:
    """Mention somebody as canvases do; whoever is none of the chat's people is named."""
    return Mrkdwn(f"![](@{user})") if re.fullmatch(r"[UW][A-Z0-9]+", user) else _md(user)


def _at(at: datetime | None, now: datetime) -> str | None:
    if at is None:
        return None
    if at.date() == now.date():
        return f"{at:%H:%M} UTC"
    return f"{at:%d %b %H:%M} UTC" if at.year == now.year else f"{at:%d %b %Y %H:%M} UTC"
