"""Three fires at once, for the samples of what is ranked: a model, internal dashboards, a backlog of training jobs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.catalog import Edge, Range, Tool
from bot.domain.model import Incident
from bot.domain.policy import ServicePolicy
from bot.domain.priority import Board, Figure, Impact, Override, Safety, Scored, Scorer, Standing, lay_out
from bot.domain.priority.case import case_of
from templates import sample_data as data

FORECAST: Final = ServicePolicy(
    "forecast",
    "Forecast model",
    tier=2,
    kind="model",
    revenue_per_hour=Range.exact(3_000),
    operates_with=(Tool("boards"),),
)
BOARDS: Final = ServicePolicy("boards", "Internal dashboards", tier=3, revenue_per_hour=Range.exact(0))
TRAINING: Final = ServicePolicy(
    "training", "Training jobs", tier=3, revenue_per_hour=Range.exact(0), operates_with=(Tool("boards", 2.0),)
)
REPORTS: Final = ServicePolicy(
    "reports",
    "Reports",
    tier=2,
    revenue_per_hour=Range.exact(500),
    depends_on=(Edge("boards", Range.exact(0.4), timedelta(hours=2)),),
)
POLICY: Final = replace(data.POLICY, services=(FORECAST, BOARDS, TRAINING, REPORTS), amounts_group="finance")


def said(value: Any, by: str = data.ANA) -> Figure[Any]:
    return Figure(value, by, data.at("02:05"))


def _incident(number: int, title: str, severity: str, service: str, figures: Impact) -> Incident:
    return replace(
        data.set_up(),
        id=f"01JBZ3R8K4Q{number}",
        number=number,
        title=title,
        severity=severity,
        services=(service,),
        started_at=data.at("02:05"),
        figures=figures,
    )


def quality() -> Incident:
    impact = Impact(degraded=said(0.3), customers=said(4), vips=said(("Acme", "Birch", "Cedar"), data.BEA))
    return _incident(42, "Forecasts are off for key accounts", "sev2", "forecast", impact)


def dashboards() -> Incident:
    return _incident(43, "Internal dashboards are down", "sev1", "boards", Impact(customers=said(60)))


def training() -> Incident:
    impact = Impact(customers=said(0), backlog_per_hour=said(120.0))
    return _incident(44, "Training jobs queue up", "sev3", "training", impact)


def harmful() -> Incident:
    """The dashboards, of which somebody said that people may come to harm."""
    return replace(dashboards(), safety=Safety("Night staff read dosages from them", data.SAM, data.at("02:40")))


def lifted() -> Incident:
    """The training jobs, held at the first place by hand, with an update overdue."""
    override = Override(1, "The audit needs the model tonight", data.BEA, data.at("02:50"), data.at("06:00"))
    clock = replace(data.set_up().clock, due_at=data.at("02:55"))
    return replace(training(), override=override, clock=clock)


def board(*incidents: Incident, now: datetime = data.NOW) -> Board:
    scorer = Scorer(POLICY)
    cases = [case_of(one, now) for one in incidents]
    scored = [Scored(case, scorer.score(case, now)) for case in cases]
    return lay_out(scored, now, POLICY.priority, services=scorer.services)


def standing() -> Standing | None:
    """Where the model stands."""
    return board(quality(), dashboards(), training()).standing(quality().id)
