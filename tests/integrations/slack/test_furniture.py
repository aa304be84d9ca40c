"""Topic, pin and bookmarks are set once, also when an attempt is repeated."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import effects as f
from bot.domain.call import CallTemplate
from bot.domain.commands import AssignRole, EditDetails
from tests.integrations.slack.kit import BEA, Shift


async def again(shift: Shift, effect: f.Effect) -> f.Facts:
    return await shift.perform(effect, shift.view(attempt=2, first_attempt_at=shift.clock.now()))


async def revived(shift: Shift, effect: f.Effect) -> f.Facts:
    """Perform it after it was given up and retried: its attempts are counted afresh."""
    return await shift.perform(effect, shift.view(attempt=1, first_attempt_at=shift.clock.now()))


async def test_a_topic_that_stands_already_is_not_announced_again(shift: Shift):
    await shift.set_up(title='Checkout & "search" <down>')
    assert await shift.calls("conversations.setTopic") == 1
    await again(shift, f.SetTopic())
    assert await shift.calls("conversations.setTopic") == 1


async def test_a_repeated_attempt_sets_a_topic_that_does_not_stand_yet(shift: Shift):
    await shift.set_up()
    shift.world.do(EditDetails(title="Everything is down"))
    await again(shift, f.SetTopic())
    room = shift.incident.room
    assert room is not None
    assert "Everything is down" in (await shift.channel(room.channel))["topic"]


async def test_a_topic_calls_people_by_their_names(shift: Shift):
    await shift.set_up()
    shift.world.do(AssignRole("commander", BEA, replace=True))
    await shift.perform(f.SetTopic())
    room = shift.incident.room
    assert room is not None
    seen = (await shift.channel(room.channel))["topic"]
    assert seen.endswith("commander bea")
    assert "<@" not in seen


async def test_a_card_that_is_pinned_already_is_no_trouble(shift: Shift):
    await shift.set_up()
    assert await shift.perform(f.PinCard()) == f.Done()


async def test_a_bookmark_is_never_added_twice(shift: Shift):
    await shift.set_up(services=("checkout",))
    room = shift.incident.room
    assert room is not None
    for what in ("summary", "dashboard:checkout"):
        await again(shift, f.AddBookmark(what))
        await revived(shift, f.AddBookmark(what))
    assert len((await shift.channel(room.channel))["bookmarks"]) == 2


async def test_the_call_is_a_bookmark_of_its_own(shift: Shift):
    await shift.set_up(private=True)
    shift.world.policy = replace(shift.world.policy, call=CallTemplate("https://meet.example.com/inc-{number}"))
    await shift.perform(f.AddBookmark("call"))
    await again(shift, f.AddBookmark("call"))
    room = shift.incident.room
    assert room is not None
    [mark] = (await shift.channel(room.channel))["bookmarks"]
    assert (mark["title"], mark["link"]) == ("Call", f"https://meet.example.com/inc-{shift.incident.number}")


async def test_a_bookmark_that_leads_nowhere_is_left_out(shift: Shift):
    await shift.set_up(private=True)
    room = shift.incident.room
    assert room is not None
    for what in ("summary", "postmortem", "dashboard:search", "dashboard:gone", "call"):
        assert await shift.perform(f.AddBookmark(what)) == f.Done()
    assert (await shift.channel(room.channel))["bookmarks"] == []


async def test_a_summary_bookmark_asks_for_an_address_that_was_not_to_be_had_before(shift: Shift):
    shift.world.declare()
    await shift.do(f.OpenRoom())
    shift.fail("chat.getPermalink", "500")
    await shift.do(f.PostCard(f.SUMMARY_CARD))
    await shift.do(f.AddBookmark("summary"))
    room = shift.incident.room
    assert room is not None
    [mark] = (await shift.channel(room.channel))["bookmarks"]
    assert "/archives/C0INCIDENTS/p" in mark["link"]
