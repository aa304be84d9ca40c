"""Who stays in a private incident's channel when a merge is taken back, and whom one press takes out of it."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import Actor
from tests.domain.test_relations import merge, other, two
from tests.domain.world import World


def private_pair() -> tuple[World, World]:
    """INC-43, with its own people, was merged into INC-42; both are private."""
    first, second = two(private=True)
    for user in ("U1", "U2", "U3", "U4"):
        second.do(c.EnterRoom(user))
    second.do(c.Follow(), Actor("U2"))
    first.do(c.EnterRoom("U4"))
    merge(second, first)
    for user in ("U1", "U2", "U3"):
        first.do(c.EnterRoom(user))
    return first, second


def third_with(*users: str) -> World:
    """INC-44, private, with its own people."""
    third = other(two(private=True)[1], 44)
    for user in users:
        third.do(c.EnterRoom(user))
    return third


def staying(whole: World, part: World) -> tuple[str, ...]:
    """Take a part out; returns who stays in the room without a ground."""
    released = whole.do(c.ReleasePart(part.it, "Not the same"))[0]
    assert isinstance(released, e.PartReleased)
    return released.staying


def again(world: World, user: str) -> None:
    """They leave, and a person invites them."""
    world.do(c.LeaveRoom(user))
    world.do(c.EnterRoom(user))


def test_whoever_only_a_merge_brought_into_a_private_incident_is_taken_out_at_one_press_after_it_was_undone() -> None:
    first, second = private_pair()
    first.do(c.AssignRole("scribe", "U3"))
    first.do(c.ReleasePart(second.it, "Not the same"))
    offer = f.DirectMessage("UANA", n.BroughtIn(("U1", "U2")), "brought_in:43")
    assert offer in first.effects
    first.settle(offer, f.Placed("D1", "5.1"))
    assert first.do(c.TakeOut()) == [e.PeopleTakenOut(("U1", "U2"))]
    assert f.RemoveFromRoom(("U1", "U2")) in first.effects
    assert f.EditMessage("brought_in:43", n.BroughtIn(("U1", "U2"))) in first.effects
    assert first.it.inside >= {"UANA", "U3", "U4"}
    assert not first.it.inside & {"U1", "U2"}
    assert first.do(c.TakeOut()) == []
    assert first.do(c.LeaveRoom("U1")) == []


def test_whoever_has_another_ground_by_then_stays() -> None:
    first, second = private_pair()
    first.do(c.ReleasePart(second.it, "Not the same"))
    first.do(c.Follow(), Actor("U1"))
    first.do(c.LeaveRoom("U2"))
    assert first.do(c.TakeOut()) == [e.PeopleTakenOut(("U3",))]


def test_another_part_that_has_the_same_people_keeps_them() -> None:
    first, second = private_pair()
    third = third_with("U1", "U4")
    merge(third, first)
    assert f.InviteToRoom(users=("U1",)) not in first.effects
    assert staying(first, second) == ("U2", "U3")
    assert staying(first, third) == ("U1",), "U4 was in it before either"


def test_whom_the_next_merge_names_again_nobody_takes_out_by_the_message_about_the_last() -> None:
    first, second = private_pair()
    staying(first, second)
    second.do(c.Unmerge(first.it, "Not the same"))
    merge(second, first)
    assert first.do(c.TakeOut()) == []
    assert first.it.lingering == ()
    assert staying(first, second) == ("U1", "U2", "U3")
    assert first.do(c.TakeOut()) == [e.PeopleTakenOut(("U1", "U2", "U3"))]


def test_whoever_left_and_was_invited_by_a_person_stays() -> None:
    first, second = private_pair()
    again(first, "U2")
    assert staying(first, second) == ("U1", "U3")
    again(first, "U3")
    assert first.do(c.TakeOut()) == [e.PeopleTakenOut(("U1",))]


def test_the_message_with_the_button_goes_on_to_name_whom_the_press_takes() -> None:
    first, second = private_pair()
    third = third_with("U5")
    merge(third, first)
    first.do(c.EnterRoom("U5"))
    staying(first, second)
    offer = f.DirectMessage("UANA", n.BroughtIn(("U1", "U2", "U3")), "brought_in:43")
    first.settle(offer, f.Placed("D1", "5.1"))
    staying(first, third)
    everybody = n.BroughtIn(("U1", "U2", "U3", "U5"))
    assert f.EditMessage("brought_in:43", everybody) in first.effects
    assert f.DirectMessage("UANA", everybody, "brought_in:44") in first.effects
    first.do(c.LeaveRoom("U5"))
    assert f.EditMessage("brought_in:43", n.BroughtIn(("U1", "U2", "U3"))) in first.effects
    second.do(c.Unmerge(first.it, "Not the same"))
    merge(second, first)
    assert f.EditMessage("brought_in:43", n.BroughtIn(())) in first.effects


def test_whoever_comes_late_at_the_invitation_of_the_merge_is_among_them() -> None:
    first, second = two(private=True)
    second.do(c.EnterRoom("U1"))
    merge(second, first)
    assert staying(first, second) == ("U1",)
    first.do(c.EnterRoom("U1"))
    assert first.do(c.TakeOut()) == [e.PeopleTakenOut(("U1",))]


def test_a_merge_invites_nobody_who_left_or_was_removed() -> None:
    first, second = two(private=True)
    for user in ("U1", "U2"):
        second.do(c.EnterRoom(user))
    first.do(c.EnterRoom("U2"))
    first.do(c.LeaveRoom("U2"))
    merge(second, first)
    assert [one for one in first.effects if isinstance(one, f.InviteToRoom)] == [f.InviteToRoom(users=("U1",))]
    assert "U2" not in first.it.inside
    assert staying(first, second) == ("U1",)


def test_who_is_outside_the_whole_is_not_told_who_is_in_it() -> None:
    first, second = private_pair()
    first.do(c.ReleaseRole("commander"))
    first.do(c.ReleasePart(second.it, "Not the same"), Actor("U9"))
    told = [one.user for one in first.effects if isinstance(one, f.DirectMessage)]
    assert told == ["UANA"]


def test_of_a_public_incident_nobody_is_taken_out() -> None:
    first, second = two()
    second.do(c.Follow(), Actor("U1"))
    merge(second, first)
    first.do(c.ReleasePart(second.it, "Not the same"))
    assert not any(isinstance(one, f.DirectMessage) and isinstance(one.notice, n.BroughtIn) for one in first.effects)
    assert first.do(c.TakeOut()) == []
