"""The catalog in firebell.yaml: what it may say, and what is told where it is wrong."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bot.config.file import parse, policy_of
from bot.domain.catalog import UNKNOWN_SHARE, Edge, Range, Tool
from bot.domain.policy import PersonPolicy, PriorityPolicy, WorkingHours
from bot.errors import ConfigError

TEXT = """
currency: USD
amounts_group: "@finance"
services:
  db: {}
  boards: {}
  shop:
    kind: model
    revenue_per_hour: {low: 100, expected: 200, high: 500}
    revenue_by_hour:
      - {times: 0.5}
      - {times: 2, days: [tue], from: "08:00", to: "10:00"}
    depends_on: [db, {service: boards, share: 0.8, after: 10m}]
    operates_with: [boards, {service: db, slows: 3}]
    error_budget: 0.001
people:
  U1:
    skills: [web]
    hours: {from: "08:00", to: "16:00"}
"""


def test_a_service_tells_what_it_earns_and_what_it_needs() -> None:
    policy = policy_of(parse(TEXT, "f"))
    shop = policy.service("shop")
    assert (policy.currency, policy.amounts_group, shop.kind) == ("USD", "finance", "model")
    assert shop.revenue_per_hour == Range(100, 200, 500)
    assert shop.depends_on == (
        Edge("db", UNKNOWN_SHARE),
        Edge("boards", Range.exact(0.8), timedelta(minutes=10)),
    )
    assert shop.operates_with == (Tool("boards"), Tool("db", 3))
    assert policy.people == (PersonPolicy("U1", ("web",), hours=WorkingHours(time(8), time(16))),)


def test_hours_of_the_week_count_from_monday_and_a_later_row_wins() -> None:
    factors = policy_of(parse(TEXT, "f")).service("shop").revenue_by_hour
    assert len(factors) == 168
    assert [hour for hour, factor in enumerate(factors) if factor == 2] == [32, 33]
    assert set(factors) == {0.5, 2}


def test_what_is_not_said_of_priority_is_as_built_in() -> None:
    assert policy_of(parse("", "f")).priority == PriorityPolicy()
    changed = policy_of(parse("priority:\n  margin: 0.3\n  customers: 7\n", "f")).priority
    assert (changed.margin, changed.customers) == (0.3, Range.exact(7))


WRONG = [
    (
        "services:\n  a:\n    depends_on:\n      - b\n  b:\n    depends_on: [c]\n  c:\n    depends_on:\n      - a",
        4,
        "services.a.depends_on.0",
        "services depend on each other in a circle (a -> b -> c -> a); remove one of these links.",
    ),
    (
        "services:\n  a: {}\n  b:\n    depends_on:\n      - service: a\n        share: 1.2",
        6,
        "services.b.depends_on.0.share",
        "a share is from 0 to 1 and not 1.2; 80 % is 0.8.",
    ),
    (
        "services:\n  a:\n    operates_with:\n      - service: tools",
        4,
        "services.a.operates_with.0",
        "`tools` is no service in this file; add it or remove this line.",
    ),
    (
        "services:\n  a:\n    revenue_per_hour: -3",
        3,
        "services.a.revenue_per_hour",
        "a figure may be neither below zero nor endless.",
    ),
    (
        "services:\n  a:\n    revenue_per_hour: {low: 3, expected: 2, high: 4}",
        3,
        "services.a.revenue_per_hour",
        "low may not be above expected, nor expected above high; put them in order.",
    ),
    (
        "services:\n  a:\n    revenue_by_hour:\n      - times: 2\n        from: 08:30",
        4,
        "services.a.revenue_by_hour.0",
        "revenue goes by whole hours; write from and to like 08:00.",
    ),
    (
        "services:\n  a:\n    depends_on:\n      - service: b\n        shre: 0.5",
        5,
        "services.a.depends_on.0.shre",
        "this key is not known. Did you mean `share`?",
    ),
    (
        "priority:\n  bands: [1, 3, 2, 4]",
        1,
        "priority",
        "`bands` must rise: where moderate, high, severe and extreme begin, per hour.",
    ),
    ("currency: euro", 1, "currency", "`euro` does not fit; write it like EUR, by its three letters."),
]


@pytest.mark.parametrize(("text", "line", "key", "mend"), WRONG)
def test_a_complaint_names_line_key_and_mend(text: str, line: int, key: str, mend: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "f")
    assert str(caught.value) == f"f, line {line}: `{key}`: {mend}"
