"""How an incident ends, comes back, and is filed away."""

from __future__ import annotations

import pytest

from tests.stories.stage import ALERTS, ANA, BEA, INCIDENTS, JSON, Stage, whole_text

pytestmark = pytest.mark.slow


async def declared(scene: Stage, severity: str = "sev1") -> str:
    await scene.types(ANA, ALERTS, f"/incident declare {severity} checkout returns 500s")
    return await scene.room()


async def said(scene: Stage, channel: str) -> list[str]:
    await scene.settled()
    return [whole_text(one) for one in await scene.messages(channel)]


def timers(scene: Stage) -> list[str]:
    """The kinds of timers that are armed."""
    return [str(kind) for (kind,) in scene.rows("SELECT kind FROM timers ORDER BY kind")]


async def summary_card(scene: Stage) -> JSON:
    """The card in the summary channel: the message that no other one is the root of."""
    roots = [one for one in await scene.messages(INCIDENTS) if one.get("thread_ts") in (None, one["ts"])]
    return next(one for one in roots if "INC-1" in one["text"])


async def published(scene: Stage) -> JSON:
    """The message with the postmortem and its sections."""
    await scene.until(lambda _: scene.rows("SELECT 1 FROM events WHERE type = 'DocumentShared'"), "no postmortem")
    await scene.settled()
    world = await scene.world()
    found = [one for key in world["channels"] for one in await scene.messages(key) if "postmortem ready" in one["text"]]
    return found[-1]


async def test_resolving_asks_what_fixed_it_tells_everybody_and_ends_the_reminders(scene: Stage) -> None:
    room = await declared(scene)
    assert "update" in timers(scene)
    await scene.types(ANA, room, "/incident resolve")
    view = await scene.form(ANA)
    refused = await scene.submits(ANA, view)
    assert set(refused["errors"]) == {"fixed_by"}
    assert (await scene.submits(ANA, view, fixed_by={"value": "Rolled back to v141"}))["ok"]
    resolved = [text for text in await said(scene, room) if "What fixed it: Rolled back to v141" in text]
    assert len(resolved) == 1
    assert f"Sleep. The postmortem draft is waiting; I will ask <@{ANA}>" in resolved[0]
    assert any("Resolved" in text for text in await said(scene, INCIDENTS))
    assert "update" not in timers(scene)
    await scene.types(BEA, room, "/incident update It still smells")
    assert (await scene.last_whisper(BEA)).startswith("Nothing changed. INC-1 is resolved")


async def test_a_reopened_incident_says_why_and_its_clock_starts_again(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident resolve rolled back")
    await scene.settled()
    await scene.types(BEA, room, "/incident reopen")
    assert (await scene.submits(BEA, await scene.form(BEA), reason={"value": "It is back in Spain"}))["ok"]
    assert any(f"*Reopened* by <@{BEA}>: It is back in Spain" in text for text in await said(scene, room))
    told = [one for one in await scene.messages(INCIDENTS) if "*Reopened* by" in whole_text(one)]
    assert [one.get("thread_ts") for one in told] == [(await summary_card(scene))["ts"]]
    assert "It is back in Spain" in whole_text(await summary_card(scene))
    assert "update" in timers(scene)
    await scene.types(BEA, room, "/incident status")
    assert "*Next update* in 15 min" in await scene.last_whisper(BEA)


async def test_a_false_alarm_needs_a_reason_and_owes_nothing(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident cancel")
    view = await scene.form(ANA)
    assert set((await scene.submits(ANA, view, reason={"value": "  "}))["errors"]) == {"reason"}
    assert (await scene.submits(ANA, view, reason={"value": "The load test was announced"}))["ok"]
    assert any("*Cancelled* as a false alarm" in text for text in await said(scene, room))
    assert "Cancelled" in whole_text(await summary_card(scene))
    assert timers(scene) == ["archive", "regulatory"], "whether anything has to be reported is for legal to say"
    assert scene.rows("SELECT count(*) FROM events WHERE type = 'PostmortemRequested'") == [(0,)]
    await scene.types(ANA, room, "/incident reopen it was real")
    assert "Only a resolved or closed one reopens." in await scene.last_whisper(ANA)


async def test_a_sev1_closes_behind_its_postmortem_and_no_word_is_lost_on_the_way(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident close all is well")
    assert "Resolve it first." in await scene.last_whisper(ANA)
    await scene.types(ANA, room, "/incident resolve rolled back")
    document = await published(scene)
    await scene.types(ANA, room, "/incident close all is well")
    refused = await scene.last_whisper(ANA)
    assert "its root cause is not written. Write it, then close." in refused
    assert "all is well" in refused
    await scene.presses(BEA, document, "edit_section")
    assert (await scene.submits(BEA, await scene.form(BEA), text={"value": "A timeout of 30 s held the workers"}))["ok"]
    await scene.settled()
    await scene.types(ANA, room, "/incident close all is well")
    assert await scene.last_whisper(ANA) == "INC-1 is closed.\nINC-1 is closed."
    assert any(f"*Closed* by <@{ANA}>: all is well" in text for text in await said(scene, room))
    await scene.types(BEA, ALERTS, "/incident list")
    assert "Nothing is burning." in await scene.last_whisper(BEA)


async def test_a_sev4_closes_at_once_and_may_come_back(scene: Stage) -> None:
    room = await declared(scene, "sev4")
    await scene.types(ANA, room, "/incident resolve a typo")
    assert any("Sleep. No postmortem is owed." in text for text in await said(scene, room))
    await scene.types(ANA, room, "/incident close nothing to learn")
    assert (await scene.last_whisper(ANA)).startswith("INC-1 is closed.")
    await scene.types(ANA, room, "/incident reopen the typo is back")
    assert (await scene.last_whisper(ANA)).startswith("INC-1 is open again.")
