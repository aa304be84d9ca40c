"""A review of many incidents, of which many are private, costs little more than laying the order out."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from bot.domain.model import Incident
from bot.ports import Viewer
from bot.ranking import Ranking
from tests.ranking.conftest import Fires

OPEN, PRIVATE = 600, 300


class Many:
    """The queries of a house in which many like one incident are open."""

    def __init__(self, fires: Fires, like: Incident) -> None:
        self._queries = fires.house.queries
        made = [replace(like, id=f"x{number}", number=number, private=number < PRIVATE) for number in range(OPEN)]
        self._made = {one.id: one for one in made}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queries, name)

    async def open_heads(self, viewer: Viewer | None = None) -> Mapping[str, int]:
        return {key: one.seq for key, one in self._made.items() if viewer is None or not one.private}

    async def by_ids(self, incident_ids: Collection[str]) -> Mapping[str, Incident]:
        return {key: self._made[key] for key in incident_ids}


async def test_private_incidents_are_not_each_ranked_among_all_others(fires: Fires) -> None:
    many = Many(fires, await fires.declare("a", "small"))
    ranking = Ranking(fires.house.ledger, many, policy=fires.house.policy, clock=fires.house.clock)
    assert await ranking.review()
    shown, _ = await many.shown()
    assert {f"x{number}" for number in range(PRIVATE)} <= shown.faces.keys(), "each private one stands somewhere"
    began = time.process_time()
    await ranking.review()
    assert time.process_time() - began < 1.0, f"each of {PRIVATE} would cost a board"
