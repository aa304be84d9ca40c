"""What Firebell may cost in attention: messages in the incident channel."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.stories.stage import ALERTS, ANA, BEA, Stage

pytestmark = pytest.mark.slow

BUDGET = 25
"""Messages of the bot in the channel of a sev2 of two hours, with four updates and ten notes."""

HOURS = 2
UPDATES = {35: "We are looking at the deploy", 70: "The cause is known", 105: "Rolling back", 115: "Half of it is back"}
"""By minute. All but the last are late, so that somebody has to be reminded."""


async def test_a_sev2_of_two_hours_with_four_updates_and_ten_notes_stays_within_the_budget(scene: Stage) -> None:
    await scene.types(ANA, ALERTS, "/incident declare sev2 checkout returns 500s")
    room = await scene.room()
    await scene.types(ANA, room, "/incident assign scribe @bea")
    notes = 0
    for minute in range(0, HOURS * 60, 5):
        if minute % 10 == 0 and notes < 10:
            notes += 1
            await scene.types(BEA, room, f"/incident note Tried thing {notes}")
        if minute == 20:
            await scene.types(ANA, room, "/incident status identified the deploy of 02:40")
        if minute == 40:
            await scene.types(ANA, room, "/incident severity sev1 payments fail too")
        if minute == 50:
            await scene.types(ANA, room, "/incident severity sev2 payments are back")
        if minute in UPDATES:
            await scene.types(ANA, room, f"/incident update {UPDATES[minute]}")
        scene.skip(minutes=5)
        await scene.settled()
    await scene.types(ANA, room, "/incident resolve Rolled back")
    await scene.until(lambda _: scene.rows("SELECT 1 FROM events WHERE type = 'DocumentShared'"), "no postmortem")
    await scene.settled()
    said = await scene.messages(room)
    kinds = Counter(one["text"].partition(": ")[2].partition(" · ")[0] for one in said)
    assert (
        sum("Tried thing" in str(row) for row in scene.rows("SELECT data FROM events WHERE type = 'NoteAdded'")) == 10
    )
    assert len(scene.rows("SELECT 1 FROM events WHERE type = 'UpdatePosted'")) == len(UPDATES) + 1
    assert len(said) <= BUDGET, kinds
