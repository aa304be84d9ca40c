"""The short form of `make chaos`: a few kills at random moments among Slack's faults and steps of the clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.play import Plan, play
from tests.conftest import TABLE_LINE
from tests.crash.nursery import Nursery

pytestmark = pytest.mark.slow

SHORT = Plan(kills=6, seed=3, at_once=2, away_seconds=3.0)


async def test_under_chaos_nothing_is_lost_nothing_doubled_and_order_kept(
    url: str,
    engine_name: str,
    tmp_path: Path,
    nursery: Nursery,
    record_property: Callable[[str, object], None],
) -> None:
    score = await play(engine_name, url, tmp_path, nursery, SHORT)
    found = score.found
    counts = f"{len(found.lost)} lost, {len(found.doubled)} doubled, {len(found.disorder)} out of order"
    line = f"{engine_name:<10}  chaos, {found.incidents} incidents  killed {score.kills}: {counts}"
    record_property(TABLE_LINE, f"{line} of {found.expected} messages")
    assert score.kills >= SHORT.kills
    assert score.acts["merges"], score.acts
    assert found.clean, found
    assert score.problems == ()
