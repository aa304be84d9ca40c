"""A private incident is known to those in its channel, and to nobody else."""

from __future__ import annotations

import pytest

from tests.stories.stage import ALERTS, ANA, BEA, INES, MEI, SAM, Stage, find_control, whole_text

pytestmark = pytest.mark.slow


async def private_room(scene: Stage) -> str:
    """Ana declares in private; returns the channel."""
    await scene.types(ANA, ALERTS, "/incident declare")
    view = await scene.form(ANA)
    box = next(block for block in view["blocks"] if block.get("block_id") == "private")["element"]["options"][0]
    await scene.submits(ANA, view, title={"value": "Leaked keys"}, private={"selected_options": [box]})
    return await scene.room()


async def invite(scene: Stage, room: str, user: str) -> None:
    """Ana invites somebody by the chat's own means, and Firebell hears of it."""
    await scene._post(f"as/{ANA}/invite", channel=room, users=[user])
    await heard(scene, "PersonEntered", user)


async def heard(scene: Stage, event: str, user: str) -> None:
    told = f"SELECT 1 FROM events WHERE type = '{event}' AND data LIKE '%{user}%'"
    await scene.until(lambda _: scene.rows(told), f"no {event} of {user}")


async def answer(scene: Stage, user: str, words: str) -> str:
    """What somebody is told elsewhere."""
    await scene.types(user, ALERTS, f"/incident {words}")
    return await scene.last_whisper(user)


async def test_nobody_is_in_the_channel_of_a_private_sev1_whom_nobody_invited(scene: Stage) -> None:
    await scene.types(ANA, ALERTS, "/incident declare private sev1 checkout keys were leaked")
    await scene.submits(ANA, await scene.form(ANA))
    room = await scene.room()
    await scene.settled()
    world = await scene.world()
    everybody = {ANA, BEA, INES, MEI, SAM}
    assert everybody & set(world["channels"][room]["members"]) == {ANA}


async def test_whoever_is_invited_into_the_channel_finds_the_incident_everywhere(scene: Stage) -> None:
    room = await private_room(scene)
    assert "no incident #1" in await answer(scene, SAM, "status #1")
    await invite(scene, room, SAM)
    assert "Leaked" in await answer(scene, SAM, "list")
    assert "Leaked" in await answer(scene, SAM, "status #1")


async def test_whoever_leaves_the_channel_is_told_nothing_more_until_they_return(scene: Stage) -> None:
    room = await private_room(scene)
    await invite(scene, room, SAM)
    await scene.types(SAM, room, "/incident follow")
    await scene.types(ANA, room, "/incident update Keys are being rotated")
    await scene.settled()
    assert any("Keys are being rotated" in whole_text(one) for one in await scene.direct(SAM))

    await scene._post(f"as/{SAM}/leave", channel=room)
    await heard(scene, "PersonLeft", SAM)

    for words in ("status #1", "timeline #1", "note #1 still here"):
        assert "no incident #1" in await answer(scene, SAM, words)
    assert "Leaked" not in await answer(scene, SAM, "list")
    await scene.types(ANA, room, "/incident update The old keys are dead")
    await scene.settled()
    assert not any("The old keys are dead" in whole_text(one) for one in await scene.direct(SAM))
    told = next(one for one in await scene.direct(SAM) if "Keys are being rotated" in whole_text(one))
    await scene.presses(SAM, told, "more", selected_option={"value": told_value(told, "follow")})
    await scene.settled()
    assert len(scene.rows("SELECT 1 FROM events WHERE type = 'Followed'")) == 1, "an old copy opens no way back in"

    await scene._post(f"as/{ANA}/invite", channel=room, users=[SAM])
    joined = f"SELECT 1 FROM events WHERE type = 'PersonEntered' AND data LIKE '%{SAM}%'"
    await scene.until(lambda _: len(scene.rows(joined)) == 2, "the return was not heard")
    assert "Leaked" in await answer(scene, SAM, "status #1")


def told_value(message: dict[str, object], act: str) -> str:
    """The value behind a menu's entry for an act."""
    _, menu = find_control(message, "more")
    return next(str(option["value"]) for option in menu["options"] if f'"{act}"' in str(option["value"]))
