"""How far a failure reaches over the graph of services."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import UNKNOWN_SHARE, Cascades, Edge, Range, find_cycle


def edge(to: str, share: float, minutes: int = 0) -> Edge:
    return Edge(to, Range.exact(share), timedelta(minutes=minutes))


DIAMOND = {
    "db": (),
    "payments": (edge("db", 0.5, 10),),
    "accounts": (edge("db", 0.5, 30),),
    "checkout": (edge("payments", 0.8, 5), edge("accounts", 0.4)),
}


def reached(graph: dict[str, tuple[Edge, ...]], *failing: str) -> dict[str, tuple[Range, float]]:
    return {one.service: (one.share, one.after) for one in Cascades(graph).of(frozenset(failing))}


def test_a_failure_runs_from_a_service_to_those_that_depend_on_it() -> None:
    assert reached(DIAMOND, "checkout") == {}
    share, after = reached(DIAMOND, "payments")["checkout"]
    assert (share.low, share.expected, share.high) == pytest.approx((0.8, 0.8, 0.8))
    assert after == pytest.approx(5 / 60)


def test_a_dependent_that_is_reached_twice_counts_once_with_all_its_paths() -> None:
    found = reached(DIAMOND, "db")
    share, after = found["checkout"]
    assert share.low == pytest.approx(0.4)
    assert share.expected == pytest.approx(1 - (1 - 0.4) * (1 - 0.2))
    assert after == pytest.approx(15 / 60)
    assert set(found) == {"payments", "accounts", "checkout"}


def test_what_fails_itself_is_no_dependent_and_hides_what_lies_behind_it() -> None:
    assert reached(DIAMOND, "payments", "checkout") == {}
    share, _ = reached(DIAMOND, "db", "payments")["checkout"]
    assert share.expected == pytest.approx(1 - (1 - 0.8) * (1 - 0.2))


def test_an_unknown_share_widens_the_range() -> None:
    graph = {"db": (), "web": (Edge("db"),)}
    share, after = reached(graph, "db")["web"]
    assert (share.low, share.expected, share.high) == pytest.approx(
        (UNKNOWN_SHARE.low, UNKNOWN_SHARE.expected, UNKNOWN_SHARE.high)
    )
    assert after == 0


def test_nothing_is_passed_on_at_a_share_of_zero_or_by_a_service_that_is_not_there() -> None:
    assert reached({"db": (), "web": (edge("db", 0), edge("gone", 1))}, "db", "gone") == {}


def test_a_circle_is_named() -> None:
    graph = {"a": (edge("b", 1),), "b": (edge("c", 1),), "c": (edge("a", 1),), "d": (edge("a", 1),)}
    with pytest.raises(ValueError, match="a -> b -> c -> a"):
        Cascades(graph)
    assert find_cycle({"a": ["b", "c"], "b": ["c"], "c": []}) == ()


names = st.integers(min_value=0, max_value=8)
shares = st.floats(min_value=0, max_value=1)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[Edge, ...]]:
    """Draw services that depend on earlier ones only."""
    size = draw(names) + 1
    graph: dict[str, tuple[Edge, ...]] = {}
    for number in range(size):
        chosen = draw(st.lists(st.integers(0, number - 1), unique=True, max_size=3)) if number else []
        graph[f"s{number}"] = tuple(edge(f"s{one}", draw(shares), draw(st.integers(0, 90))) for one in chosen)
    return graph


@given(graphs())
def test_a_reach_is_a_share_whose_strongest_path_is_its_least(graph: dict[str, tuple[Edge, ...]]) -> None:
    for reach in Cascades(graph).of(frozenset(("s0",))):
        assert 0 <= reach.share.low <= reach.share.expected <= reach.share.high <= 1
        assert 0 <= reach.after < float("inf")


@given(graphs())
def test_the_order_of_the_catalog_does_not_matter(graph: dict[str, tuple[Edge, ...]]) -> None:
    turned = dict(reversed(graph.items()))
    assert {one.service for one in Cascades(graph).of(frozenset(("s0",)))} == {
        one.service for one in Cascades(turned).of(frozenset(("s0",)))
    }
