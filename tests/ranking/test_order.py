"""The order that is shown: kept, calm, told once, and never from what is no longer true."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.model import Incident
from bot.domain.notices import RankMoved
from bot.domain.priority import ON_CARDS, Shown
from bot.errors import Conflict
from bot.ports import EVERYBODY
from tests.ranking.conftest import ANA, Fires


async def test_what_is_open_is_ranked_by_what_waiting_costs(fires: Fires) -> None:
    for title, service in (("a", "small"), ("b", "huge"), ("c", "large")):
        await fires.declare(title, service)
    assert await fires.titles() == ["b", "c", "a"]
    assert await fires.ranking.review()
    assert await fires.shown() == ["b", "c", "a"]


async def test_an_order_that_did_not_change_is_not_written_again(fires: Fires) -> None:
    await fires.declare("a", "small")
    assert [await fires.ranking.review() for _ in range(3)] == [True, False, False]
    assert not await fires.another().review(), "another replica finds it as it is"


async def test_a_small_difference_does_not_change_the_shown_order(fires: Fires) -> None:
    first = await fires.declare("a", "small")
    second = await fires.declare("b", "small")
    await fires.ranking.review()
    await fires.hits(second, "middle")
    assert await fires.titles() == ["a", "b"], "ten per cent more are within the margin"
    await fires.hits(second, "large")
    assert await fires.titles() == ["b", "a"]
    await fires.ranking.review()
    await fires.hits(second, "small")
    await fires.hits(first, "middle")
    assert await fires.titles() == ["b", "a"], "nor does it change back for little"


async def test_a_new_incident_takes_the_place_of_its_score(fires: Fires) -> None:
    await fires.declare("a", "small")
    await fires.ranking.review()
    await fires.declare("b", "middle")
    assert await fires.titles() == ["b", "a"]


async def test_cards_that_no_longer_tell_the_truth_are_drawn_anew(fires: Fires) -> None:
    first, second = await fires.placed("a", "large"), await fires.placed("b", "small")
    await fires.ranking.review()
    await fires.settle_all()
    await fires.placed("c", "huge")
    await fires.ranking.review()
    refreshed = {(key, one.slot) for key, one in await fires.queued() if isinstance(one, f.RefreshCard)}
    assert {(one.id, slot) for one in (first, second) for slot in (f.CARD, f.SUMMARY_CARD)} <= refreshed


async def test_a_card_that_was_drawn_true_is_not_drawn_again(fires: Fires) -> None:
    first, _ = await fires.placed("a", "large"), await fires.placed("b", "small")
    await fires.ranking.review()
    await fires.settle_all()
    await fires.placed("c", "huge")
    await fires.ranking.standing(first, f.CARD)
    await fires.ranking.review()
    refreshed = [one for key, one in await fires.queued() if key == first.id]
    # Where others may draw the same cards, nobody knows what they have drawn.
    alone = fires.house.ledger.alone
    assert refreshed == [f.RefreshCard(slot) for slot in (f.CARD, f.SUMMARY_CARD) if not (alone and slot == f.CARD)]


async def test_a_card_that_was_drawn_while_things_were_otherwise_is_drawn_again(fires: Fires) -> None:
    first = await fires.placed("a", "large")
    await fires.ranking.review()
    await fires.settle_all()
    passing = await fires.declare("b", "huge")
    await fires.ranking.standing(first, f.CARD)
    await fires.house.service.execute(c.Cancel("a false alarm"), ANA, "over", incident_id=passing.id)
    if fires.house.ledger.alone:
        assert await fires.ranking.review()
        assert (first.id, f.RefreshCard(f.CARD)) in await fires.queued()
        assert not await fires.ranking.review()


async def test_a_change_of_places_is_told_once(fires: Fires) -> None:
    await fires.placed("a", "large")
    second = await fires.placed("b", "small")
    await fires.ranking.review()
    await fires.settle_all()
    await fires.hits(second, "huge")
    await fires.ranking.review()
    assert not await fires.ranking.review()
    assert not await fires.another().review()
    told = [(key, one) for key, one in await fires.queued() if isinstance(one, f.PostMessage)]
    assert told == [(second.id, f.PostMessage("summary", RankMoved(2, 1, (1,)), broadcast=True))]


async def test_the_old_place_that_is_told_counts_only_what_is_still_open(fires: Fires) -> None:
    ending = await fires.placed("a", "huge")
    await fires.placed("b", "middle")
    third = await fires.placed("c", "small")
    await fires.ranking.review()
    await fires.house.service.execute(c.Cancel("a false alarm"), ANA, "over", incident_id=ending.id)
    await fires.settle_all()
    await fires.hits(third, "large")
    await fires.ranking.review()
    told = [one.notice for _, one in await fires.queued() if isinstance(one, f.PostMessage)]
    assert told == [RankMoved(2, 1, (2,))]


async def test_what_comes_and_goes_is_no_change_of_places(fires: Fires) -> None:
    first = await fires.placed("a", "small")
    await fires.placed("b", "middle")
    await fires.ranking.review()
    await fires.placed("c", "huge")
    await fires.ranking.review()
    await fires.house.service.execute(c.Cancel("a false alarm"), ANA, "over", incident_id=first.id)
    await fires.settle_all()
    await fires.ranking.review()
    assert [one for _, one in await fires.queued() if isinstance(one, f.PostMessage)] == []
    assert await fires.shown() == ["c", "b"]


async def test_of_two_replicas_that_find_the_same_change_one_tells_it(fires: Fires) -> None:
    await fires.placed("a", "large")
    second = await fires.placed("b", "small")
    await fires.ranking.review()
    await fires.settle_all()
    await fires.hits(second, "huge")

    async def review() -> None:
        with contextlib.suppress(Conflict):
            await fires.another().review()

    await asyncio.gather(*(review() for _ in range(4)))
    assert await fires.shown() == ["b", "a"]
    assert len([one for _, one in await fires.queued() if isinstance(one, f.PostMessage)]) == 1


async def test_who_knew_less_cannot_write_later(fires: Fires) -> None:
    _, head = await fires.house.queries.shown()
    await fires.declare("a", "small")
    await fires.ranking.review()
    with pytest.raises(Conflict):
        async with fires.house.ledger.transaction(seconds=30) as unit:
            await unit.ranks.show(Shown(), fires.house.clock.now(), head=head)
    assert await fires.shown() == ["a"]


async def test_the_workspaces_log_stays_whole(fires: Fires) -> None:
    for title, service in (("a", "small"), ("b", "huge"), ("c", "large")):
        await fires.declare(title, service)
        await fires.ranking.review()
    assert [problem async for one in fires.house.audit.verify_all({}) for problem in one.problems] == []


async def test_beyond_the_first_places_cards_are_left_alone(fires: Fires) -> None:
    for number in range(ON_CARDS):
        await fires.placed(f"large {number}", "large")
    last = await fires.placed("last", "small")
    await fires.ranking.review()
    await fires.settle_all()
    standing = await fires.ranking.standing(last, f.CARD)
    assert standing is not None
    assert standing.rough == "rank 11+"
    await fires.placed("before it", "middle")
    await fires.ranking.review()
    assert last.id not in {key for key, _ in await fires.queued()}


async def test_the_loop_notices_what_was_committed_and_ends_when_asked(fires: Fires) -> None:
    running = asyncio.create_task(fires.ranking.run())
    try:
        await fires.declare("a", "small")
        async with asyncio.timeout(60):
            while await fires.shown() != ["a"]:
                await asyncio.sleep(0.02)
    finally:
        fires.ranking.stop()
        async with asyncio.timeout(30):
            await running


async def test_scores_are_made_anew_when_they_have_aged(fires: Fires) -> None:
    incident = await fires.declare("a", "small")
    first = (await fires.ranking.board(EVERYBODY))[0].scored
    assert (await fires.ranking.board(EVERYBODY))[0].scored is first, "what is known is not worked out again"
    fires.house.clock.advance(hours=1)
    later = (await fires.ranking.board(EVERYBODY))[0].scored
    assert later is not first
    assert later.case.id == incident.id
    assert later.case.update_overdue


class OneIsForgotten:
    """A ledger whose transactions begin just after somebody's board found that an incident had ended."""

    def __init__(self, fires: Fires, ended: Incident) -> None:
        self._ledger = fires.house.ledger
        self._kept = fires.ranking._boards._kept
        self._ended = ended

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    @contextlib.asynccontextmanager
    async def transaction(self, **given: Any) -> AsyncIterator[Any]:
        self._kept.pop(self._ended.id, None)
        async with self._ledger.transaction(**given) as unit:
            yield unit


async def test_an_incident_that_ends_while_the_order_is_written_harms_nothing(fires: Fires) -> None:
    first, second = await fires.placed("a", "large"), await fires.placed("b", "small")
    await fires.ranking.review()
    await fires.settle_all()
    await fires.hits(second, "huge")
    fires.ranking._ledger = OneIsForgotten(fires, first)
    assert await fires.ranking.review()
    assert await fires.shown() == ["b", "a"]


async def test_the_loop_outlives_a_bug_in_one_review(fires: Fires, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, failed = fires.ranking.review, asyncio.Event()

    async def review() -> bool:
        if not failed.is_set():
            failed.set()
            raise KeyError("a bug")
        return await whole()

    monkeypatch.setattr(fires.ranking, "review", review)
    running = asyncio.create_task(fires.ranking.run())
    try:
        async with asyncio.timeout(60):
            await failed.wait()
            await fires.declare("a", "small")
            while await fires.shown() != ["a"]:
                await asyncio.sleep(0.02)
        assert fires.ranking.silent_for < 60
    finally:
        fires.ranking.stop()
        async with asyncio.timeout(30):
            await running
