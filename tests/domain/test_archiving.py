"""The channel of what is over: announced, archived, kept, needed again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.archiving import archived, wanted
from bot.domain.model import FIREBELL, Incident
from bot.domain.policy import Durations, Policy
from bot.domain.refusal import Refused
from bot.domain.venue import CHANNEL, WORKSPACE, Venue
from tests.domain.world import POLICY, START, World

DAY = timedelta(days=1)


def over(*, durations: Durations | None = None) -> World:
    """A false alarm, cancelled at once."""
    world = World(policy=replace(POLICY, durations=durations or Durations()))
    world.declare()
    world.open_room()
    world.do(c.Cancel("A load test"))
    return world


def announced() -> World:
    world = over()
    world.fire(reaction.ARCHIVE)
    world.settle(f.PostMessage("room", n.ArchiveAhead(world.now), "archive"), f.Placed("CROOM", "9.9"))
    return world


def test_the_last_message_comes_a_day_ahead_and_the_archive_a_week_after_the_end() -> None:
    world = over()
    assert world.timers[reaction.ARCHIVE] == reaction.Arm(reaction.ARCHIVE, START + 6 * DAY, 0)
    world.fire(reaction.ARCHIVE)
    assert world.effects == [f.PostMessage("room", n.ArchiveAhead(START + 7 * DAY), "archive")]
    world.fire(reaction.ARCHIVE)
    assert world.now == START + 7 * DAY
    assert world.effects == [f.ArchiveRoom(START + 6 * DAY)]
    assert world.settle(world.effects[0], f.Done()) == [e.RoomArchived()]
    assert archived(world.it)
    assert reaction.ARCHIVE not in world.timers


def test_never_is_never() -> None:
    assert reaction.ARCHIVE not in over(durations=Durations(archive_after=timedelta())).timers


def test_a_resolved_incident_is_not_over_yet() -> None:
    world = World()
    world.declare(severity="sev4")
    world.open_room()
    world.do(c.Resolve("Restarted"))
    assert reaction.ARCHIVE not in world.timers
    world.do(c.Close("Done"))
    assert reaction.ARCHIVE in world.timers


@pytest.mark.parametrize("command", [c.KeepRoom(), c.AddNote("One more thing")], ids=["button", "note"])
def test_whoever_is_still_there_puts_it_off_and_the_message_says_so(command: c.Command) -> None:
    world = announced()
    world.wait(hours=3)
    world.do(command)
    assert f.EditMessage("archive", n.ArchivePutOff()) in world.effects
    assert world.timers[reaction.ARCHIVE] == reaction.Arm(reaction.ARCHIVE, world.now + 6 * DAY, 0)


def test_a_word_in_the_channel_is_found_before_it_is_archived() -> None:
    world = announced()
    world.fire(reaction.ARCHIVE)
    spoken = world.now - timedelta(hours=2)
    assert world.settle(f.ArchiveRoom(START), f.RoomHeard(spoken)) == [e.RoomInUse(spoken)]
    assert not archived(world.it)
    assert world.timers[reaction.ARCHIVE].due_at == spoken + 6 * DAY


def test_after_downtime_people_still_get_the_day_that_was_promised() -> None:
    world = over()
    world.wait(days=30)
    world.fire(reaction.ARCHIVE)
    assert world.effects == [f.PostMessage("room", n.ArchiveAhead(world.now + DAY), "archive")]


def test_reopening_in_time_calls_it_off() -> None:
    world = World()
    world.declare(severity="sev4")
    world.open_room()
    world.do(c.Resolve("Restarted"))
    world.do(c.Close("Done"))
    world.do(c.Reopen("It is back"))
    assert reaction.ARCHIVE not in world.timers
    assert f.ReopenRoom() not in world.effects


def on_its_way(policy: Policy = POLICY, **fields: object) -> World:
    """A closed incident whose channel is to be archived: that is asked for, and not done yet."""
    world = World(policy=policy)
    world.declare(severity="sev4", **fields)
    world.open_room()
    end(world)
    world.fire(reaction.ARCHIVE)
    world.settle(f.PostMessage("room", n.ArchiveAhead(world.now), "archive"), f.Placed("CROOM", "9.9"))
    world.fire(reaction.ARCHIVE)
    world.wait(minutes=5)
    return world


def end(world: World) -> None:
    world.do(c.Resolve("Restarted"))
    world.do(c.Close("Done"))


def merged() -> World:
    """The same of an incident that was merged into another."""
    world = World()
    world.declare(severity="sev4")
    world.open_room()
    world.do(c.MergeInto(other(), "The same disk"))
    for _ in range(2):
        world.fire(reaction.ARCHIVE)
    return world


def other() -> Incident:
    return replace(World().declare(severity="sev4"), id="02", number=43)


def test_what_is_reopened_while_the_archiving_is_on_its_way_is_not_archived() -> None:
    world = on_its_way()
    assert wanted(world.it)
    world.do(c.Reopen("It is back"))
    assert not wanted(world.it)
    assert f.ReopenRoom() not in world.effects
    assert world.settle(f.ArchiveRoom(), f.Gone("The channel is needed again.")) == []
    assert not archived(world.it)


@pytest.mark.parametrize(
    ("make", "command"),
    [(on_its_way, c.Reopen("It is back")), (merged, c.Unmerge(other(), "Another disk"))],
    ids=["reopened", "unmerged"],
)
def test_what_was_archived_all_the_same_is_brought_back(make: Callable[[], World], command: c.Command) -> None:
    world = make()
    world.do(command)
    assert not wanted(world.it)
    assert world.settle(f.ArchiveRoom(), f.Done()) == [e.RoomArchived()]
    assert world.effects == [f.ReopenRoom()]
    world.settle(f.ReopenRoom(), f.RoomFacts("CROOM", "inc-42"))
    assert not archived(world.it)
    assert f.RefreshCard(f.CARD) in world.effects
    assert f.RefreshCard(f.SUMMARY_CARD) in world.effects


@pytest.mark.parametrize("command", [c.KeepRoom(), c.AddNote("One more thing")], ids=["button", "note"])
def test_whoever_comes_while_the_archiving_is_on_its_way_puts_it_off(command: c.Command) -> None:
    world = on_its_way()
    assert world.do(command)
    assert not wanted(world.it)
    assert f.EditMessage("archive", n.ArchivePutOff()) in world.effects
    assert world.timers[reaction.ARCHIVE] == reaction.Arm(reaction.ARCHIVE, world.now + 6 * DAY, 0)
    world.fire(reaction.ARCHIVE)
    assert not wanted(world.it)
    world.fire(reaction.ARCHIVE)
    assert world.effects == [f.ArchiveRoom(world.now - DAY)]


def test_keeping_the_channel_of_what_is_not_over_is_true_already() -> None:
    world = World()
    world.declare(severity="sev4")
    world.open_room()
    assert world.do(c.KeepRoom()) == []


def test_what_could_not_be_archived_may_be_tried_again_by_hand() -> None:
    world = on_its_way()
    world.do(c.RecordFailure("e7", f.ArchiveRoom(), "auth", "A scope is missing."), FIREBELL)
    world.wait(hours=1)
    world.do(c.RetryEffect("e7"))
    assert world.retried == ["e7"]
    assert wanted(world.it)
    assert f.EditMessage("archive", n.ArchivePutOff()) not in world.effects


def test_what_could_not_be_archived_once_is_archived_after_its_next_end() -> None:
    world = on_its_way()
    world.do(c.RecordFailure("e7", f.ArchiveRoom(), "auth", "A scope is missing."), FIREBELL)
    world.do(c.Reopen("It is back"))
    world.do(c.RetryEffect("e7"))
    assert not wanted(world.it)
    end(world)
    for _ in range(2):
        world.fire(reaction.ARCHIVE)
    assert world.effects == [f.ArchiveRoom(world.now - DAY)]


def test_one_that_is_brought_back_says_where_things_stand_now() -> None:
    world = on_its_way()
    world.settle(f.ArchiveRoom(), f.Done())
    assert world.settle(f.ArchiveRoom(), f.Done()) == []
    world.do(c.Reopen("It is back"))
    assert archived(world.it)
    world.settle(f.ReopenRoom(), f.RoomFacts("CROOM", "inc-42"))
    assert f.SetTopic() in world.effects
    assert f.PostCard(f.CARD) not in world.effects


def test_what_is_reopened_after_that_gets_its_channel_back_or_another_first_of_all() -> None:
    world = on_its_way()
    world.settle(f.ArchiveRoom(), f.Done())
    with pytest.raises(Refused):
        world.do(c.KeepRoom())
    world.do(c.Reopen("It is back"))
    assert world.effects[0] == f.ReopenRoom()
    world.do(c.RecordOutcome("e9", f.ReopenRoom(), f.RoomFacts("CNEW", "inc-42-2")), FIREBELL)
    assert world.it.room is not None
    assert world.it.room.channel == "CNEW"
    assert f.CARD not in world.it.messages
    assert f.SUMMARY_CARD in world.it.messages
    assert f.PostCard(f.CARD) in world.effects
    assert f.PostMessage("room", n.RoomReplaced("CROOM")) in world.effects
    assert not archived(world.it)


def test_a_channel_that_takes_an_archived_ones_place_is_set_up_like_a_new_one() -> None:
    service = replace(POLICY.services[0], oncall_group="SONCALL")
    world = on_its_way(replace(POLICY, services=(service,), canvas=True), services=("checkout",))
    world.settle(f.OpenCall(), f.CallFacts("https://zoom.example/j/1"))
    world.settle(f.WriteCanvas(), f.CanvasFacts("F1"))
    world.settle(f.ArchiveRoom(), f.Done())
    world.do(c.Reopen("It is back"))
    world.settle(f.ReopenRoom(), f.RoomFacts("CNEW", "inc-42-2"))
    assert world.it.venue == Venue(call_url="https://zoom.example/j/1")
    assert f.WriteCanvas() in world.effects
    marks = [one.what for one in world.effects if isinstance(one, f.AddBookmark)]
    assert marks == ["summary", "dashboard:checkout", "call"]
    assert [one.groups for one in world.effects if isinstance(one, f.InviteToRoom)] == [("SONCALL",)]
    assert [one for one in world.effects if isinstance(one, f.PinCard | f.SetTopic)] == [f.SetTopic(), f.PinCard()]


@pytest.mark.parametrize(("extent", "left"), [(CHANNEL, ""), (WORKSPACE, "canvas_disabled")])
def test_a_refusal_of_the_old_channels_canvas_says_nothing_about_the_new_one(extent: str, left: str) -> None:
    world = on_its_way(replace(POLICY, canvas=True))
    world.settle(f.WriteCanvas(), f.CanvasDenied("canvas_disabled", extent))
    world.settle(f.ArchiveRoom(), f.Done())
    world.do(c.Reopen("It is back"))
    world.settle(f.ReopenRoom(), f.RoomFacts("CNEW", "inc-42-2"))
    assert world.it.venue.refused == left
