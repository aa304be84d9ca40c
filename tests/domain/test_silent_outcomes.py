"""Outcomes of which no incident has anything to record are told from the others without reading an incident."""

from __future__ import annotations

import pytest

from bot.domain import effects as f
from bot.domain.decisions.outcomes import says_nothing
from bot.domain.notices import NoCommander
from tests.domain.world import World

NOTICE = NoCommander(5)
EFFECTS: tuple[f.Effect, ...] = (
    f.OpenRoom(),
    f.InviteToRoom(("UANA",)),
    f.InviteToRoom(("UANA",), step="responders"),
    f.PostCard("card"),
    f.RefreshCard("card"),
    f.SetTopic(),
    f.PinCard(),
    f.AddBookmark("summary"),
    f.PostMessage("room", NOTICE),
    f.PostMessage("room", NOTICE, "slot"),
    f.TellAudience("followers", NOTICE),
    f.DirectMessage("UANA", NOTICE),
    f.DirectMessage("UANA", NOTICE, "slot"),
    f.EditMessage("slot", NOTICE),
    f.ArchiveRoom(),
    f.RemoveFiles(("F1",)),
)
OUTCOMES = (f.Done(), f.Placed("C1", "1.0"))


@pytest.mark.parametrize("with_room", [False, True])
def test_nothing_follows_from_an_outcome_that_says_nothing(with_room: bool) -> None:
    for effect in EFFECTS:
        for facts in OUTCOMES:
            if says_nothing(effect, facts):
                world = World()
                world.declare()
                if with_room:
                    world.open_room()
                assert world.settle(effect, facts) == [], f"{effect} {facts}"


def test_most_of_what_is_sent_says_nothing_and_what_has_a_place_or_ticks_a_step_does() -> None:
    silent = [effect for effect in EFFECTS if any(says_nothing(effect, facts) for facts in OUTCOMES)]

    assert silent == [
        f.InviteToRoom(("UANA",)),
        f.RefreshCard("card"),
        f.PostMessage("room", NOTICE),
        f.PostMessage("room", NOTICE, "slot"),
        f.TellAudience("followers", NOTICE),
        f.DirectMessage("UANA", NOTICE),
        f.DirectMessage("UANA", NOTICE, "slot"),
        f.EditMessage("slot", NOTICE),
    ]
    assert not says_nothing(f.DirectMessage("UANA", NOTICE, "slot"), f.Placed("C1", "1.0"))
