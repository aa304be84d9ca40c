"""What asks something of somebody asks it no more once its incident has ended: one line says so, and where work is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.decisions.relations import named
from bot.domain.model import Status
from bot.domain.relations import Other
from tests.domain.test_relations import WHY, merge, two
from tests.domain.world import ANA, BEA, World

Asking = Callable[[World], None]


def reminded(world: World) -> None:
    for _ in range(3):
        world.fire(reaction.UPDATE)
        placed(world)


def absent(world: World) -> None:
    world.fire(reaction.ABSENT)
    placed(world)


def vacant(world: World) -> None:
    world.do(c.ReleaseRole("commander"))
    world.fire(reaction.NO_COMMANDER)
    placed(world)


def handed_over(world: World) -> None:
    world.do(c.OfferHandoff(BEA.id, ("commander",), "All quiet"))
    placed(world)
    world.do(c.DeclineHandoff(1), BEA)
    placed(world)


def placed(world: World) -> None:
    """Let the chat system take what was sent."""
    sent = [one for one in world.effects if isinstance(one, f.PostMessage | f.DirectMessage) and one.slot]
    for place, one in enumerate(sent):
        channel = f"D{one.user}" if isinstance(one, f.DirectMessage) else "CROOM"
        world.settle(one, f.Placed(channel, f"3.{place}"))


ASKING = pytest.mark.parametrize(
    ("asking", "start"),
    [(reminded, "reminder:"), (absent, "offer:"), (vacant, "chair:"), (handed_over, "handoff_news:")],
)


def edited(world: World, start: str) -> dict[str, n.Notice]:
    return {
        one.slot: one.notice for one in world.effects if isinstance(one, f.EditMessage) and one.slot.startswith(start)
    }


@ASKING
def test_a_merge_edits_it_to_one_line_that_says_where_work_goes_on(asking: Asking, start: str) -> None:
    first, second = two()
    asking(second)
    slots = [slot for slot in second.it.messages if slot.startswith(start)]
    assert slots
    second.do(c.MergeInto(first.it, WHY))
    line = n.AskOver(Status.MERGED, second.now, named(first.it))
    assert edited(second, start) == dict.fromkeys(slots, line)


@ASKING
def test_a_cancelled_incident_asks_nothing_any_more_and_a_reopened_one_asks_anew(asking: Asking, start: str) -> None:
    world, _ = two()
    asking(world)
    world.do(c.Cancel("A test"))
    assert set(edited(world, start).values()) == {n.AskOver(Status.CANCELLED, world.now)}
    world.do(c.AddNote("For the record"))
    assert edited(world, start) == {}


def test_a_reminder_that_the_last_update_answers_is_said_to_be_answered() -> None:
    world, _ = two()
    reminded(world)
    world.do(c.Resolve("Rolled back"))
    assert {type(one) for one in edited(world, "reminder:").values()} == {n.ReminderAnswered}


def test_a_question_whether_an_assumed_severity_is_right_ends_with_the_incident() -> None:
    world = World()
    world.declare(severity=None)
    world.open_room()
    world.fire(reaction.CONFIRM_SEVERITY)
    placed(world)
    world.do(c.Cancel("A test"))
    assert list(edited(world, "severity_asked")) == ["severity_asked"]


@ASKING
def test_what_arrives_only_after_the_end_is_edited_when_it_stands(asking: Asking, start: str) -> None:
    first, second = two()
    asking(second)
    sent = next(slot for slot in second.it.messages if slot.startswith(start))
    second.do(c.MergeInto(first.it, WHY))
    second.settle(f.DirectMessage("U9", n.NoCommander(5), f"{sent}:U9"), f.Placed("DU9", "4.1"))
    assert edited(second, start) == {f"{sent}:U9": n.AskOver(Status.MERGED, second.now, named(first.it))}


def test_whoever_left_a_private_incident_does_not_learn_of_the_one_that_took_it_in() -> None:
    first, second = two(private=True)
    reminded(second)
    second.do(c.LeaveRoom("U9"))
    second.do(c.MergeInto(first.it, WHY))
    lines = edited(second, "reminder:")
    for slot, line in lines.items():
        told = second.it.messages[slot].channel == "CROOM"
        assert isinstance(line, n.AskOver)
        assert line.into == (named(first.it) if told else None)
    assert len(set(lines.values())) == 2


def test_the_question_to_role_holders_of_a_part_ends_when_it_is_taken_out_again() -> None:
    first, second = two()
    second.do(c.AssignRole("scribe", BEA.id))
    merge(second, first)
    placed(first)
    first.do(c.ReleasePart(second.it, WHY))
    gone = n.PartReleased(replace(Other("43", 43), channel="CROOM"), WHY, ANA.id)
    assert edited(first, "role_in_part:")[f"role_in_part:43:{BEA.id}"] == gone
