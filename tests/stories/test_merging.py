"""Incidents that belong together: linked, merged, and taken apart again."""

from __future__ import annotations

import pytest

from bot import data
from bot.clock import SystemClock
from bot.config import load
from tests.stories.stage import ANA, BEA, INCIDENTS, INES, JSON, MEI, SAM, Stage, whole_text

pytestmark = pytest.mark.slow


async def two_incidents(scene: Stage) -> tuple[str, str]:
    """Checkout fails (INC-1, Ana), and somebody else declares the same once more (INC-2, Bea)."""
    await scene.types(ANA, INCIDENTS, "/incident declare sev2 checkout returns 500s")
    await scene.types(BEA, INCIDENTS, "/incident declare sev2 nobody can pay")
    return await scene.room(1), await scene.room(2)


async def merge(scene: Stage, user: str, channel: str, text: str, reason: str = "Both are the bad deploy") -> None:
    await scene.types(user, channel, f"/incident {text}")
    form = await scene.form(user)
    await scene.submits(user, form, reason={"value": reason})
    await scene.settled()


async def card(scene: Stage, room: str) -> str:
    return whole_text((await scene.messages(room))[0])


async def test_both_cards_say_that_two_incidents_are_linked(scene: Stage) -> None:
    first, second = await two_incidents(scene)
    await scene.types(ANA, first, "/incident link #2 caused by")
    await scene.settled()
    assert f"caused by INC-2 <#{second}>" in await card(scene, first)
    assert f"cause of INC-1 <#{first}>" in await card(scene, second)
    exported = [line async for line in data.export(load(scene.environment), SystemClock(), 1)]
    assert any("IncidentLinked" in line and "caused_by" in line for line in exported)
    await scene.types(ANA, second, "/incident unlink #1")
    await scene.settled()
    assert "INC-2 <#" not in await card(scene, first)


async def test_the_later_of_two_becomes_part_of_the_earlier_and_points_to_it(scene: Stage) -> None:
    first, second = await two_incidents(scene)
    await scene.types(SAM, second, "/incident follow")
    await scene.types(BEA, second, "/incident note The deploy of 02:40 is to blame")
    await scene.types(ANA, first, "/incident merge #2")
    form = await scene.form(ANA)
    assert "INC-2" in whole_text(form)
    assert "becomes part of" in whole_text(form)
    await scene.submits(ANA, form, reason={"value": "Both are the bad deploy"})
    await scene.settled()

    told = (await scene.messages(second))[-1]
    assert "merged" in told["text"]
    assert f"<#{first}>" in whole_text(told)
    assert "Merged into INC-1" in await card(scene, second)
    world = await scene.world()
    assert "Merged into INC-1" in str(world["channels"][second]["topic"])
    assert BEA in world["channels"][first]["members"]
    assert SAM in world["channels"][first]["members"]
    assert any("where you are commander" in whole_text(one) for one in await scene.direct(BEA))

    await scene.types(ANA, first, "/incident timeline")
    assert "INC-2 · " in await scene.last_whisper(ANA)
    assert "02:40" in await scene.last_whisper(ANA)

    await scene.types(ANA, first, "/incident update Rolling back")
    await scene.settled()
    assert sum("Rolling back" in whole_text(one) for one in await scene.direct(SAM)) == 1

    scene.skip(minutes=90)
    await scene.settled()
    armed = scene.rows("SELECT kind FROM timers t JOIN incidents i ON i.id = t.incident WHERE i.number = 2")
    assert armed == [("archive",)]


@pytest.mark.parametrize(
    ("words", "part", "reason"),
    [
        ("merge #1 into this", "INC-1", ""),
        ("merge #1 into here: same deploy", "INC-1", "same deploy"),
        ("merge incident #1 into this one", "INC-1", "incident"),
        ("merge #1 into", "INC-1", ""),
        ("merge this into #1", "INC-2", ""),
        ("merge into #1 same deploy", "INC-2", "same deploy"),
        ("merge #1 into #2", "INC-1", ""),
        ("merge #1 #2", "INC-2", ""),
        ("merge #1 traffic ran into #2", "INC-2", "traffic ran into #2"),
        ("merge #1 traffic ran into it", "INC-2", "traffic ran into it"),
    ],
)
async def test_only_what_stands_before_the_reason_says_which_goes_into_which(
    scene: Stage, words: str, part: str, reason: str
) -> None:
    _, second = await two_incidents(scene)
    await scene.types(BEA, second, f"/incident {words}")
    form = await scene.form(BEA)
    assert whole_text(form).strip().startswith(f"*{part} ")
    fields = [one["element"] for one in form["blocks"] if one.get("type") == "input"]
    assert [one.get("initial_value", "") for one in fields] == [reason]


async def test_a_merge_that_two_people_send_happens_once(scene: Stage) -> None:
    first, _ = await two_incidents(scene)
    forms = []
    for user in (ANA, BEA):
        await scene.types(user, first, "/incident merge #2 into #1")
        forms.append((user, await scene.form(user)))
    for user, form in forms:
        await scene.submits(user, form, reason={"value": "The same"})
    await scene.settled()
    assert scene.rows("SELECT count(*) FROM events WHERE type IN ('IncidentMerged', 'IncidentAbsorbed')") == [(2,)]


async def test_what_is_done_in_a_merged_incident_is_refused_with_the_way_to_the_other(scene: Stage) -> None:
    first, second = await two_incidents(scene)
    await merge(scene, ANA, first, "merge #2")
    await scene.types(BEA, second, "/incident update Still broken")
    assert "INC-2 was merged into INC-1" in await scene.last_whisper(BEA)
    assert "Still broken" in await scene.last_whisper(BEA)


async def test_a_merged_incident_can_be_taken_out_again(scene: Stage) -> None:
    first, second = await two_incidents(scene)
    await scene.types(SAM, second, "/incident follow")
    await merge(scene, ANA, first, "merge #2")
    async for finding in data.verify(load(scene.environment), SystemClock(), kept_head=None):
        assert finding.problems == ()
    await scene.types(BEA, second, "/incident unmerge Payments fail for another reason")
    await scene.settled()
    assert "Investigating" in await card(scene, second)
    assert "INC-2" not in await card(scene, first)
    await scene.types(ANA, first, "/incident timeline")
    assert "INC-2 · " not in await scene.last_whisper(ANA)
    await scene.types(ANA, first, "/incident update Rolling back")
    await scene.settled()
    assert not any("Rolling back" in whole_text(one) for one in await scene.direct(SAM))


async def test_a_private_incident_does_not_exist_for_who_is_not_in_it_and_leaves_no_trace_elsewhere(
    scene: Stage,
) -> None:
    await scene.types(ANA, INCIDENTS, "/incident declare private sev2 keys were leaked")
    form = await scene.form(ANA)
    await scene.submits(ANA, form)
    hidden = await scene.room(1)
    await scene.types(BEA, INCIDENTS, "/incident declare sev2 search is slow")
    shown = await scene.room(2)
    for words in ("link #1", "merge #1 into #2", "unlink #1"):
        await scene.types(INES, shown, f"/incident {words}")
        assert "There is no incident #1" in await scene.last_whisper(INES)
    await scene.types(ANA, hidden, "/incident link #2 caused by")
    await scene.settled()
    assert "caused by INC-2" in await card(scene, hidden)
    assert "INC-1" not in await card(scene, shown)
    await scene.types(ANA, hidden, "/incident merge #1 into #2")
    assert "would disclose it" in await scene.last_whisper(ANA)


async def test_whoever_joins_the_channel_of_a_merged_incident_is_shown_the_way(scene: Stage) -> None:
    first, second = await two_incidents(scene)
    await merge(scene, ANA, first, "merge #2")
    await scene._post(f"as/{SAM}/join", channel=second)

    def told(world: JSON) -> bool:
        said = [whole_text(one) for one in world["ephemerals"] if one["user_shown"] == SAM]
        return any("merged into" in one and f"<#{first}>" in one for one in said)

    await scene.until(told, "nobody showed the way")


async def test_what_cannot_be_merged_is_refused_before_anybody_gives_a_reason(scene: Stage) -> None:
    first, second = await two_incidents(scene)
    await scene.types(ANA, INCIDENTS, "/incident declare drill sev2 the pool runs dry")
    await scene.submits(ANA, await scene.form(ANA))
    drill = await scene.room(3)
    await scene.types(ANA, drill, "/incident merge #3 into #1")
    assert "A drill and a real incident are not merged" in await scene.last_whisper(ANA)
    await merge(scene, ANA, first, "merge #2")
    await scene.types(ANA, second, "/incident merge #1 into #2")
    assert "INC-2 is part of INC-1 already" in await scene.last_whisper(ANA)


async def test_a_merged_incident_takes_no_subscribers_figures_or_handoffs(scene: Stage) -> None:
    first, second = await two_incidents(scene)
    await merge(scene, ANA, first, "merge #2")
    for words in ("subscribe this", "subscribe #2", "impact 40%", "impact", "follow", "handoff", "close done"):
        await scene.types(BEA, second, f"/incident {words}")
        assert "INC-2 was merged into INC-1" in await scene.last_whisper(BEA), words


async def test_status_and_catchup_of_a_merged_incident_say_where_work_goes_on_now(scene: Stage) -> None:
    first, second = await two_incidents(scene)
    await scene.types(MEI, INCIDENTS, "/incident declare sev2 carts are empty")
    third = await scene.room(3)
    await merge(scene, MEI, third, "merge #3 into #2")
    await merge(scene, BEA, second, "merge #2 into #1")
    for words in ("status", "catchup"):
        await scene.types(MEI, third, f"/incident {words}")
        assert f"Merged into INC-1 <#{first}>" in await scene.last_whisper(MEI)


async def test_a_drill_is_marked_where_a_real_incident_names_it_and_no_merge_is_suggested(scene: Stage) -> None:
    await scene.types(ANA, INCIDENTS, "/incident declare sev2 checkout returns 500s")
    first = await scene.room(1)
    await scene.types(ANA, INCIDENTS, "/incident declare drill sev2 the pool runs dry")
    await scene.submits(ANA, await scene.form(ANA))
    await scene.room(2)
    await scene.types(ANA, first, "/incident link #2 duplicate of")
    assert "merge" not in await scene.last_whisper(ANA)
    await scene.settled()
    assert "duplicate of DRILL INC-2" in await card(scene, first)


async def test_whom_only_a_merge_brought_into_a_private_incident_is_taken_out_at_one_press_when_it_is_undone(
    scene: Stage,
) -> None:
    for title in ("keys were leaked", "keys are used"):
        await scene.types(ANA, INCIDENTS, f"/incident declare private sev2 {title}")
        await scene.submits(ANA, await scene.form(ANA))
    first, second = await scene.room(1), await scene.room(2)
    await scene._post(f"as/{ANA}/invite", channel=second, users=[SAM])
    await scene.settled()
    await merge(scene, ANA, first, "merge #2 into #1")
    assert SAM in (await scene.world())["channels"][first]["members"]
    await scene.types(ANA, second, "/incident unmerge They are two")
    await scene.settled()
    offer = next(one for one in await scene.direct(ANA) if "by a merge that was taken back" in whole_text(one))
    assert f"<@{SAM}>" in whole_text(offer)
    await scene.presses(ANA, offer, "take_out")
    await scene.settled()
    world = await scene.world()
    assert SAM not in world["channels"][first]["members"]
    assert SAM in world["channels"][second]["members"]
    assert any("taken out of the channel of INC-1" in whole_text(one) for one in await scene.direct(ANA))
