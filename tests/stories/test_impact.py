"""What people say of an incident moves its rank, is told as far as it may be, and ends when it should."""

from __future__ import annotations

import pytest

from tests.stories.stage import ALERTS, ANA, BEA, INCIDENTS, SAM, Stage, whole_text

pytestmark = pytest.mark.slow


async def two_fires(scene: Stage) -> tuple[str, str]:
    """A bad one and a lesser one; returns their rooms."""
    for line in ("sev1 checkout returns 500s", "sev3 reports are late"):
        await scene.types(ANA, ALERTS, f"/incident declare {line}")
    return await scene.room(1), await scene.room(2)


async def answer(scene: Stage, user: str, channel: str, words: str) -> str:
    await scene.types(user, channel, f"/incident {words}")
    return await scene.last_whisper(user)


async def told(scene: Stage, channel: str) -> str:
    await scene.settled()
    return "\n".join(whole_text(one) for one in await scene.messages(channel))


async def test_a_figure_moves_the_rank_and_the_order_says_whose_it_is(scene: Stage) -> None:
    _, lesser = await two_fires(scene)
    assert "SEV3, rank 2" in await answer(scene, ANA, lesser, "why")
    said = await answer(scene, BEA, lesser, "impact 90% 2m customers revenue EUR 900k/h from the finance sheet")
    assert "2,000,000 customers affected" in said
    reasons = await answer(scene, ANA, lesser, "why")
    assert "SEV3, rank 1" in reasons
    assert f"estimate by <@{BEA}>" in reasons
    seen = await answer(scene, SAM, lesser, "timeline")
    assert f"<@{BEA}> set the impact: 90 % degraded; customers affected; revenue lost" in seen
    assert "900,000" in await answer(scene, ANA, lesser, "timeline"), "Ana may see amounts"
    for channel in (lesser, INCIDENTS):
        spoken = await told(scene, channel)
        assert "2,000,000" not in spoken
        assert "900,000" not in spoken
    await scene.types(BEA, lesser, "/incident impact customers unknown revenue unknown degraded unknown")
    assert "SEV3, rank 2" in await answer(scene, ANA, lesser, "why")


async def test_danger_to_people_goes_before_any_amount_and_everybody_is_told(scene: Stage) -> None:
    worse, lesser = await two_fires(scene)
    await scene.types(ANA, worse, "/incident impact 100% revenue 5m")
    await scene.types(SAM, lesser, "/incident safety two infusion pumps lost their alarm")
    assert "safety first" in await answer(scene, ANA, lesser, "why")
    assert "SEV3, rank 1" in await answer(scene, ANA, lesser, "why")
    for channel in (lesser, INCIDENTS):
        spoken = await told(scene, channel)
        assert f"Safety first, by <@{SAM}>" in spoken.replace("*", "")
        assert "two infusion pumps lost their alarm" in spoken
    await scene.types(ANA, lesser, "/incident safety withdraw they alarm by themselves")
    assert "SEV3, rank 2" in await answer(scene, ANA, lesser, "why")
    assert "No longer safety first" in (await told(scene, lesser)).replace("*", "")


async def test_a_rank_by_hand_holds_for_its_time_and_says_when_it_is_over(scene: Stage) -> None:
    _, lesser = await two_fires(scene)
    assert "has rank 1 for 1 h" in await answer(scene, BEA, lesser, "override 1 1h the regulator is on the line")
    reasons = await answer(scene, ANA, lesser, "why")
    assert "SEV3, rank 1" in reasons
    assert "Set by hand: the regulator is on the line" in reasons
    assert "set rank 1 by hand until" in (await told(scene, lesser)).replace("*", "")
    scene.skip(minutes=61)
    await scene.until(
        lambda _: scene.rows("SELECT 1 FROM events WHERE type = 'OverrideEnded'"), "the time was not called over"
    )
    assert "is over; what waiting costs decides again." in await told(scene, lesser)
    assert "SEV3, rank 2" in await answer(scene, ANA, lesser, "why")
    seen = await answer(scene, SAM, lesser, "timeline")
    assert "set rank 1 by hand until" in seen
    assert "The time of rank 1, set by hand, is over" in seen


async def test_what_was_said_stands_in_the_timeline_after_the_end(scene: Stage) -> None:
    room, _ = await two_fires(scene)
    for words in ("impact 40% vips Acme", "override 1 2h first of all", "resolve rolled back"):
        await scene.types(BEA, room, f"/incident {words}")
    seen = await answer(scene, SAM, room, "timeline")
    assert "set the impact: 40 % degraded; VIPs affected" in seen
    assert "Rank 1, set by hand, ended with the incident" in seen
    assert "Acme" not in seen
