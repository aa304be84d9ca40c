"""Updates, reminders and what survives a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.stage import ALERTS, ANA, BEA, INCIDENTS, SAM, Stage, bot, empty_stage, stage, whole_text

pytestmark = pytest.mark.slow


async def declared(scene: Stage, severity: str = "sev1") -> str:
    await scene.types(ANA, ALERTS, f"/incident declare {severity} checkout returns 500s")
    return await scene.room()


async def test_the_owner_gets_a_finished_draft_and_one_click_posts_it(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident note Rolled back v142")
    scene.skip(minutes=12.1)
    reminder = await scene.until(lambda _: _with(scene, "ReminderSent"), "no heads-up")
    assert reminder
    await scene.settled()
    draft = (await scene.direct(ANA))[-1]
    assert "Rolled back v142" in whole_text(draft)
    await scene.presses(ANA, draft, "post_draft")
    await scene.settled()
    posted = [one for one in await scene.messages(room) if "update 1" in one["text"]]
    told = [one for one in await scene.messages(INCIDENTS) if "update 1" in one["text"]]
    assert len(posted) == len(told) == 1
    assert "Rolled back v142" in whole_text(told[0])
    assert told[0]["thread_ts"]


def _with(scene: Stage, event: str) -> list[tuple[object, ...]]:
    return scene.rows(f"SELECT seq FROM events WHERE type = '{event}'")


async def test_a_correction_reaches_every_copy(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(SAM, room, "/incident follow")
    await scene.types(ANA, room, "/incident update Cards fail in Spain")
    await scene.settled()
    await scene.types(ANA, room, "/incident correct 1 Cards fail in Portugal")
    await scene.settled()
    for messages in (await scene.messages(room), await scene.messages(INCIDENTS), await scene.direct(SAM)):
        texts = [whole_text(one) for one in messages if "update 1" in one["text"]]
        assert len(texts) == 1
        assert "Portugal" in texts[0]
        assert "corrected" in texts[0]
    assert scene.rows("SELECT count(*) FROM events WHERE type IN ('UpdatePosted', 'UpdateCorrected')") == [(2,)]


async def test_after_downtime_there_is_one_honest_catch_up(tmp_path: Path) -> None:
    async with empty_stage(tmp_path) as scene:
        async with bot(scene):
            room = await declared(scene)
            await scene.until(lambda _: scene.rows("SELECT id FROM replicas"), "it did not sign in")
        for minutes in (17, 0.5):  # the second time it is away within what the catch-up has told already
            scene.skip(minutes=minutes)
            async with bot(scene):
                await scene.until(lambda _: _with(scene, "ReminderSent"), "no catch-up")
                await scene.settled()
        told = [*await scene.messages(room), *await scene.direct(ANA)]
        assert sum("Firebell was away between" in whole_text(one) for one in told) == 1
    assert len(_with(scene, "ReminderSent")) == 1


async def test_a_restart_repeats_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as scene:
        room = await declared(scene)
        count = len(await scene.messages(room))
        async with bot_again(scene):
            await scene.settled()
            assert len(await scene.messages(room)) == count


def bot_again(scene: Stage):
    """A second bot on a copy of the first one's database, as after a crash with the file restored."""
    copy = scene.database.with_name("copy.db")
    copy.write_bytes(scene.database.read_bytes())
    scene.environment["DATABASE_URL"] = f"sqlite:///{copy}"
    return bot(scene)


async def test_resolving_writes_the_postmortem_with_charts_and_timeline(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident update Rolling back")
    await scene.types(ANA, room, "/incident resolve rolled back to v141")
    await scene.until(lambda _: _with(scene, "DocumentShared"), "no postmortem")
    await scene.settled()
    files = {one["name"] for one in (await scene.world())["files"]}
    assert {"inc-1-postmortem-v1.html", "inc-1-postmortem-v1.md"} <= files
    assert any("postmortem ready" in one["text"] for one in await scene.messages(room))


async def test_a_pushpin_puts_a_message_on_the_timeline_and_taking_it_off_takes_it_back(scene: Stage) -> None:
    room = await declared(scene)
    said = await scene.says(BEA, room, "The deploy at 02:40 changed the timeout")
    ts = said.get("ts") or said["message"]["ts"]
    await scene.reacts(BEA, room, ts, "pushpin")
    await scene.until(lambda _: _with(scene, "MessagePinned"), "the message was not fetched")
    await scene.types(BEA, room, "/incident timeline")
    assert "changed the timeout" in await scene.last_whisper(BEA)
    await scene.reacts(BEA, room, ts, "pushpin", add=False)
    await scene.until(lambda _: _with(scene, "MessageUnpinned"), "it was not taken back")
    await scene.types(BEA, room, "/incident timeline")
    assert "changed the timeout" not in await scene.last_whisper(BEA)


async def test_mentioning_firebell_in_a_thread_does_what_the_command_does(scene: Stage) -> None:
    room = await declared(scene)
    card = (await scene.messages(room))[0]
    me = scene.rows("SELECT 1") and (await scene.world())["users"]
    bot_user = next(user["id"] for user in me if user.get("is_bot"))
    await scene.says(BEA, room, f"<@{bot_user}> note the cache was cold", thread_ts=card["ts"])
    await scene.until(lambda _: _with(scene, "NoteAdded"), "no note")
