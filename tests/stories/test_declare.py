"""Declaring, as people live it."""

from __future__ import annotations

import pytest

from tests.stories.stage import ALERTS, ANA, BEA, INCIDENTS, JSON, SAM, TOMAS, Stage, find_control, whole_text

pytestmark = pytest.mark.slow


async def test_one_line_declares_opens_a_channel_and_tells_the_summary_channel(scene: Stage) -> None:
    await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
    room = await scene.room()
    world = await scene.world()
    channel = world["channels"][room]
    assert channel["name"] == "inc-1-checkout-returns-500s"
    assert ANA in channel["members"]
    assert "SEV1" in channel["topic"]
    assert len(channel["pins"]) == 1
    assert 1 <= len(channel["bookmarks"]) <= 2
    (card,) = [one for one in await scene.messages(room) if one["ts"] == _pinned(channel)]
    assert "INC-1" in whole_text(card)
    summary = [one for one in await scene.messages(INCIDENTS) if "INC-1" in one["text"]]
    assert len(summary) == 1
    assert "guessed" in await scene.last_whisper(ANA)


def _pinned(channel: JSON) -> str:
    return str(channel["pins"][0]["ts"])


async def test_the_form_needs_a_title_only_and_shows_the_error_beside_it(scene: Stage) -> None:
    await scene.types(BEA, ALERTS, "/incident declare")
    view = await scene.form(BEA)
    answer = await scene.submits(BEA, view)
    assert set(answer["errors"]) == {"title"}
    answer = await scene.submits(BEA, view, title={"value": "Search is slow"})
    assert answer["ok"], answer
    await scene.room()


async def test_bare_text_opens_the_form_and_never_declares(scene: Stage) -> None:
    await scene.types(ANA, ALERTS, "/incident the shop is down")
    view = await scene.form(ANA)
    assert "the shop is down" in str(view["blocks"][0])
    assert scene.rows("SELECT count(*) FROM incidents") == [(0,)]


async def test_a_double_click_takes_command_once(scene: Stage) -> None:
    await scene.types(SAM, ALERTS, "/incident declare sev2 odd prices")
    room = await scene.room()
    card = next(one for one in await scene.messages(room) if "odd prices" in one["text"])
    find_control(card, "take_command")
    await scene.presses(BEA, card, "take_command")
    await scene.presses(BEA, card, "take_command")
    await scene.settled()
    assert scene.rows("SELECT count(*) FROM events WHERE type = 'RoleAssigned'") == [(1,)]


async def test_a_guest_is_refused_with_the_own_text_handed_back(scene: Stage) -> None:
    await scene.types(TOMAS, ALERTS, "/incident declare sev1 nothing works")
    answer = await scene.last_whisper(TOMAS)
    assert answer.startswith("Nothing changed.")
    assert "nothing works" in answer
    assert scene.rows("SELECT count(*) FROM incidents") == [(0,)]


async def test_a_private_incident_is_invisible_to_those_outside(scene: Stage) -> None:
    await scene.types(ANA, ALERTS, "/incident declare")
    view = await scene.form(ANA)
    box = next(block for block in view["blocks"] if block.get("block_id") == "private")["element"]["options"][0]
    await scene.submits(ANA, view, title={"value": "Leaked keys"}, private={"selected_options": [box]})
    await scene.settled()
    assert not any("Leaked" in whole_text(one) for one in await scene.messages(INCIDENTS))
    await scene.types(SAM, ALERTS, "/incident list")
    assert "Leaked" not in await scene.last_whisper(SAM)
    await scene.types(SAM, ALERTS, "/incident status #1")
    assert "no incident #1" in await scene.last_whisper(SAM)
    await scene.types(ANA, ALERTS, "/incident list")
    assert "Leaked" in await scene.last_whisper(ANA)
