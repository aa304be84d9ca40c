"""What a figure counts as while nobody has said it."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.catalog import Range
from bot.domain.policy import ServicePolicy
from bot.domain.priority import Case, Impact, Scorer
from tests.domain.fires import NOW, policy_with, said

SHOP = ServicePolicy(
    "shop",
    "Shop",
    revenue_per_hour=Range(8_000, 10_000, 12_000),
    customers=5_000,
    vips=("Acme", "Birch"),
    regulations=("gdpr",),
    data_classes=("personal",),
)
POLICY = policy_with(SHOP)
SCORER = Scorer(POLICY)
CASE = Case("a", 1, "sev1", NOW, ("shop",))


def test_the_catalog_says_what_nobody_said() -> None:
    found = SCORER.estimates(replace(CASE, impact=Impact(degraded=said(0.5))), NOW)
    assert found.customers == Range.exact(2_500)
    assert found.revenue_per_hour == Range(4_000, 5_000, 6_000)
    assert (found.vips, found.data_classes) == (("Acme", "Birch"), ("personal",))
    assert found.exposed_per_hour == POLICY.priority.exposed


def test_the_share_degraded_is_assumed_from_the_severity_whatever_was_said() -> None:
    for impact in (Impact(), Impact(degraded=said(0.01))):
        assert SCORER.estimates(replace(CASE, impact=impact), NOW).degraded == POLICY.priority.degraded[0]


def test_of_no_known_service_the_rules_say_something() -> None:
    found = SCORER.estimates(replace(CASE, services=("gone",)), NOW)
    assert found.customers == POLICY.priority.customers * POLICY.priority.degraded[0]
    assert found.revenue_per_hour.expected > 0
    assert (found.vips, found.data_classes, found.exposed_per_hour) == ((), (), None)
