"""After a disaster: what was under way when the backup was taken is found in Slack, not sent again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot import data
from bot.clock import OffsetClock
from bot.config import load
from sandbox.faults import Rule
from tests.stories.stage import ALERTS, ANA, BEA, JSON, Stage, bot, empty_stage, messages_in, whole_text

pytestmark = pytest.mark.slow


def quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


async def back_up(scene: Stage, path: Path) -> None:
    await data.back_up(load(scene.environment), OffsetClock(scene.offset), path, quiet)


async def restore_elsewhere(scene: Stage, path: Path) -> None:
    """Lose the database, and go on with what the archive holds in a new file."""
    scene.database = scene.database.with_name("restored.db")
    scene.environment["DATABASE_URL"] = f"sqlite:///{scene.database}"
    clock = OffsetClock(scene.offset)
    findings = [one async for one in data.restore(load(scene.environment), clock, path, seal=None, progress=quiet)]
    assert [one.problems for one in findings] == [(), ()]


def keys(world: JSON) -> Counter[str]:
    """How often each effect's key stands in the workspace."""
    told = (message for channel in world["channels"] for message in messages_in(world, channel))
    return Counter(
        message["metadata"]["event_payload"]["key"]
        for message in told
        if (message.get("metadata") or {}).get("event_type") == "firebell_effect"
    )


def rooms(world: JSON) -> list[str]:
    return [str(one["name"]) for one in world["channels"].values() if str(one.get("name")).startswith("inc-")]


async def test_what_was_sent_after_the_backup_is_found_and_not_sent_again(tmp_path: Path) -> None:
    async with empty_stage(tmp_path, metrics=False) as scene:
        async with bot(scene):
            scene.local.faults.rules.append(Rule("*", "503", count=-1))
            await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
            await scene.until(lambda _: scene.rows("SELECT 1 FROM effects WHERE attempts > 0"), "nothing was tried")
            await back_up(scene, tmp_path / "backup.zip")
            scene.local.faults.rules.clear()
            await scene.room()
        before = keys(await scene.world())
        await restore_elsewhere(scene, tmp_path / "backup.zip")
        async with bot(scene):
            room = await scene.room()
            after = await scene.world()
            assert (len(rooms(after)), set(keys(after).values())) == (1, {1})
            assert set(before) <= set(keys(after)), "nothing was taken back"
            await scene.types(BEA, room, "/incident update We are looking")
            await scene.settled()
            assert any("We are looking" in whole_text(one) for one in await scene.messages(room))
