"""What becomes of a channel when its incident is over."""

from __future__ import annotations

import pytest

from sandbox.faults import Rule
from tests.stories.stage import ALERTS, ANA, BEA, INCIDENTS, JSON, Stage, whole_text

pytestmark = pytest.mark.slow

DAY = 24 * 60


async def over(scene: Stage) -> str:
    """Ana declares and cancels."""
    await scene.types(ANA, ALERTS, "/incident declare sev4 a disk fills up")
    room = await scene.room()
    await scene.types(ANA, room, "/incident resolve Logs were rotated")
    await scene.types(ANA, room, "/incident close Nothing is left to do")
    await scene.settled()
    return room


async def announced(scene: Stage, room: str) -> JSON:
    scene.skip(minutes=6 * DAY + 1)

    def found(world: JSON) -> JSON | None:
        rows = world["channels"][room]["messages"]
        return next(({**one, "channel": room} for one in rows if "channel archived soon" in one.get("text", "")), None)

    message: JSON = await scene.until(found, "no last message")
    await scene.settled()
    return message


async def archived(scene: Stage, room: str) -> None:
    scene.skip(minutes=DAY + 1)
    await scene.until(lambda world: world["channels"][room]["is_archived"], "not archived")
    await scene.settled()


async def test_a_channel_is_archived_a_week_after_the_end_and_a_reopened_incident_gets_another(scene: Stage) -> None:
    room = await over(scene)
    await announced(scene, room)
    await archived(scene, room)
    await scene.types(BEA, INCIDENTS, "/incident reopen #1 The disk is full again")
    await scene.settled()
    world = await scene.world()
    rooms = [key for key, one in world["channels"].items() if str(one.get("name")).startswith("inc-1-")]
    fresh = next(key for key in rooms if key != room)
    said = [whole_text(one) for one in await scene.messages(fresh)]
    assert any("SEV4" in one and "Investigating" in one for one in said)
    assert any(f"<#{room}>" in one and "archived" in one for one in said)
    assert ANA in world["channels"][fresh]["members"]
    await scene.types(BEA, fresh, "/incident note Deleting old logs")
    assert "timeline" in await scene.last_whisper(BEA)
    assert not scene.rows("SELECT type, last_detail FROM effects WHERE status = 'dead'")


async def test_one_press_or_one_word_keeps_a_channel_open(scene: Stage) -> None:
    room = await over(scene)
    message = await announced(scene, room)
    await scene.presses(BEA, message, "keep_room")
    await scene.settled()
    assert "stays open" in await scene.last_whisper(BEA)
    scene.skip(minutes=DAY + 1)
    await scene.settled()
    await announced(scene, room)
    await scene.says(ANA, room, "I still need the graphs in here")
    scene.skip(minutes=DAY + 1)
    await scene.until(lambda _: scene.rows("SELECT 1 FROM events WHERE type = 'RoomInUse'"), "nobody looked")
    assert not (await scene.world())["channels"][room]["is_archived"]


async def test_an_incident_that_is_reopened_while_slack_is_too_busy_to_archive_keeps_its_channel(scene: Stage) -> None:
    room = await over(scene)
    await announced(scene, room)
    scene.local.faults.rules.append(Rule("conversations.archive", "429", count=-1, retry_after=2))
    scene.skip(minutes=DAY + 1)
    tried = "SELECT 1 FROM effects WHERE type = 'ArchiveRoom' AND last_reason = 'rate_limited'"
    await scene.until(lambda _: scene.rows(tried), "nobody tried to archive")
    await scene.types(BEA, INCIDENTS, "/incident reopen #1 The disk is full again")
    scene.local.faults.rules.clear()
    scene.skip(minutes=10)
    await scene.settled()
    await scene.types(BEA, room, "/incident note Deleting old logs")
    await scene.settled()
    seen = (await scene.world())["channels"][room]
    assert not seen["is_archived"]
    assert "Investigating" in seen["topic"]
    assert any("The disk is full again" in whole_text(one) for one in await scene.messages(room))
