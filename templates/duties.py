"""Possible duties to report, drawn for those they are for: in direct messages, answers and App Home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.domain import duties
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.regulation import Clock, Regulation, Standing, State, Step, Trigger, clocks
from templates.actions import KIND, RULE, Action, Value, value_for
from templates.layout import actions, button, context, divider, message, overflow, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, date
from templates.wording import say
from templates.words import listed, name_of, push

DUTIES_SHOWN: Final = 12
"""Three blocks each; a message holds fifty."""
HOME_SHOWN: Final = 10

TRIGGERS: Final = MappingProxyType(
    {
        Trigger.AWARENESS: "awareness",
        Trigger.SIGNIFICANCE: "awareness that it is significant",
        Trigger.CLASSIFICATION: "the classification as major",
        Trigger.MATERIALITY: "the determination that it is material",
        Trigger.DETERMINATION: "the determination",
        Trigger.DISCOVERY: "discovery",
        Trigger.FILED: "the report before it",
    }
)
_CHECKED: Final = MappingProxyType({"source": "", "copy": "read in a copy", "summary": "read in a summary"})
DRAFTS: Final = MappingProxyType({"regulator": "the regulator", "customers": "customers", "legal": "legal"})
KNOWN_AT_ONCE: Final = frozenset((Trigger.AWARENESS, Trigger.DISCOVERY))
"""What is simply known; other triggers are decisions."""


def overview(incident: Incident, policy: Policy, *, now: datetime, command: str = "/incident") -> Message:
    """Every possible duty of an incident, with its buttons."""
    if not incident.duties:
        known = ", ".join(policy.regulations) or "none"
        nothing = say("regulatory.none", name=name_of(incident), known=known, command=command)
        return message(nothing, section(nothing))
    head = say("regulatory.head", name=name_of(incident))
    return message(head, section(head), more=blocks(incident, policy, tuple(incident.duties), now=now))


def blocks(incident: Incident, policy: Policy, rules: Sequence[str], *, now: datetime) -> list[Block | None]:
    """The named duties, each with what is known and its buttons; those that do not fit are counted."""
    drawn: list[Block | None] = []
    for key in rules[:DUTIES_SHOWN]:
        standing = incident.duties[key]
        drawn += [divider(), section(_duty(standing, policy, now)), _row(incident, standing, policy)]
    left = len(rules) - DUTIES_SHOWN
    return [*drawn, context(say("regulatory.more", left=left)) if left > 0 else None]


def rule_name(key: str, policy: Policy) -> str:
    row = policy.regulations.get(key)
    return row.name if row else key


def step_name(key: str, step: str, policy: Policy) -> str:
    row = policy.regulations.get(key)
    names = {one.key: one.name for one in row.steps} if row else {}
    return names.get(step, step)


def checked_word(row: Regulation) -> str:
    """How far the row can be relied on, "" where its source was read."""
    return _CHECKED.get(row.checked, "not compared with its source")


def _duty(standing: Standing, policy: Policy, now: datetime) -> Mrkdwn:
    row = policy.regulations.get(standing.regulation)
    if row is None:
        return say("regulatory.gone", rule=standing.regulation)
    found = clocks(row, standing, policy.is_business_day)
    filed = all(clock.state is State.FILED for clock in found)
    said = standing.said
    return say(
        "regulatory.duty",
        rule=row.name,
        state="filed" if filed else standing.state.value,
        by=said.by if said else "",
        why=said.why if said and not filed else "",
        lines=[_line(row.step(clock.step), clock, standing, now) for clock in found],
        because=_because(standing, policy),
        source=row.source,
        checked=checked_word(row),
    )


def _because(standing: Standing, policy: Policy) -> str:
    cause = standing.cause
    if cause is None:
        return ""
    named = [policy.service(key).name for key in cause.services]
    reasons = [f"{listed(named)} may fall under it"] if named else []
    return listed([*reasons, *([f"{listed(cause.data)} data may be touched"] if cause.data else [])])


def _line(step: Step, clock: Clock, standing: Standing, now: datetime) -> Mrkdwn:
    filed = standing.filed.get(step.key)
    if filed is not None:
        return say("regulatory.step_filed", step=step.name, at=date(filed.at), by=filed.by, reference=filed.reference)
    if clock.state is State.DOES_NOT_APPLY:
        return say("regulatory.step_ended", step=step.name, to=step.recipient)
    if clock.due_at is None:
        asked = standing.deciders.get(clock.missing or "", "")
        waiting = clock.not_started()
        return say("regulatory.step_waiting", step=step.name, to=step.recipient, not_started=waiting, asked=asked)
    return say(
        "regulatory.step_due",
        step=step.name,
        to=step.recipient,
        due=date(clock.due_at),
        overdue=clock.is_overdue(now),
        span=str(clock.limit.span),
        trigger=TRIGGERS[clock.limit.trigger],
        aim=not clock.limit.binding,
        question=clock.question,
    )


def _row(incident: Incident, standing: Standing, policy: Policy) -> Block | None:
    value = value_for(incident, **{RULE: standing.regulation})
    row = policy.regulations.get(standing.regulation)
    applies = standing.state is not State.APPLIES
    controls: list[InteractiveElement | None] = [
        button("Applies", Action.DUTY_APPLIES, value) if applies else None,
        button("Does not apply", Action.DUTY_DOES_NOT_APPLY, value)
        if standing.state is not State.DOES_NOT_APPLY
        else None,
    ]
    if row is not None and standing.state is not State.DOES_NOT_APPLY:
        simple = KNOWN_AT_ONCE.issuperset(row.triggers)
        label = "When did we know?" if simple else "Who decides, and when?"
        controls += [
            button(label, Action.DUTY_STARTED, value) if row.triggers else None,
            button("Filed", Action.DUTY_FILED, value),
            overflow([(f"Draft for {whom}", _draft(incident, standing, kind)) for kind, whom in DRAFTS.items()]),
        ]
    return actions(*controls)


def _draft(incident: Incident, standing: Standing, kind: str) -> Value:
    return value_for(incident, do=Action.DUTY_DRAFT, **{RULE: standing.regulation, KIND: kind})


def home_part(incidents: Sequence[Incident], policy: Policy, *, now: datetime) -> list[Block | None]:
    """What is left to do in the incidents whose regulatory matters are for the reader, the most urgent first."""
    rows = [(clock, incident) for incident in incidents for clock in duties.open_clocks(incident, policy)]
    rows.sort(key=lambda row: (row[0].due_at is None, row[0].due_at or now, row[1].number))
    gone = [(one.regulation, incident) for incident in incidents for one in duties.orphans(incident, policy)]
    if not rows and not gone:
        return []
    left = len(rows) + len(gone) - HOME_SHOWN
    drawn = [_home_row(clock, incident, policy, now) for clock, incident in rows[:HOME_SHOWN]]
    shown = [*drawn, *(_home_gone(key, incident) for key, incident in gone[: HOME_SHOWN - len(drawn)])]
    more = context(say("regulatory.more", left=left)) if left > 0 else None
    return [divider(), section(say("regulatory.home_head")), *shown, more]


def _home_row(clock: Clock, incident: Incident, policy: Policy, now: datetime) -> Block:
    words = say(
        "regulatory.home_row",
        name=name_of(incident),
        rule=rule_name(clock.regulation, policy),
        step=step_name(clock.regulation, clock.step, policy),
        due=date(clock.due_at) if clock.due_at else None,
        overdue=clock.is_overdue(now),
        not_started=clock.not_started(),
    )
    return section(words, accessory=button("Open", Action.SHOW_REGULATORY, value_for(incident)))


def _home_gone(rule: str, incident: Incident) -> Block:
    """A duty whose row left the book waits for somebody's word."""
    words = say(
        "regulatory.home_row",
        name=name_of(incident),
        rule=rule,
        step="its row is no longer among the regulations",
        due=None,
        overdue=False,
        not_started="say whether it applies, or put the row back",
    )
    return section(words, accessory=button("Open", Action.SHOW_REGULATORY, value_for(incident)))


def quiet_push(incident: Incident, policy: Policy, ask: str) -> Mrkdwn:
    """What a phone shows. A screen may be seen by others: it names no regulation."""
    return push(incident, policy, Mrkdwn(ask))
