"""An exercise, from its declaration to its end."""

from __future__ import annotations

import pytest

from tests.stories.stage import ANA, INCIDENTS, SAM, Stage, whole_text

pytestmark = pytest.mark.slow


async def test_every_message_of_a_drill_says_that_it_is_one_and_no_subscriber_hears(scene: Stage) -> None:
    await scene.types(SAM, INCIDENTS, "/incident subscribe everything")
    await scene.types(ANA, INCIDENTS, "/incident drill sev1 the data centre floods")
    await scene.submits(ANA, await scene.form(ANA))
    room = await scene.room()
    await scene.types(ANA, room, "/incident update Traffic is on the other site")
    await scene.types(ANA, room, "/incident resolve Traffic is back")
    await scene.settled()
    for place in (room, INCIDENTS):
        said = [one for one in await scene.messages(place) if "INC-1" in one["text"]]
        assert said
        assert all(one["text"].startswith("DRILL ") for one in said)
        assert all("DRILL" in whole_text({"blocks": one.get("blocks")}) for one in said)
    assert not any("INC-1" in whole_text(one) for one in await scene.direct(SAM))
    await scene.types(SAM, INCIDENTS, "/incident priorities")
    assert "data centre" not in await scene.last_whisper(SAM)
