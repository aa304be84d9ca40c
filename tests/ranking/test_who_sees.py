"""Ranks are worked out over what the reader may see; a private incident changes no number for others."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.model import FIREBELL
from tests.ranking.conftest import Fires


async def test_those_outside_see_the_ranks_of_what_is_public(fires: Fires) -> None:
    await fires.declare("secret", "huge", private=True)
    await fires.declare("a", "large")
    await fires.declare("b", "small")
    assert await fires.titles("UEVE") == ["a", "b"]
    assert await fires.titles("UANA") == ["secret", "a", "b"]
    assert await fires.titles() == ["a", "b"], "nobody in particular"


async def test_who_enters_the_room_sees_it_ranked_and_who_leaves_no_more(fires: Fires) -> None:
    secret = await fires.declare("secret", "huge", private=True)
    await fires.declare("a", "large")
    for command, seen in ((c.EnterRoom("USAM"), ["secret", "a"]), (c.LeaveRoom("USAM"), ["a"])):
        await fires.house.service.execute(command, FIREBELL, str(command), incident_id=secret.id)
        assert await fires.titles("USAM") == seen


async def test_the_card_of_a_private_incident_counts_the_public_ones_and_itself(fires: Fires) -> None:
    secret = await fires.placed("secret", "large", private=True)
    another = await fires.placed("another secret", "huge", private=True)
    public = await fires.placed("a", "small")
    places = {
        one.title: standing.place
        for one in (secret, another, public)
        if (standing := await fires.ranking.standing(one, f.CARD)) is not None
    }
    assert places == {"secret": 1, "another secret": 1, "a": 1}


async def test_a_private_card_is_drawn_anew_when_it_is_passed_and_the_public_order_tells_nothing(fires: Fires) -> None:
    secret = await fires.placed("secret", "large", private=True)
    await fires.ranking.review()
    await fires.settle_all()
    await fires.placed("a", "huge")
    await fires.ranking.review()
    assert (secret.id, f.RefreshCard(f.CARD)) in await fires.queued()
    assert await fires.shown() == ["a"]


async def test_a_drill_has_no_rank(fires: Fires) -> None:
    drill = await fires.declare("drill", "huge", drill=True)
    await fires.declare("a", "small")
    assert await fires.titles() == ["a"]
    assert await fires.ranking.standing(drill, f.CARD) is None


async def test_what_is_over_has_no_rank(fires: Fires) -> None:
    incident = await fires.declare("a", "small")
    over = await fires.house.service.execute(c.Cancel("a false alarm"), FIREBELL, "over", incident_id=incident.id)
    assert await fires.titles() == []
    assert await fires.ranking.standing(over.incident, f.CARD) is None
