"""Who does what: given, taken, handed over, left; nobody loses a role unasked or unheard."""

from __future__ import annotations

import pytest

from tests.stories.stage import ALERTS, ANA, BEA, MEI, SAM, Stage, find_control, whole_text

pytestmark = pytest.mark.slow


async def declared(scene: Stage, user: str = ANA) -> str:
    """A sev2 incident. Ana is a responder and so commands; Sam is none, and leaves it without a commander."""
    await scene.types(user, ALERTS, "/incident declare sev2 odd prices")
    return await scene.room()


async def said(scene: Stage, room: str) -> list[str]:
    """What the channel was told, beside the card."""
    await scene.settled()
    return [whole_text(one) for one in await scene.messages(room)]


async def told(scene: Stage, user: str) -> list[str]:
    await scene.settled()
    return [whole_text(one) for one in await scene.direct(user)]


async def test_a_new_holder_is_told_what_the_role_does_and_can_begin_at_once(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident assign comms @sam")
    assert f"<@{SAM}> is now communications lead of INC-1." in await scene.last_whisper(ANA)
    assert any(text.count("Communications lead: ") for text in await said(scene, room))
    card = (await scene.direct(SAM))[-1]
    duties = whole_text(card)
    assert "You are communications lead of INC-1 odd prices." in duties
    assert f"<@{ANA}> asked you to." in duties
    assert duties.count("\n• ") >= 1
    await scene.presses(SAM, card, "open_update")
    assert (await scene.form(SAM))["callback_id"] == "update"


async def test_taking_an_occupied_role_asks_first_then_tells_the_holder_and_shows_once(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(BEA, room, "/incident take")
    question = next(one for one in (await scene.world())["ephemerals"] if "is commander of" in whole_text(one))
    assert not any(f"<@{BEA}>" in text for text in await said(scene, room)), "nothing has moved yet"
    await scene.presses(BEA, {**question, "is_ephemeral": True}, "take_role")
    moved = [text for text in await said(scene, room) if "takes over from" in text]
    assert len(moved) == 1
    assert f"Commander: <@{BEA}>, who takes over from <@{ANA}>" in moved[0]
    assert any(f"<@{BEA}> is now commander" in text for text in await told(scene, ANA))
    assert any("You are commander of INC-1" in text for text in await told(scene, BEA))


async def test_whoever_leaves_a_role_leaves_it_vacant_with_a_button_for_the_next(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident assign scribe @mei")
    await scene.types(MEI, room, "/incident release scribe")
    assert "You are no longer scribe of INC-1. Nobody holds that role now." in await scene.last_whisper(MEI)
    await scene.settled()
    vacant = next(one for one in await scene.messages(room) if "Scribe is vacant" in whole_text(one))
    assert f"<@{MEI}> stepped down" in whole_text(vacant)
    find_control(vacant, "take_role")
    await scene.presses(BEA, vacant, "take_role")
    assert any(f"Scribe: <@{BEA}>" in text for text in await said(scene, room))


async def test_without_a_commander_the_channel_is_told_after_five_minutes_and_one_press_leads(scene: Stage) -> None:
    room = await declared(scene, SAM)
    scene.skip(minutes=5.1)
    await scene.until(lambda _: scene.rows("SELECT 1 FROM events WHERE type = 'CommanderMissing'"), "nobody was missed")
    await scene.settled()
    asked = next(one for one in await scene.messages(room) if "has had no commander for" in whole_text(one))
    await scene.presses(BEA, asked, "take_command")
    assert any(f"Commander: <@{BEA}>" in text for text in await said(scene, room))


async def test_the_roles_of_somebody_who_is_deactivated_are_vacant(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident assign scribe @mei")
    await scene.settled()
    await scene._post(f"as/{MEI}/deactivate", deleted=True)
    await scene.until(lambda _: scene.rows("SELECT 1 FROM events WHERE type = 'RoleReleased'"), "the role was kept")
    assert any("Scribe is vacant" in text for text in await said(scene, room))
    await scene.types(ANA, room, "/incident status")
    assert f"<@{MEI}>" not in await scene.last_whisper(ANA)


async def test_a_commander_who_does_not_act_leads_to_an_offer_to_the_deputy_and_nothing_moves_by_itself(
    scene: Stage,
) -> None:
    await scene.types(ANA, ALERTS, "/incident declare sev1 checkout is down")
    room = await scene.room()
    await scene.types(ANA, room, "/incident assign deputy @bea")
    await scene.settled()
    scene.skip(minutes=20.5)
    await scene.until(lambda _: scene.rows("SELECT 1 FROM events WHERE type = 'CommanderAbsent'"), "nobody was asked")
    await scene.settled()
    offer = next(one for one in await scene.direct(BEA) if "Take command?" in whole_text(one))
    assert f"<@{ANA}> has not acted in INC-1 checkout is down for 20 min." in whole_text(offer)
    await scene.types(SAM, room, "/incident status")
    assert f"*Commander* <@{ANA}>" in await scene.last_whisper(SAM)
    await scene.presses(BEA, offer, "take_offered")
    assert any(f"Commander: <@{BEA}>, who takes over from <@{ANA}>" in text for text in await said(scene, room))


async def test_one_click_of_the_commander_answers_and_the_offer_becomes_one_line(scene: Stage) -> None:
    await scene.types(ANA, ALERTS, "/incident declare sev1 checkout is down")
    room = await scene.room()
    scene.skip(minutes=20.5)
    await scene.until(lambda _: scene.rows("SELECT 1 FROM events WHERE type = 'CommanderAbsent'"), "nobody was asked")
    await scene.settled()
    question = next(one for one in await scene.direct(ANA) if "one click says so" in whole_text(one))
    assert any("Take command?" in text for text in await said(scene, room))
    await scene.presses(ANA, question, "confirm_presence")
    await scene.settled()
    assert not any("Take command?" in text for text in await said(scene, room)), "the offer still stands"
    assert not any("one click says so" in text for text in await told(scene, ANA))
    assert any("is no longer offered: the commander acted" in text for text in await said(scene, room))
    await scene.types(SAM, room, "/incident status")
    assert f"*Commander* <@{ANA}>" in await scene.last_whisper(SAM)


async def test_a_chair_that_stays_empty_is_brought_up_with_those_on_call(scene: Stage) -> None:
    await scene.types(SAM, ALERTS, "/incident declare sev2 checkout is odd")
    await scene.room()
    for asked in ("room", "oncall"):
        scene.skip(minutes=5.1)
        found = f"SELECT 1 FROM events WHERE type = 'CommanderMissing' AND data LIKE '%\"{asked}\"%'"
        await scene.until(lambda _, found=found: scene.rows(found), f"{asked} was not asked")
    await scene.settled()
    world = await scene.world()
    told = [key for key, one in world["channels"].items() if one["kind"] == "im" and "has had no commander" in str(one)]
    assert told
