"""What people said for the incident's priority."""

from __future__ import annotations

from typing import TypeVar

from bot.domain import events as e
from bot.domain.impact import Figure, Impact, Override, Safety
from bot.domain.model import Incident
from bot.domain.replacing import replace

V = TypeVar("V")


def impact(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """Each figure keeps who said it, when, and from where they had it; a cleared one is nobody's."""
    by, at = recorded.actor.id, recorded.at
    match recorded.event:
        case e.ImpactSet() as said:
            return replace(incident, figures=_figures(incident.figures, said, recorded))
        case e.SafetyDeclared() as danger:
            return replace(incident, safety=Safety(danger.reason, danger.by or by, danger.said_at or at))
        case e.SafetyWithdrawn():
            return replace(incident, safety=None)
        case e.OverrideSet(place=place, reason=reason, until=until):
            return replace(incident, override=Override(place, reason, by, at, until))
        case e.OverrideEnded():
            return replace(incident, override=None)
    return None


def _figures(old: Impact, said: e.ImpactSet, recorded: e.Recorded) -> Impact:
    def now(name: str, value: V | None, before: Figure[V] | None) -> Figure[V] | None:
        if value is not None:
            return Figure(value, said.by or recorded.actor.id, said.said_at or recorded.at, said.source)
        return None if name in said.cleared else before

    return Impact(
        degraded=now("degraded", said.degraded, old.degraded),
        customers=now("customers", said.customers, old.customers),
        vips=now("vips", said.vips, old.vips),
        revenue_per_hour=now("revenue_per_hour", said.revenue_per_hour, old.revenue_per_hour),
        data_classes=now("data_classes", said.data_classes, old.data_classes),
        exposed_per_hour=now("exposed_per_hour", said.exposed_per_hour, old.exposed_per_hour),
        backlog_per_hour=now("backlog_per_hour", said.backlog_per_hour, old.backlog_per_hour),
    )
