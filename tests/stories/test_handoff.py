"""Handing over at the end of a shift: with a note, by consent, and with nothing typed lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.stage import ALERTS, ANA, BEA, MEI, SAM, Stage, find_control, whole_text

pytestmark = pytest.mark.slow


async def declared(scene: Stage, title: str = "odd prices", number: int = 1) -> str:
    await scene.types(ANA, ALERTS, f"/incident declare sev2 {title}")
    return await scene.room(number)


async def asked(scene: Stage, user: str) -> dict[str, Any]:
    """The message that asks somebody to take over."""
    await scene.settled()
    return next(one for one in reversed(await scene.direct(user)) if "asks you to take over" in whole_text(one))


def note_of(view: dict[str, Any]) -> str:
    block = next(one for one in view["blocks"] if str(one.get("block_id")).startswith("note:"))
    return str(block["element"]["initial_value"])


def note_block(view: dict[str, Any]) -> str:
    return next(str(one["block_id"]) for one in view["blocks"] if str(one.get("block_id")).startswith("note:"))


async def test_command_is_handed_over_with_a_drafted_note_once_the_receiver_accepts(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident note Decided to roll back rather than forward")
    await scene.types(ANA, room, "/incident note Is the cache warm?")
    await scene.types(ANA, room, "/incident handoff commander @bea")
    form = await scene.form(ANA)
    draft = note_of(form)
    assert "State: SEV2, declared" in draft
    assert "Decided to roll back rather than forward" in draft.split("Open questions")[0]
    assert "Is the cache warm?" in draft.split("Open questions")[1].split("What was tried")[0]
    assert "Next update due:" in draft
    await scene.submits(ANA, form, **{note_block(form): {"value": f"{draft}\nMei knows the cache."}})
    question = await asked(scene, BEA)
    assert "Mei knows the cache." in whole_text(question)
    await scene.types(SAM, room, "/incident status")
    assert f"*Commander* <@{ANA}>" in await scene.last_whisper(SAM), "until it is accepted the sender holds the role"
    await scene.presses(BEA, question, "accept_handoff")
    await scene.presses(BEA, question, "accept_handoff")
    await scene.settled()
    said = [whole_text(one) for one in await scene.messages(room)]
    assert sum("is now commander, handed over by" in text for text in said) == 1
    assert any("has taken over as commander" in whole_text(one) for one in await scene.direct(ANA))
    kinds = [kind for (kind,) in scene.rows("SELECT type FROM events ORDER BY seq")]
    assert kinds.count("HandoffOffered") == kinds.count("HandoffAccepted") == 1
    await scene.types(BEA, room, "/incident timeline")
    assert "Mei knows the cache." in await scene.last_whisper(BEA)


async def test_whoever_declines_changes_nothing_and_the_note_is_kept_for_the_next(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident handoff commander @bea she knows redis")
    form = await scene.form(ANA)
    assert note_of(form).startswith("she knows redis")
    await scene.submits(ANA, form)
    await scene.presses(BEA, await asked(scene, BEA), "decline_handoff")
    await scene.settled()
    news = (await scene.direct(ANA))[-1]
    assert f"<@{BEA}> declined to take over as commander" in whole_text(news)
    await scene.presses(ANA, news, "open_handoff")
    assert note_of(await scene.form(ANA)).startswith("she knows redis")
    await scene.types(ANA, room, "/incident status")
    assert f"*Commander* <@{ANA}>" in await scene.last_whisper(ANA)


async def test_at_the_end_of_a_shift_everything_one_holds_is_handed_over_in_one_form(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident assign scribe @ana")
    await declared(scene, "slow search", 2)
    await scene.types(ANA, ALERTS, "/incident handoff all @bea")
    form = await scene.form(ANA)
    assert "You are commander and scribe." in whole_text(form)
    await scene.submits(ANA, form)
    await scene.settled()
    questions = [one for one in await scene.direct(BEA) if "asks you to take over" in whole_text(one)]
    assert len(questions) == 2
    for question in questions:
        await scene.presses(BEA, question, "accept_handoff")
    await scene.types(BEA, ALERTS, "/incident list")
    assert f"<@{ANA}>" not in await scene.last_whisper(BEA)


async def test_an_offer_ends_when_somebody_else_takes_command_meanwhile(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident handoff commander @bea")
    await scene.submits(ANA, await scene.form(ANA))
    question = await asked(scene, BEA)
    await scene.types(ANA, room, "/incident assign commander @mei")
    await scene.settled()
    settled = next(one for one in await scene.direct(BEA) if one["ts"] == question["ts"])
    assert "so this handoff has ended" in whole_text(settled)
    with pytest.raises(AssertionError):
        find_control(settled, "accept_handoff")
    await scene.types(MEI, room, "/incident status")
    assert f"*Commander* <@{MEI}>" in await scene.last_whisper(MEI)


async def test_a_private_incident_is_not_handed_to_somebody_outside(scene: Stage) -> None:
    await scene.types(ANA, ALERTS, "/incident declare private sev2 leaked keys")
    await scene.submits(ANA, await scene.form(ANA))
    room = await scene.room()
    await scene.types(ANA, room, "/incident handoff commander @bea")
    form = await scene.form(ANA)
    answer = await scene.submits(ANA, form, **{note_block(form): {"value": "All of this was typed by hand."}})
    assert "is not in this private incident" in str(answer)
    assert (await scene.form(ANA))["id"] == form["id"], "the form stays, with what was typed"
    assert not scene.rows("SELECT 1 FROM events WHERE type = 'HandoffOffered'")


async def test_whoever_hands_over_hears_that_nobody_has_answered(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident handoff commander @bea")
    await scene.submits(ANA, await scene.form(ANA))
    await scene.settled()
    scene.skip(minutes=10.2)
    await scene.until(lambda _: scene.rows("SELECT 1 FROM events WHERE type = 'HandoffUnanswered'"), "nobody was told")
    await scene.settled()
    assert any("has not answered your handoff" in whole_text(one) for one in await scene.direct(ANA))
