"""What a postmortem says, folded from the log: facts in plain values, which documents put into words.

Everything here can be pickled, because documents are rendered in a process of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.domain import cadence, durations
from bot.domain import events as e
from bot.domain.communication import Communication
from bot.domain.decisions.documents import SECTIONS
from bot.domain.durations import Duration
from bot.domain.evolve import steps
from bot.domain.missed import Missed, missed_updates
from bot.domain.model import ActionItem, Incident, PanelSet, Section, Status, Update
from bot.domain.policy import Policy
from bot.domain.quality import measure
from bot.domain.timeline import Entry, woven
from bot.domain.timeline.impact import told

NO_PARTS: Final[Mapping[int, Sequence[e.Recorded]]] = MappingProxyType({})
_PERSON: Final = re.compile(r"@\{([^{}\s]+)\}")


@dataclass(frozen=True, slots=True)
class Reported:
    """What was said about the impact, and when. `update` is the number of the update that said it, 0 for none.

    `part`, here and below, is the number of the incident that it was said in, where that was merged into this one.
    """

    at: datetime
    by: str
    text: str
    update: int = 0
    part: int = 0


@dataclass(frozen=True, slots=True)
class SeverityStep:
    """The severity from `at` on, by its label. `assumed`: nobody had chosen it."""

    at: datetime
    label: str
    by: str
    reason: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Tenure:
    """Who held a role, from when to when (None: to the end of this log)."""

    role: str
    user: str
    since: datetime
    until: datetime | None = None
    part: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """An update that went out, as it now reads, with the labels of then."""

    update: Update
    severity: str
    link: str = ""
    part: int = 0


@dataclass(frozen=True, slots=True)
class Doings:
    """What Firebell itself did, as far as the log holds it, and where it fell short."""

    messages: int
    reminders: int
    charts: int
    away_minutes: int
    gave_up: int
    pages: int = 0


@dataclass(frozen=True, slots=True)
class PostmortemFacts:
    """The whole document. Times are UTC; people are ids, or `@{id}` inside texts; roles and severities are labels.

    `as_of` is when the last event was recorded, `room` the incident channel's name ("" without one). `owner` is who is
    asked for the open sections. `sections` keeps the document's order; one that nobody has written is None.
    """

    label: str
    title: str
    severity: str
    status: Status
    drill: bool
    services: tuple[str, ...]
    summary: str
    declared_by: str
    declared_at: datetime
    started_at: datetime | None
    detected_by: str
    impact_ended_at: datetime | None
    resolved_at: datetime | None
    status_reason: str
    fixed_by: str
    impact: tuple[Reported, ...]
    severities: tuple[SeverityStep, ...]
    roles: tuple[Tenure, ...]
    durations: tuple[Duration, ...]
    updates: tuple[Sent, ...]
    missed: tuple[Missed, ...]
    timeline: tuple[Entry, ...]
    sections: tuple[tuple[str, Section | None], ...]
    action_items: tuple[ActionItem, ...]
    owner: str
    room: str
    panels: PanelSet | None
    doings: Doings
    communication: Communication
    as_of: datetime

    def people(self) -> frozenset[str]:
        """Return the ids of everybody whom the document names."""
        named = {self.declared_by, self.owner}
        named.update(report.by for report in self.impact)
        named.update(step.by for step in self.severities)
        named.update(tenure.user for tenure in self.roles)
        named.update(sent.update.by for sent in self.updates)
        named.update(section.by for _, section in self.sections if section)
        named.update(item.owner for item in self.action_items)
        for text in self._texts():
            named.update(_PERSON.findall(text))
        return frozenset(named - {""})

    def _texts(self) -> Iterator[str]:
        yield from (self.title, self.summary, self.fixed_by, self.status_reason, self.detected_by)
        yield from (report.text for report in self.impact)
        yield from (step.reason for step in self.severities)
        for sent in self.updates:
            yield from (
                sent.update.headline,
                sent.update.impact,
                sent.update.doing,
                sent.update.next,
                sent.update.estimate,
            )
        yield from (entry.text for entry in self.timeline)
        yield from (section.text for _, section in self.sections if section)
        yield from (item.text for item in self.action_items)


def assemble(
    log: Sequence[e.Recorded], policy: Policy, parts: Mapping[int, Sequence[e.Recorded]] = NO_PARTS
) -> PostmortemFacts:
    """Gather the facts of a whole log, which begins with `IncidentDeclared`; `parts` are what was merged into it."""
    course = tuple(steps(log))
    incident = course[-1][1]
    shares = [_share(log, incident, policy), *(_share_of_part(number, one, policy) for number, one in parts.items())]
    return PostmortemFacts(
        label=incident.label,
        title=incident.title,
        severity=policy.severity(incident.severity).label,
        status=incident.status,
        drill=incident.drill,
        services=tuple(policy.service(key).name for key in incident.services),
        summary=incident.summary,
        declared_by=incident.declared_by,
        declared_at=incident.declared_at,
        started_at=incident.started_at,
        detected_by=incident.detected_by,
        impact_ended_at=incident.impact_ended_at,
        resolved_at=incident.resolved_at,
        status_reason=incident.status_reason,
        fixed_by=incident.fixed_by,
        impact=tuple(sorted((one for share in shares for one in share.impact), key=lambda one: (one.at, one.part))),
        severities=_severities(log, policy),
        roles=tuple(sorted((one for share in shares for one in share.roles), key=lambda one: (one.since, one.part))),
        durations=durations.measure(incident),
        updates=tuple(
            sorted((one for share in shares for one in share.updates), key=lambda one: (one.update.at, one.part))
        ),
        missed=tuple(replace(one, role=_role_label(one.role, policy)) for one in missed_updates(course, policy)),
        timeline=woven(log, parts, policy, level="key"),
        sections=tuple((key, _written(incident.sections.get(key))) for key in SECTIONS),
        action_items=incident.action_items,
        owner=cadence.postmortem_owner(incident),
        room=incident.room.name if incident.room else "",
        panels=best_panels(incident.panels),
        doings=_doings(log, incident),
        communication=measure(incident, log[-1].at),
        as_of=log[-1].at,
    )


@dataclass(frozen=True, slots=True)
class _Share:
    """What one incident brings to the lists that are told of it and its parts together."""

    impact: tuple[Reported, ...]
    roles: tuple[Tenure, ...]
    updates: tuple[Sent, ...]


def _share(log: Sequence[e.Recorded], incident: Incident, policy: Policy) -> _Share:
    return _Share(
        _impact(log, incident, policy),
        _roles(log, policy),
        tuple(_sent(update, incident, policy) for update in incident.updates),
    )


def _share_of_part(number: int, log: Sequence[e.Recorded], policy: Policy) -> _Share:
    """Return a part's share, marked with its number. Who held a role in it held it until it was merged."""
    part = tuple(steps(log))[-1][1]
    mine = _share(log, part, policy)
    return _Share(
        tuple(replace(one, part=number) for one in mine.impact),
        tuple(replace(one, part=number, until=one.until or part.closed_at) for one in mine.roles),
        tuple(replace(one, part=number) for one in mine.updates),
    )


def best_panels(panels: Sequence[PanelSet]) -> PanelSet | None:
    """Choose what to draw: the newest set that holds anything, else the newest, whose errors say why not."""
    filled = [one for one in panels if one.panels]
    return filled[-1] if filled else panels[-1] if panels else None


def _role_label(key: str, policy: Policy) -> str:
    return policy.role(key).label if key else ""


def _written(section: Section | None) -> Section | None:
    return section if section and section.text.strip() else None


def _impact(log: Sequence[e.Recorded], incident: Incident, policy: Policy) -> tuple[Reported, ...]:
    """Return what was said about the impact; what only repeats the words before it is left out.

    Everybody reads the document, so that figures that are amounts are named and not told.
    """
    updates = {update.number: update for update in incident.updates}
    found: list[Reported] = []
    for recorded in log:
        by = recorded.actor.id
        match recorded.event:
            case e.IncidentDeclared(impact=text) | e.DetailsEdited(impact=str(text)) if text:
                found.append(Reported(recorded.at, by, text))
            case e.UpdatePosted(number=number) if updates[number].impact:
                found.append(Reported(recorded.at, by, updates[number].impact, number))
            case e.ImpactSet() as said:
                words = f"In figures: {told(said, policy, amounts=False)}"
                found.append(Reported(recorded.at, said.by or by, words))
            case e.SafetyDeclared(reason=reason, by=whose):
                found.append(Reported(recorded.at, whose or by, f"People may come to harm: {reason}"))
            case e.SafetyWithdrawn(reason=reason):
                found.append(Reported(recorded.at, by, f"No longer thought to harm people: {reason}"))
    return tuple(one for place, one in enumerate(found) if place == 0 or one.text != found[place - 1].text)


def _severities(log: Sequence[e.Recorded], policy: Policy) -> tuple[SeverityStep, ...]:
    found: list[SeverityStep] = []
    for recorded in log:
        at, by = recorded.at, recorded.actor.id
        match recorded.event:
            case e.IncidentDeclared(severity=key, severity_assumed=assumed):
                found.append(SeverityStep(at, policy.severity(key).label, by, assumed=assumed))
            case e.SeverityChanged(new=key, reason=reason):
                found.append(SeverityStep(at, policy.severity(key).label, by, reason))
            case e.SeverityConfirmed(severity=key):
                found.append(SeverityStep(at, policy.severity(key).label, by, "Confirmed"))
    return tuple(found)


def _roles(log: Sequence[e.Recorded], policy: Policy) -> tuple[Tenure, ...]:
    """Return who held which role, in the order in which they took it."""
    found: list[Tenure] = []

    def end(role: str, user: str | None, at: datetime) -> None:
        for place, held in enumerate(found):
            if (held.role, held.user, held.until) == (role, user, None):
                found[place] = Tenure(role, held.user, held.since, at)

    for recorded in log:
        match recorded.event:
            case e.RoleAssigned(role=role, user=user, replaced=replaced):
                label = policy.role(role).label
                end(label, replaced, recorded.at)
                end(label, user, recorded.at)
                found.append(Tenure(label, user, recorded.at))
            case e.RoleReleased(role=role, user=user):
                end(policy.role(role).label, user, recorded.at)
    return tuple(found)


def _sent(update: Update, incident: Incident, policy: Policy) -> Sent:
    slots = (f"update:{update.number}:room", f"update:{update.number}:summary")
    links = [incident.messages[slot].permalink for slot in slots if slot in incident.messages]
    return Sent(update, policy.severity(update.severity).label, next(filter(None, links), ""))


def _doings(log: Sequence[e.Recorded], incident: Incident) -> Doings:
    sent = [one.event for one in log if isinstance(one.event, e.ReminderSent)]
    return Doings(
        messages=sum(isinstance(one.event, e.MessagePlaced) for one in log),
        reminders=len(sent),
        charts=sum(len(one.event.files) for one in log if isinstance(one.event, e.ChartsShared)),
        away_minutes=sum(reminder.away.minutes for reminder in sent if reminder.away),
        gave_up=len(incident.failures),
        pages=sum(isinstance(one.event, e.Paged) for one in log),
    )
