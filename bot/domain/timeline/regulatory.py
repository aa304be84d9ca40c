"""Possible duties to report. These lines are left out unless they are asked for: they are not for everybody."""

from __future__ import annotations

from typing import Final

from bot.domain import events as e
from bot.domain.policy import Policy
from bot.domain.timeline.line import Line, because

KIND: Final = "regulatory"


def regulatory(event: e.Event, by: str, policy: Policy) -> Line | None:
    match event:
        case e.DutiesRaised(causes=causes):
            names = ", ".join(_name(one.regulation, policy) for one in causes)
            return Line(KIND, f"Possible duty, legal decides: {names}")
        case e.DutyAssessed(regulation=key, applies=True, why=why):
            return Line(KIND, f"{by}: {_name(key, policy)} applies{because(why)}")
        case e.DutyAssessed(regulation=key, why=why):
            return Line(KIND, f"{by}: {_name(key, policy)} does not apply{because(why)}")
        case e.DeciderAsked(regulation=key, trigger=trigger, user=user):
            return Line(KIND, f"{by} asked @{{{user}}} about {_name(key, policy)}: {trigger}", "detail")
        case e.DutyClockStarted() as clock:
            text = f"{_name(clock.regulation, policy)}: {clock.trigger} at {clock.started_at:%Y-%m-%d %H:%M} UTC"
            return Line(KIND, f"{text}, says @{{{clock.by}}}{because(clock.why)}")
        case e.DutyFiled() as report:
            what = f"{_name(report.regulation, policy)}, {_step(report.regulation, report.step, policy)}"
            return Line(KIND, f"{what}: filed by @{{{report.by}}}, {report.reference}", at=report.filed_at)
        case e.DutiesReminded(reminders=reminders):
            told = ", ".join(f"{_name(one.regulation, policy)} at {one.percent} %" for one in reminders)
            return Line(KIND, f"Reminded of {told or 'what is due'}", "detail")
        case e.DutiesChased():
            return Line(KIND, "Told again what waits for a person", "detail")
        case e.DutiesRescheduled(next_at=at):
            return Line(KIND, f"Reminders set anew, the next {at:%Y-%m-%d %H:%M} UTC", "detail")
    return None


def _name(key: str, policy: Policy) -> str:
    row = policy.regulations.get(key)
    return row.name if row else key


def _step(key: str, step: str, policy: Policy) -> str:
    row = policy.regulations.get(key)
    names = {one.key: one.name for one in row.steps} if row else {}
    return names.get(step, step)
