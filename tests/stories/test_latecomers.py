"""Coming late: told once, in short, for one's own eyes, and on demand at any time."""

from __future__ import annotations

import pytest

from tests.stories.stage import ALERTS, ANA, BEA, MEI, SAM, Stage, whole_text

pytestmark = pytest.mark.slow


async def declared(scene: Stage, words: str = "sev2 odd prices", user: str = ANA) -> str:
    await scene.types(user, ALERTS, f"/incident declare {words}")
    return await scene.room()


async def joins(scene: Stage, user: str, room: str) -> None:
    """Somebody walks in by themselves."""
    await scene._post(f"as/{user}/join", channel=room)


async def caught_up(scene: Stage, user: str) -> list[str]:
    world = await scene.world()
    told = (whole_text(one) for one in world["ephemerals"] if one["user_shown"] == user)
    return [text for text in told if "*Wanted of you*" in text]


async def test_whoever_joins_late_reads_how_things_stand_and_nobody_else_does(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident note Decided to roll the prices back")
    await scene.types(ANA, room, "/incident update Prices are wrong for one in five")
    await scene.settled()
    before = len(await scene.messages(room))
    await joins(scene, MEI, room)
    await scene.until(lambda world: any("*Wanted of you*" in whole_text(one) for one in world["ephemerals"]), "silence")
    (told,) = await caught_up(scene, MEI)
    assert f"*Commander* <@{ANA}>" in told
    assert "Prices are wrong for one in five" in told
    assert "Decided to roll the prices back" in told
    assert f"nothing yet. <@{ANA}> leads" in told
    assert len(await scene.messages(room)) == before, "the channel is not disturbed"


async def test_whoever_leaves_and_comes_back_is_not_told_again(scene: Stage) -> None:
    room = await declared(scene)
    await joins(scene, MEI, room)
    await scene.until(lambda world: "*Wanted of you*" in str(world["ephemerals"]), "silence")
    await scene._post(f"as/{MEI}/leave", channel=room)
    await joins(scene, MEI, room)
    await scene.types(MEI, room, "/incident status")
    assert len(await caught_up(scene, MEI)) == 1


async def test_the_declarer_whom_firebell_invites_at_set_up_is_told_nothing(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident status")
    assert await caught_up(scene, ANA) == []
    assert not scene.rows("SELECT 1 FROM events WHERE type = 'CaughtUp'")


async def test_anybody_may_ask_at_any_time_and_a_holder_reads_what_their_role_wants(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident assign scribe @bea")
    await scene.types(BEA, ALERTS, "/incident catchup #1")
    assert "*Wanted of you* you are scribe." in await scene.last_whisper(BEA)
    await scene.types(ANA, room, "/incident resolve Rolled back")
    await scene.types(SAM, room, "/incident catchup")
    assert "nothing: it is resolved." in await scene.last_whisper(SAM)
