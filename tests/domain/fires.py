"""Incidents and services for the tests of priority."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.config.defaults import ROLES, SEVERITIES
from bot.domain.catalog import Edge, Range
from bot.domain.policy import Policy, PriorityPolicy, ServicePolicy
from bot.domain.priority import Case, Figure, Impact, Safety, Scored, Scorer

NOW = datetime(2026, 11, 19, 14, 0, tzinfo=UTC)
SERVICES = (
    ServicePolicy("db", "Database", tier=1),
    ServicePolicy(
        "payments",
        "Payments",
        tier=1,
        revenue_per_hour=Range.exact(5_000),
        customers=800,
        vips=("Acme",),
        regulations=("gdpr",),
        depends_on=(Edge("db", Range.exact(0.9)),),
    ),
    ServicePolicy("search", "Search", tier=2, error_budget=0.001, customers=300),
    ServicePolicy(
        "checkout",
        "Checkout",
        tier=1,
        revenue_per_hour=Range(8_000, 12_000, 20_000),
        customers=2_000,
        depends_on=(Edge("payments", Range.exact(0.8), timedelta(minutes=10)), Edge("search")),
    ),
)


def policy_with(*services: ServicePolicy, **rules: Any) -> Policy:
    return Policy(SEVERITIES, ROLES, services=services or SERVICES, priority=PriorityPolicy(**rules))


def said(value: Any, hours_ago: float = 0.0) -> Figure[Any]:
    return Figure(value, "UANA", NOW - timedelta(hours=hours_ago))


def scored(case: Case, policy: Policy) -> Scored:
    return Scored(case, Scorer(policy).score(case, NOW))


def scored_all(cases: list[Case], policy: Policy) -> list[Scored]:
    scorer = Scorer(policy)
    return [Scored(case, scorer.score(case, NOW)) for case in cases]


def dearer(policy: Policy, factor: float) -> Policy:
    """Return the policy with every amount in another currency."""
    rules = policy.priority
    return replace(
        policy,
        services=tuple(
            replace(one, revenue_per_hour=one.revenue_per_hour.times(factor) if one.revenue_per_hour else None)
            for one in policy.services
        ),
        priority=replace(
            rules,
            revenue=tuple(one.times(factor) for one in rules.revenue),
            customer_hour=rules.customer_hour * factor,
            record=rules.record * factor,
            budget=rules.budget * factor,
            waiting_item=rules.waiting_item * factor,
            bands=(
                rules.bands[0] * factor,
                rules.bands[1] * factor,
                rules.bands[2] * factor,
                rules.bands[3] * factor,
            ),
        ),
    )


def in_other_money(case: Case, factor: float) -> Case:
    loss = case.impact.revenue_per_hour
    if loss is None:
        return case
    return replace(case, impact=replace(case.impact, revenue_per_hour=replace(loss, value=loss.value * factor)))


amounts = st.floats(min_value=0, max_value=1e6)
counts = st.integers(min_value=0, max_value=100_000)
some_classes = st.lists(st.sampled_from(["personal", "health", "payment"]), unique=True).map(tuple)
impacts = st.builds(
    Impact,
    degraded=st.none() | st.floats(0, 1).map(said),
    customers=st.none() | counts.map(said),
    vips=st.none() | st.lists(st.sampled_from(["Acme", "Birch"]), unique=True).map(tuple).map(said),
    revenue_per_hour=st.none() | amounts.map(said),
    data_classes=st.none() | some_classes.map(said),
    exposed_per_hour=st.none() | amounts.map(said),
    backlog_per_hour=st.none() | amounts.map(lambda items: said(items, hours_ago=2)),
)
keys = [service.key for service in SERVICES]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw an incident; its id and number are to be made unique by whoever draws many."""
    return Case(
        "i0",
        0,
        draw(st.sampled_from([one.key for one in SEVERITIES])),
        NOW - timedelta(minutes=draw(st.integers(0, 600))),
        tuple(draw(st.lists(st.sampled_from(keys), unique=True, max_size=3))),
        draw(impacts),
        draw(st.none() | st.just(Safety("Monitors show old readings", "UANA", NOW))),
    )


def numbered(drawn: list[Case]) -> list[Case]:
    return [replace(case, id=f"i{number}", number=number) for number, case in enumerate(drawn, start=1)]


several = st.lists(cases(), max_size=8).map(numbered)
