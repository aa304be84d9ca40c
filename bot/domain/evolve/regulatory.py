"""Possible duties to report: what came up, what people decided, and who was told when."""

from __future__ import annotations

from datetime import datetime

from bot.domain import events as e
from bot.domain.evolve.parts import with_item
from bot.domain.model import Incident
from bot.domain.regulation import (
    PASSED,
    Reminded,
    Reminder,
    Said,
    Standing,
    Start,
    State,
    filed,
    judged,
    started,
)
from bot.domain.replacing import replace


def regulatory(incident: Incident, recorded: e.Recorded) -> Incident | None:
    at, by = recorded.at, recorded.actor.id
    match recorded.event:
        case e.DutiesRaised(causes=causes):
            raised = {one.regulation: Standing(one.regulation, cause=one) for one in causes}
            return _told(replace(incident, duties={**raised, **incident.duties}), at)
        case e.DutyAssessed(regulation=key, applies=applies, why=why):
            state = State.APPLIES if applies else State.DOES_NOT_APPLY
            return _with(incident, judged(_of(incident, key), state, Said(by, at, why)), at)
        case e.DeciderAsked(regulation=key, trigger=trigger, user=user):
            standing = _of(incident, key)
            return _with(incident, replace(standing, deciders=with_item(standing.deciders, trigger, user)), at)
        case e.DutyClockStarted() as clock:
            start = Start(clock.started_at, Said(clock.by, at, clock.why))
            return _with(incident, started(_of(incident, clock.regulation), clock.trigger, start), at)
        case e.DutyFiled() as report:
            said = Said(report.by, report.filed_at, reference=report.reference)
            return _with(incident, filed(_of(incident, report.regulation), report.step, said), at)
        case e.DutiesReminded(reminders=reminders):
            for reminder in reminders:
                incident = _with(incident, _reminded(_of(incident, reminder.regulation), reminder), at)
            return incident
        case e.DutiesChased():
            return _told(incident, at)
    return None


def _of(incident: Incident, key: str) -> Standing:
    return incident.duties.get(key) or Standing(key)


def _with(incident: Incident, standing: Standing, at: datetime) -> Incident:
    return _told(replace(incident, duties=with_item(incident.duties, standing.regulation, standing)), at)


def _told(incident: Incident, at: datetime) -> Incident:
    return replace(incident, duties_told_at=at)


def _reminded(standing: Standing, reminder: Reminder) -> Standing:
    sent = Reminded(reminder.due_at, min(reminder.percent, PASSED))
    return replace(standing, reminded=with_item(standing.reminded, reminder.step, sent))
