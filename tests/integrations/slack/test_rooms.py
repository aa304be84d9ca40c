"""Opening, filling and archiving the incident channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.errors import IntegrationError, Reason
from tests.integrations.slack.kit import ANA, BEA, DAN, SAM, Shift, manifest, on_shift, page, seed

NAME = "inc-42-checkout-returns-500s"


async def test_a_declared_incident_gets_a_channel_by_the_template(shift: Shift):
    shift.world.declare()
    facts = await shift.do(f.OpenRoom())
    assert isinstance(facts, f.RoomFacts)
    assert facts.name == NAME
    assert (await shift.channel(NAME))["id"] == facts.channel
    assert shift.incident.room is not None


async def test_a_private_incident_gets_a_private_channel(shift: Shift):
    shift.world.declare(private=True)
    await shift.do(f.OpenRoom())
    assert (await shift.channel(NAME))["kind"] == "group"


async def test_a_taken_name_gets_the_next_number(shift: Shift):
    await page(shift.integration, shift.slack, f"as/{ANA}/channels", name=NAME, is_private=False)
    shift.world.declare()
    facts = await shift.do(f.OpenRoom())
    assert isinstance(facts, f.RoomFacts)
    assert facts.name == f"{NAME}-2"


async def test_a_channel_whose_answer_was_lost_is_found_and_not_opened_twice(shift: Shift):
    shift.world.declare()
    shift.fail("conversations.create", "lost_answer")
    again, error = await shift.lose(f.OpenRoom())
    assert error.reason is Reason.UNKNOWN_OUTCOME
    found = await shift.find(f.OpenRoom(), again)
    assert isinstance(found, f.RoomFacts)
    assert found.channel == (await shift.channel(NAME))["id"]


async def test_a_second_attempt_takes_its_own_channel_rather_than_the_next_name(shift: Shift):
    shift.world.declare()
    shift.fail("conversations.create", "lost_answer")
    again, _ = await shift.lose(f.OpenRoom())
    facts = await shift.perform(f.OpenRoom(), again)
    assert isinstance(facts, f.RoomFacts)
    assert facts.name == NAME


async def test_a_channel_of_another_incident_is_never_taken_over(shift: Shift):
    shift.world.declare()
    shift.fail("conversations.create", "lost_answer")
    again, _ = await shift.lose(f.OpenRoom())
    shift.desk.taken_rooms = {str((await shift.channel(NAME))["id"])}
    assert await shift.find(f.OpenRoom(), again) is None
    facts = await shift.perform(f.OpenRoom(), again)
    assert isinstance(facts, f.RoomFacts)
    assert facts.name == f"{NAME}-2"


async def test_an_older_channel_of_ours_with_the_name_is_not_this_incidents(shift: Shift):
    shift.world.declare()
    await shift.perform(f.OpenRoom())
    later = shift.view(attempt=2, first_attempt_at=shift.clock.now() + timedelta(hours=3))
    assert await shift.find(f.OpenRoom(), later) is None


async def test_where_channels_are_forbidden_the_summary_thread_stands_in(shift: Shift):
    shift.world.declare()
    await shift.do(f.PostCard(f.SUMMARY_CARD))
    shift.fail("conversations.create", "error:restricted_action")
    facts = await shift.do(f.OpenRoom())
    card = shift.incident.messages[f.SUMMARY_CARD]
    assert facts == f.RoomFacts(card.channel, "incidents", card.ts)
    for effect in (f.InviteToRoom(users=(ANA,)), f.PostCard(f.CARD), f.SetTopic(), f.PinCard(), f.ArchiveRoom()):
        await shift.do(effect)
    await shift.do(f.AddBookmark("summary"))
    rows = await shift.messages(card.channel)
    assert [row.get("thread_ts") for row in rows if row["ts"] != card.ts] == [card.ts]
    seen = await shift.channel("incidents")
    assert (seen["is_archived"], seen["topic"], seen["pins"], seen["bookmarks"]) == (False, "", [], [])


async def test_a_forbidden_private_channel_is_told_and_never_moved_into_the_open(shift: Shift):
    shift.world.declare(private=True)
    shift.fail("conversations.create", "error:restricted_action")
    with pytest.raises(IntegrationError) as caught:
        await shift.perform(f.OpenRoom())
    assert caught.value.reason is Reason.CLIENT
    assert "owner can allow it" in caught.value.detail


async def test_before_the_summary_card_stands_a_forbidden_channel_is_tried_again(shift: Shift):
    shift.world.declare()
    shift.fail("conversations.create", "error:restricted_action")
    with pytest.raises(IntegrationError) as caught:
        await shift.perform(f.OpenRoom())
    assert caught.value.reason is Reason.UNREACHABLE


async def members(shift: Shift) -> set[str]:
    return set((await shift.channel(NAME))["members"])


async def test_people_are_taken_out_and_who_is_not_there_is_left_alone(shift: Shift):
    shift.world.declare(private=True)
    await shift.do(f.OpenRoom())
    await shift.do(f.InviteToRoom(users=(ANA, BEA, SAM)))
    await shift.do(f.RemoveFromRoom((BEA, DAN, SAM)))
    assert set((await shift.channel(NAME))["members"]) & {ANA, BEA, SAM} == {ANA}
    await shift.do(f.RemoveFromRoom((BEA, SAM)))


async def test_where_apps_may_take_nobody_out_it_is_said(shift: Shift):
    shift.world.declare(private=True)
    await shift.do(f.OpenRoom())
    await shift.do(f.InviteToRoom(users=(ANA, BEA)))
    shift.fail("conversations.kick", "error:restricted_action")
    with pytest.raises(IntegrationError) as refused:
        await shift.do(f.RemoveFromRoom((BEA,)))
    assert "restricted_action" in refused.value.detail


async def test_people_and_groups_are_invited_together(shift: Shift):
    shift.world.declare()
    await shift.do(f.OpenRoom())
    await shift.do(f.InviteToRoom(users=(SAM,), groups=("oncall",)))
    assert {ANA, BEA, SAM} <= await members(shift)
    assert await shift.calls("conversations.invite") == 1


async def test_inviting_again_or_inviting_somebody_deactivated_is_no_trouble(shift: Shift):
    shift.world.declare()
    await shift.do(f.OpenRoom())
    await shift.do(f.InviteToRoom(users=(ANA,)))
    await shift.do(f.InviteToRoom(users=(ANA,)))
    await shift.do(f.InviteToRoom(users=(ANA, DAN, BEA)))
    await shift.do(f.InviteToRoom(users=(DAN,)))
    assert await members(shift) >= {ANA, BEA}
    assert DAN not in await members(shift)


async def test_a_guest_who_may_not_come_is_told(shift: Shift):
    shift.world.declare()
    await shift.do(f.OpenRoom())
    shift.fail("conversations.invite", "error:ura_max_channels")
    with pytest.raises(IntegrationError, match="guest may be in one channel only"):
        await shift.perform(f.InviteToRoom(users=(SAM,)))


async def test_a_user_group_that_does_not_exist_is_named(shift: Shift):
    shift.world.declare()
    await shift.do(f.OpenRoom())
    with pytest.raises(IntegrationError, match="no user group @nobody"):
        await shift.perform(f.InviteToRoom(groups=("nobody",)))


async def test_a_hundred_and_thirty_people_take_two_invitations():
    crowd = [f"U{number:04d}" for number in range(130)]
    world = seed()
    world["users"] += [{"id": user, "name": user.lower(), "real_name": user, "tz": "UTC"} for user in crowd]
    async with on_shift(seed=world) as shift:
        shift.world.declare()
        await shift.do(f.OpenRoom())
        await shift.do(f.InviteToRoom(users=tuple(crowd)))
        assert set(crowd) <= await members(shift)
        assert await shift.calls("conversations.invite") == 2


@pytest.mark.parametrize("private", [False, True])
async def test_archiving_again_after_a_lost_answer_is_no_trouble(shift: Shift, private: bool):
    shift.world.declare(private=private)
    await shift.do(f.OpenRoom())
    asked = shift.past_its_time()
    shift.fail("conversations.archive", "lost_answer")
    again, _ = await shift.lose(asked)
    assert (await shift.channel(NAME))["is_archived"] is True
    assert await shift.perform(asked, again) == f.Done()


async def test_a_channel_that_firebell_was_removed_from_is_not_archived_and_that_is_told(shift: Shift):
    shift.world.declare()
    await shift.do(f.OpenRoom())
    asked = shift.past_its_time()
    assert shift.incident.room is not None
    await shift.as_bot("conversations.leave", channel=shift.incident.room.channel)
    with pytest.raises(IntegrationError, match="Invite Firebell") as caught:
        await shift.perform(asked)
    assert caught.value.reason is Reason.CLIENT


@pytest.mark.parametrize("command", [c.KeepRoom(), c.AddNote("One more thing")], ids=["button", "note"])
async def test_a_channel_that_is_needed_again_meanwhile_is_left_open(shift: Shift, command: c.Command):
    shift.world.declare()
    await shift.do(f.OpenRoom())
    asked = shift.past_its_time()
    shift.world.wait(minutes=1)
    shift.world.do(command)
    assert await shift.do(asked) == f.Gone("The channel is needed again.")
    assert await shift.calls("conversations.archive") == 0


async def test_what_an_earlier_attempt_archived_before_the_incident_was_reopened_is_told(shift: Shift):
    await shift.set_up(severity="sev4")
    shift.world.do(c.Resolve("Restarted"))
    asked = shift.past_its_time(c.Close("Done"))
    shift.fail("conversations.archive", "lost_answer")
    again, _ = await shift.lose(asked)
    shift.world.do(c.Reopen("It is back"))
    facts = await shift.perform(asked, replace(again, incident=shift.incident))
    assert facts == f.Done()
    assert shift.world.settle(asked, facts) == [e.RoomArchived()]
    assert shift.world.effects == [f.ReopenRoom()]


async def test_a_missing_scope_names_itself_and_the_mend():
    async with on_shift(manifest=manifest(without=["channels:manage"])) as shift:
        shift.world.declare()
        with pytest.raises(IntegrationError) as caught:
            await shift.perform(f.OpenRoom())
    assert caught.value.reason is Reason.AUTH
    assert "channels:manage" in caught.value.detail
    assert "install the app again" in caught.value.detail
