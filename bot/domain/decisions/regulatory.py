"""Possible duties to report: what brings them up, and what those they are for decide about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.domain import commands as c
from bot.domain import duties
from bot.domain import events as e
from bot.domain.decisions.moment import Moment, admit, as_code, limited, not_future, require_text
from bot.domain.evolve import foresee
from bot.domain.model import Incident
from bot.domain.refusal import Refused
from bot.domain.regulation import Cause, Regulation, Standing, State, Trigger

REFERENCE_MAX = 200

UNCONCERNED: Final = (
    e.NoteAdded,
    e.PinRequested,
    e.MessagePinned,
    e.Followed,
    e.Unfollowed,
    e.UpdatePosted,
    e.UnchangedConfirmed,
    e.ReminderSent,
    e.RoomOpened,
    e.MessagePlaced,
    e.SetupStepDone,
)
"""Frequent events that change nothing by which duties come up, so that nobody need foresee what comes of them."""

KNOWN_BEFORE: Final = timedelta(days=365)
"""Longer before its incident nobody knew of it: such a time is a mistyped year, and its clock would be long overdue."""


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.RescheduleDuties():
            at = duties.next_at(incident, moment.policy)
            return (e.DutiesRescheduled(at),) if at else ()
        case c.RaiseDuty() | c.AssessDuty() | c.AskDecider() | c.StartDutyClock() | c.FileDuty():
            _require_concerned(incident, moment)
            return _by_person(incident, command, moment)
    return None


def _by_person(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...]:
    match command:
        case c.RaiseDuty() if incident.drill:
            raise Refused("drill", "A drill owes nothing.", "Declare an incident for what is real.")
        case c.RaiseDuty(regulation=key):
            return () if key in incident.duties else (e.DutiesRaised((Cause(_row(key, moment).key),)),)
        case c.AssessDuty():
            return _assess(incident, command)
        case c.AskDecider():
            return _ask(incident, command, moment)
        case c.StartDutyClock():
            return _start(incident, command, moment)
        case c.FileDuty():
            return _file(incident, command, moment)
    raise ValueError(f"no regulatory decision for {type(command).__name__}")


def follow(incident: Incident | None, events: tuple[e.Event, ...], moment: Moment) -> tuple[e.Event, ...]:
    """Return what comes up by itself after these events: what was not met before them, or all under new rules."""
    if not moment.policy.regulations or all(isinstance(event, UNCONCERNED) for event in events):
        return ()
    after = foresee(incident, events, moment.actor, moment.now)
    known = {one.regulation for one in duties.arising(incident, moment.policy, moment.now)} if incident else set()
    causes = duties.arising(after, moment.policy, moment.now)
    fresh = tuple(one for one in causes if one.regulation not in known)
    return (e.DutiesRaised(fresh),) if fresh else ()


def adopt(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    """Bring up what rules that changed meanwhile bring up in an open incident."""
    causes = duties.arising(incident, moment.policy, moment.now)
    return (e.DutiesRaised(causes),) if causes else ()


def remind(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    """Tell what is due now. A filing or a later start may have come between: then the timer is set anew, or ends."""
    due = duties.due_reminders(incident, moment.policy, moment.now)
    if due:
        return (e.DutiesReminded(due),)
    at = duties.next_at(incident, moment.policy)
    if at is None:
        return ()
    return (e.DutiesChased(),) if at <= moment.now else (e.DutiesRescheduled(at),)


def require_may_open(incident: Incident, role: str, moment: Moment) -> None:
    """Refuse whoever hands out the legal liaison's role, and with it what only legal and command see, from outside.

    Without a legal group nobody else could, so that anybody may who may hand out roles.
    """
    if role != duties.LEGAL or not moment.policy.legal_group:
        return
    if not duties.concerns(incident, moment.actor, moment.policy):
        raise Refused("not_allowed", "Only legal and command may hand out this role.", whom_to_ask(incident))


def whom_to_ask(incident: Incident) -> str:
    """Say who can help somebody whom these matters are not for."""
    return "Ask the commander." if incident.commander else "Ask legal."


def _require_concerned(incident: Incident, moment: Moment) -> None:
    admit(moment, "see regulatory matters")
    if not duties.concerns(incident, moment.actor, moment.policy):
        raise Refused("not_concerned", "Regulatory matters are for legal and command.", whom_to_ask(incident))


def _assess(incident: Incident, command: c.AssessDuty) -> tuple[e.Event, ...]:
    standing = _standing(incident, command.regulation)
    why = limited(command.why, field="why", name="The reason")
    if not command.applies:
        why = require_text(why, field="why", name="The reason")
    state = State.APPLIES if command.applies else State.DOES_NOT_APPLY
    said = standing.said.why if standing.said else ""
    unchanged = standing.state is state and why in ("", said)
    return () if unchanged else (e.DutyAssessed(command.regulation, command.applies, why),)


def _ask(incident: Incident, command: c.AskDecider, moment: Moment) -> tuple[e.Event, ...]:
    standing = _standing(incident, command.regulation)
    _require_trigger(_row(command.regulation, moment), command.trigger)
    if incident.private and command.user not in incident.inside:
        raise Refused(
            "not_inside",
            "They are not in this private incident.",
            "Invite them into its channel first.",
            field="by",
        )
    if standing.deciders.get(command.trigger) == command.user:
        return ()
    return (e.DeciderAsked(command.regulation, command.trigger, command.user),)


def _start(incident: Incident, command: c.StartDutyClock, moment: Moment) -> tuple[e.Event, ...]:
    standing = _standing(incident, command.regulation)
    _require_trigger(_row(command.regulation, moment), command.trigger)
    at = _past(command.started_at, moment, field="started_at")
    if at < _began(incident) - KNOWN_BEFORE:
        text = f"That is more than a year before {incident.label} began."
        raise Refused("started_at_too_early", text, "Check the year.", field="started_at")
    why = limited(command.why, field="why", name="The reason")
    known = standing.starts.get(command.trigger)
    if known and (known.at, known.said.by, known.said.why) == (at, command.by, why) and not command.everywhere:
        return ()
    rules = [command.regulation, *(_waiting(incident, command, moment) if command.everywhere else ())]
    return tuple(e.DutyClockStarted(rule, command.trigger, at, command.by, why) for rule in rules)


def _waiting(incident: Incident, command: c.StartDutyClock, moment: Moment) -> list[str]:
    """Return the other open duties that have this trigger and do not know when it happened."""
    clocks = duties.open_clocks(incident, moment.policy)
    found = {clock.regulation for clock in clocks if clock.regulation != command.regulation}
    return [
        key
        for key in incident.duties
        if key in found
        and command.trigger in moment.policy.regulations[key].triggers
        and command.trigger not in incident.duties[key].starts
    ]


def _file(incident: Incident, command: c.FileDuty, moment: Moment) -> tuple[e.Event, ...]:
    standing = _standing(incident, command.regulation)
    row = _row(command.regulation, moment)
    if command.step not in {step.key for step in row.steps}:
        names = ", ".join(step.name for step in row.steps)
        raise Refused("unknown_step", "There is no such report.", f"Choose one of {names}.", field="step")
    reference = require_text(command.reference, field="reference", name="The reference", limit=REFERENCE_MAX)
    at = _past(command.filed_at, moment, field="filed_at")
    if at < min((_began(incident), *(one.at for one in standing.starts.values()))).replace(second=0, microsecond=0):
        text = f"That is before {incident.label} began, and before anybody knew of it."
        raise Refused("filed_at_too_early", text, "Enter when it was filed.", field="filed_at")
    known = standing.filed.get(command.step)
    if known and (known.by, known.at, known.reference) == (command.by, at, reference):
        return ()
    return (e.DutyFiled(command.regulation, command.step, at, command.by, reference),)


def _began(incident: Incident) -> datetime:
    return min(incident.started_at or incident.declared_at, incident.declared_at)


def _past(at: datetime, moment: Moment, *, field: str) -> datetime:
    not_future(at, moment, field=field)
    return at


def _standing(incident: Incident, key: str) -> Standing:
    standing = incident.duties.get(key)
    if standing is None:
        raise Refused("no_duty", f"{incident.label} has no possible duty {as_code(key)}.", "Bring it up first.")
    return standing


def _row(key: str, moment: Moment) -> Regulation:
    row = moment.policy.regulations.get(key)
    if row is None:
        names = ", ".join(moment.policy.regulations) or "none"
        raise Refused("unknown_rule", f"There is no regulation {as_code(key)}.", f"Known: {names}.")
    return row


def _require_trigger(row: Regulation, trigger: Trigger) -> None:
    if trigger not in row.triggers:
        raise Refused("unknown_trigger", f"No time of {row.name} runs from that.", "Open the form again.")
