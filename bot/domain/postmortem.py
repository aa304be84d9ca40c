"""What a postmortem says, as facts: a fold of the log. Wording and layout belong to templates.

People are named by id in role lists and as `@{id}` in texts. A missed update names the role that owed it, not the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain import events as e
from bot.domain.decisions.documents import SECTIONS
from bot.domain.evolve import fold
from bot.domain.model import ActionItem, Incident, PanelSet, Section, Status
from bot.domain.policy import Policy
from bot.domain.timeline import Entry, entries

SNIPPETS: Final = 40
"""Timeline lines shown in the document; the rest is in the export."""

SECTION_TITLES: Final = {
    "root_cause": "Root cause",
    "contributing": "Contributing conditions",
    "went_well": "What went well",
}


@dataclass(frozen=True, slots=True)
class Durations:
    """Spans between milestones; None prints as "not recorded" and is never guessed from the declare time.

    detect: impact began until declared; acknowledge: declared until somebody took a role or spoke;
    mitigate: impact began until it ended; resolve: declared until resolved.
    """

    detect: timedelta | None
    acknowledge: timedelta | None
    mitigate: timedelta | None
    resolve: timedelta | None


@dataclass(frozen=True, slots=True)
class Tenure:
    """Who held a role, and from when to when (`until` None: to the end)."""

    role: str
    user: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """An update that was not posted when due. `owed_by` is a role; `firebell_away` says that Firebell was down then."""

    due_at: datetime
    late: timedelta
    owed_by: str
    firebell_away: bool


@dataclass(frozen=True, slots=True)
class Communication:
    """How the updates went. `unchanged` counts "no change" answers, `overdue` the time without an owed update."""

    sent: int
    unchanged: int
    missed: tuple[Missed, ...]
    overdue: timedelta
    messages: int
    reminders: int


@dataclass(frozen=True, slots=True)
class OpenSection:
    """A section that people own; `written` is None while nobody has."""

    key: str
    title: str
    written: Section | None


@dataclass(frozen=True, slots=True)
class SeverityMove:
    at: datetime
    severity: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PostmortemFacts:
    """Everything the document shows. `over` is when it was resolved, cancelled or, while it runs, None."""

    incident: Incident
    began_at: datetime | None
    over_at: datetime | None
    durations: Durations
    severities: tuple[SeverityMove, ...]
    impacts: tuple[tuple[datetime, str], ...]
    tenures: tuple[Tenure, ...]
    communication: Communication
    timeline: tuple[Entry, ...]
    left_out: int
    sections: tuple[OpenSection, ...]
    action_items: tuple[ActionItem, ...]
    panels: PanelSet | None


def assemble(log: Sequence[e.Recorded], policy: Policy) -> PostmortemFacts:
    """Fold a log into the facts of its postmortem."""
    incident = fold(log)
    lines = entries(log, policy, level="key")
    over_at = incident.resolved_at or (incident.closed_at if incident.status is Status.CANCELLED else None)
    return PostmortemFacts(
        incident=incident,
        began_at=incident.started_at,
        over_at=over_at,
        durations=durations(incident),
        severities=_severities(log),
        impacts=_impacts(log),
        tenures=_tenures(log),
        communication=_communication(log, policy, over_at),
        timeline=_snippets(lines),
        left_out=max(0, len(lines) - SNIPPETS),
        sections=tuple(OpenSection(key, SECTION_TITLES[key], incident.sections.get(key)) for key in SECTIONS),
        action_items=incident.action_items,
        panels=incident.panels[-1] if incident.panels else None,
    )


def durations(incident: Incident) -> Durations:
    """Return the spans that are known."""
    began, ended = incident.started_at, incident.impact_ended_at or incident.mitigated_at
    return Durations(
        detect=_span(began, incident.declared_at),
        acknowledge=_span(incident.declared_at, incident.acknowledged_at),
        mitigate=_span(began, ended),
        resolve=_span(incident.declared_at, incident.resolved_at),
    )


def _span(start: datetime | None, end: datetime | None) -> timedelta | None:
    return end - start if start is not None and end is not None and end >= start else None


def _severities(log: Sequence[e.Recorded]) -> tuple[SeverityMove, ...]:
    moves = []
    for recorded in log:
        match recorded.event:
            case e.IncidentDeclared(severity=severity):
                moves.append(SeverityMove(recorded.at, severity))
            case e.SeverityChanged(new=new, reason=reason):
                moves.append(SeverityMove(recorded.at, new, reason))
    return tuple(moves)


def _impacts(log: Sequence[e.Recorded]) -> tuple[tuple[datetime, str], ...]:
    """Return the impact as it was told over time, each wording once; a corrected update counts as corrected."""
    corrected = {one.event.number: one.event.impact for one in log if isinstance(one.event, e.UpdateCorrected)}
    told: list[tuple[datetime, str]] = []
    for recorded in log:
        match recorded.event:
            case e.IncidentDeclared(impact=impact):
                text = impact
            case e.DetailsEdited(impact=edited):
                text = edited or ""
            case e.UpdatePosted(number=number, impact=impact):
                text = corrected.get(number, impact)
            case _:
                continue
        if text and (not told or told[-1][1] != text):
            told.append((recorded.at, text))
    return tuple(told)


def _tenures(log: Sequence[e.Recorded]) -> tuple[Tenure, ...]:
    held: dict[tuple[str, str], datetime] = {}
    done: list[Tenure] = []
    for recorded in log:
        match recorded.event:
            case e.RoleAssigned(role=role, user=user, replaced=replaced):
                if replaced is not None and (role, replaced) in held:
                    done.append(Tenure(role, replaced, held.pop((role, replaced)), recorded.at))
                held[role, user] = recorded.at
            case e.RoleReleased(role=role, user=user) if (role, user) in held:
                done.append(Tenure(role, user, held.pop((role, user)), recorded.at))
    done.extend(Tenure(role, user, since) for (role, user), since in held.items())
    return tuple(sorted(done, key=lambda tenure: tenure.since))


@dataclass(slots=True)
class _Clock:
    """The walk over the log that finds what was overdue."""

    due: datetime | None = None
    away: bool = False
    owed_by: str = "commander"


def _communication(log: Sequence[e.Recorded], policy: Policy, over_at: datetime | None) -> Communication:
    clock = _Clock()
    missed: list[Missed] = []
    holders: dict[str, int] = {}
    for recorded in log:
        _count_holder(recorded.event, holders)
        clock.owed_by = policy.role("communications" if holders.get("communications") else "commander").label
        match recorded.event:
            case e.ReminderSent(down_minutes=minutes) if minutes:
                clock.away = True
            case (
                e.IncidentDeclared(due_at=due)
                | e.SeverityChanged(due_at=due)
                | e.UpdatePosted(due_at=due)
                | e.UnchangedConfirmed(due_at=due)
                | e.IncidentReopened(due_at=due)
            ):
                if due != clock.due:
                    _settle(clock, recorded.at, missed)
                    clock.due, clock.away = due, False
            case e.IncidentResolved() | e.IncidentCancelled():
                _settle(clock, recorded.at, missed)
                clock.due = None
    last = log[-1].at if over_at is None and log else None
    if last is not None:
        _settle(clock, last, missed)
    posted = sum(isinstance(one.event, e.UpdatePosted) for one in log)
    return Communication(
        sent=posted,
        unchanged=sum(isinstance(one.event, e.UnchangedConfirmed) for one in log),
        missed=tuple(missed),
        overdue=sum((one.late for one in missed), timedelta()),
        messages=sum(isinstance(one.event, e.MessagePlaced) for one in log),
        reminders=sum(isinstance(one.event, e.ReminderSent) for one in log),
    )


def _count_holder(event: e.Event, holders: dict[str, int]) -> None:
    match event:
        case e.RoleAssigned(role=role, replaced=None):
            holders[role] = holders.get(role, 0) + 1
        case e.RoleReleased(role=role):
            holders[role] = max(0, holders.get(role, 0) - 1)


def _settle(clock: _Clock, at: datetime, missed: list[Missed]) -> None:
    if clock.due is not None and at > clock.due:
        missed.append(Missed(clock.due, at - clock.due, clock.owed_by, clock.away))


def _snippets(lines: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the first and the last lines when there are too many: how it began and how it ended."""
    if len(lines) <= SNIPPETS:
        return tuple(lines)
    half = SNIPPETS // 2
    return (*lines[:half], *lines[-half:])
