"""Every form there is about an incident, as the bot draws it: what people have before them when they type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.model import Incident
from bot.domain.priority import Scorer
from bot.domain.priority.case import case_of
from sandbox.seed import ANA
from templates import customers, said
from templates import modals as m
from templates.modals import regulatory
from templates.modals.subscribe import subscribe_view
from tests.commands.kit import FrontDesk

JSON = dict[str, Any]


def forms(desk: FrontDesk, incident: Incident, other: Incident) -> Iterator[tuple[str, JSON]]:
    """Yield (name, view); names begin with what the form is for."""
    for drawn in (_own(desk, incident), _people(desk, incident), _beyond(desk, incident, other)):
        for name, view in drawn.items():
            yield f"{name} {incident.number}", view


def _own(desk: FrontDesk, incident: Incident) -> dict[str, JSON]:
    policy, now = desk.policy, desk.context.now()
    estimates = Scorer(policy).estimates(case_of(incident, now), now)
    drawn = {
        "declare": m.declare_view(m.declare_prefill(""), policy),
        "update": m.update_view(incident, policy, m.fresh_update(incident, policy, now=now), now=now),
        "resolve": m.resolve_view(incident, policy, now=now),
        "edit": m.edit_view(incident, policy),
        "severity": m.severity_view(incident, policy),
        "note": m.note_view(incident),
        "impact": m.impact_view(incident, policy, estimates, said.Reader(ANA, amounts=True), now=now),
        "override": m.override_view(incident, now=now),
        "section": m.section_view(incident, "root_cause"),
        "action item": m.action_item_view(incident, incident.action_items[0] if incident.action_items else None),
        "line": m.line_view(m.LineForm("note x", incident.room.channel if incident.room else ""), command="/incident"),
    }
    for kind in ("cancel", "close", "reopen"):
        drawn[kind] = m.reason_view(kind, incident)
    if incident.updates:
        drawn["correct"] = m.correct_view(incident, incident.updates[0])
    return drawn


def _people(desk: FrontDesk, incident: Incident) -> dict[str, JSON]:
    policy, now = desk.policy, desk.context.now()
    return {
        "roles": m.roles_view(incident, policy),
        "handoff": m.handoff_view([m.HandoffCase(incident, ("commander",), "note so far")], policy, now=now),
        "subscribe": subscribe_view(policy, incident=incident, mail=True),
        "pick incident": m.pick_incident_view([incident], policy, word="note", text="x"),
        "pick person": m.pick_person_view(incident, word="assign", name="x", text="scribe @x"),
    }


def _beyond(desk: FrontDesk, incident: Incident, other: Incident) -> dict[str, JSON]:
    """What concerns another incident, customers, or the law."""
    policy, now = desk.policy, desk.context.now()
    drawn = {
        "merge": m.merge_view(other, incident, policy, now=now),
        "unmerge": m.unmerge_view(incident),
        "publish": m.publish_view(incident, policy, customers.draft(incident, policy)),
        "published": m.publish_view(incident, policy, customers.draft(incident, policy).shown()),
    }
    for key in incident.duties:
        row = policy.regulations[key]
        drawn[f"applies {key}"] = regulatory.assess_view(incident, key, policy, applies=True)
        drawn[f"applies not {key}"] = regulatory.assess_view(incident, key, policy, applies=False)
        drawn[f"started {key}"] = regulatory.start_view(incident, row, asker=ANA, others=True)
        drawn[f"filed {key}"] = regulatory.file_view(incident, row, asker=ANA, now=now)
    return drawn
