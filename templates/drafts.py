"""Drafts of what is told to a regulator, to customers and to legal, as plain text to copy.

The wordings are `draft_regulator`, `draft_customers` and `draft_legal` in `text/regulatory.j2`, and may be replaced
like any other. What nobody recorded stands in them in brackets.
"""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.regulation import Clock, Regulation, Standing, State, Trigger, clocks
from templates.duties import DRAFTS, checked_word
from templates.mrkdwn import one_line, restore
from templates.wording import say
from templates.words import services_of, severity_word, status_word


def draft(
    kind: str, incident: Incident, row: Regulation, policy: Policy, *, now: datetime, amounts: bool = False
) -> str:
    """Write a draft about the next report of a duty that is not filed; `kind` is a key of `DRAFTS`.

    How many customers were hit stands in it only for those who may see amounts.
    """
    if kind not in DRAFTS:
        raise ValueError(f"there is no draft for {kind!r}")
    standing = incident.duties[row.key]
    found = clocks(row, standing, policy.is_business_day)
    clock = next((one for one in found if one.state is not State.FILED), found[-1])
    step = row.step(clock.step)
    facts = {
        "rule": row.name,
        "source": row.source,
        "checked": checked_word(row) or "compared with its source",
        "who": row.who,
        "note": row.note,
        "step": step.name,
        "to": step.recipient,
        "reference": next((said.reference for said in reversed(tuple(standing.filed.values()))), ""),
        "clock": _clock(clock),
        "late": clock.is_overdue(now),
        "due": _utc(clock.due_at),
        "aware": _utc(_aware(standing)),
    }
    told = {**facts, **_of_incident(incident, policy), "customers": _customers(incident, policy, amounts=amounts)}
    return restore(say(f"regulatory.draft_{kind}", **told))


def _of_incident(incident: Incident, policy: Policy) -> dict[str, object]:
    latest, figures = incident.latest_update, incident.figures
    hit = [policy.service(key) for key in incident.services]
    data = figures.data_classes.value if figures.data_classes else tuple(one for row in hit for one in row.data_classes)
    return {
        "label": incident.label,
        "title": one_line(incident.title),
        "severity": severity_word(incident.severity, policy),
        "status": status_word(incident.status).lower(),
        "services": services_of(incident, policy),
        "started": _utc(incident.started_at),
        "ended": _utc(incident.impact_ended_at),
        "detected": incident.detected_by,
        "impact": (latest.impact if latest else "") or incident.impact,
        "doing": incident.fixed_by or (latest.doing if latest else ""),
        "cause": incident.sections["root_cause"].text if "root_cause" in incident.sections else "",
        "data": ", ".join(dict.fromkeys(data)),
        "regions": ", ".join(dict.fromkeys(region.upper() for row in hit for region in row.regions)),
    }


def _customers(incident: Incident, policy: Policy, *, amounts: bool) -> str:
    said = incident.figures.customers
    if said is None or not (amounts or policy.amounts_group):
        return ""
    return str(said.value) if amounts else "[number: ask the amounts group]"


def _aware(standing: Standing) -> datetime | None:
    found = (standing.starts.get(trigger) for trigger in (Trigger.AWARENESS, Trigger.DISCOVERY))
    start = next((one for one in found if one), None) or min(
        standing.starts.values(), key=lambda one: one.at, default=None
    )
    return start.at if start else None


def _clock(clock: Clock) -> str:
    if clock.due_at is None:
        return clock.not_started()
    return f"runs since {_utc(clock.started_at)}, {clock.limit.span}, due {_utc(clock.due_at)}"


def _utc(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else ""
