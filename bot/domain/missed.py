"""Updates that were due and did not come: which role owed them, how many, and whether Firebell itself was away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain import cadence
from bot.domain import events as e
from bot.domain.communication import GRACE
from bot.domain.model import Absence, Incident
from bot.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Missed:
    """A silence beyond what was due.

    `role` is the key of the role that owed the update ("" when nobody held one), never a person. `count` is how many
    due times passed, `ended_at` when the clock restarted (None: not within this log), `away_minutes` above 0 how long
    Firebell had been away when it should have reminded, which counts against Firebell and not against the role.
    """

    due_at: datetime
    ended_at: datetime | None
    role: str
    count: int
    away_minutes: int = 0


@dataclass
class _Watch:
    """What reminders said about each due time."""

    postponed: dict[datetime, datetime] = field(default_factory=dict)
    away: dict[datetime, Absence] = field(default_factory=dict)

    def note(self, recorded: e.Recorded, due: datetime | None) -> None:
        match recorded.event:
            case e.ReminderDeferred(until=until, heard=False) if due is not None:
                self.postponed[due] = until
            case e.ReminderSent(due_at=reminded, away=away) if away and away.since <= reminded + GRACE:
                self.away.setdefault(reminded, away)

    def late_from(self, incident: Incident) -> datetime | None:
        """Return from when the incident's update is late: quiet hours and a snooze move that on."""
        due = incident.clock.due_at
        if due is None:
            return None
        return max(due, self.postponed.get(due, due), incident.clock.snoozed_until or due)


def missed_updates(steps: Iterable[tuple[e.Recorded, Incident]], policy: Policy) -> tuple[Missed, ...]:
    """Return each silence in which at least one update was due and did not come, in order of time.

    `steps` are those of a whole log, as `evolve.steps` gives them.
    """
    found: list[Missed] = []
    before: Incident | None = None
    watch = _Watch()
    for recorded, incident in steps:
        if before is not None:
            watch.note(recorded, before.clock.due_at)
            if incident.clock.due_at != before.clock.due_at:
                found.extend(_silence(before, watch, recorded.at, policy))
        before, until = incident, recorded.at
    if before is not None:
        found.extend(_silence(before, watch, until, policy, ended=False))
    return tuple(found)


def _silence(
    incident: Incident, watch: _Watch, until: datetime, policy: Policy, *, ended: bool = True
) -> tuple[Missed, ...]:
    due, late_from = incident.clock.due_at, watch.late_from(incident)
    if due is None or late_from is None or until - late_from < GRACE:
        return ()
    span = policy.span(policy.severity(incident.severity).cadence)
    count = 1 + int((until - late_from) / span)
    away = watch.away.get(due)
    return (Missed(due, until if ended else None, _owing(incident), count, away.minutes if away else 0),)


def _owing(incident: Incident) -> str:
    for role in (cadence.COMMUNICATIONS, cadence.COMMANDER):
        if incident.roles.get(role):
            return role
    return ""
