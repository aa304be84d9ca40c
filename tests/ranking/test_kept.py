"""What is at hand is not asked for again: a board costs what has changed since the last one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.domain import commands as c
from bot.domain.model import Incident
from bot.errors import Busy
from bot.ports import EVERYBODY, Viewer
from bot.ranking import Ranking
from tests.ranking.conftest import ANA, Fires


class Counted:
    """The queries of a house, which remember what was read, and fail as often as told."""

    def __init__(self, fires: Fires) -> None:
        self._queries = fires.house.queries
        self.read: list[str] = []
        self.lacking = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queries, name)

    async def by_ids(self, incident_ids: Collection[str]) -> Mapping[str, Incident]:
        if self.lacking:
            self.lacking -= 1
            raise Busy("the database did not answer")
        self.read += incident_ids
        return await self._queries.by_ids(incident_ids)

    def taken(self) -> list[str]:
        read, self.read = self.read, []
        return sorted(read)


@pytest.fixture
def counted(fires: Fires) -> Counted:
    counted = Counted(fires)
    house = fires.house
    fires.ranking = Ranking(house.ledger, counted, policy=house.policy, clock=house.clock)
    return counted


async def test_only_what_was_committed_since_is_read_again(fires: Fires, counted: Counted) -> None:
    first, second = await fires.declare("a", "small"), await fires.declare("b", "huge")
    assert await fires.titles() == ["b", "a"]
    assert counted.taken() == sorted([first.id, second.id])
    assert await fires.titles() == ["b", "a"]
    assert counted.taken() == []
    await fires.hits(first, "large")
    third = await fires.declare("c", "middle")
    assert await fires.titles() == ["b", "a", "c"]
    assert counted.taken() == sorted([first.id, third.id])
    await fires.house.service.execute(c.Cancel("a false alarm"), ANA, "over", incident_id=second.id)
    assert await fires.titles() == ["a", "c"]


async def test_the_same_board_is_given_while_nothing_changes(fires: Fires, counted: Counted) -> None:
    await fires.declare("a", "small")
    board = await fires.ranking.board(EVERYBODY)
    assert await fires.ranking.board(Viewer("UEVE")) is board
    await fires.declare("secret", "huge", private=True)
    assert await fires.titles("UANA") == ["secret", "a"]
    assert await fires.titles("UEVE") == ["a"]
    assert [one.scored.case.id for one in board] == [one.scored.case.id for one in await fires.ranking.board(EVERYBODY)]


async def test_what_could_not_be_read_is_read_the_next_time(fires: Fires, counted: Counted) -> None:
    await fires.declare("a", "small")
    counted.lacking = 1
    with pytest.raises(Busy):
        await fires.ranking.board(EVERYBODY)
    assert await fires.titles() == ["a"]
    await fires.declare("b", "huge")
    counted.lacking = 1
    with pytest.raises(Busy):
        await fires.ranking.board(EVERYBODY)
    assert await fires.titles() == ["b", "a"]


async def test_a_place_set_by_hand_ends_by_itself(fires: Fires, counted: Counted) -> None:
    await fires.declare("a", "huge")
    second = await fires.declare("b", "small")
    by_hand = c.OverridePlace(1, timedelta(minutes=5), "The board meets.")
    await fires.house.service.execute(by_hand, ANA, "hand", incident_id=second.id)
    fires.house.clock.advance(minutes=4, seconds=50)
    assert await fires.titles() == ["b", "a"]
    fires.house.clock.advance(seconds=20)
    assert await fires.titles() == ["a", "b"], "no minute has passed, and nothing was committed"
