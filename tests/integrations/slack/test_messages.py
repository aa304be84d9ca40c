"""Cards, messages and direct messages: posted once, found again, edited in place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from pydantic import SecretStr, ValidationError

from bot.domain import effects as f
from bot.domain import notices as n
from bot.domain.commands import PostUpdate
from bot.errors import IntegrationError, Reason
from integrations.slack.settings import SlackSettings
from tests.integrations.slack.kit import ANA, BEA, DAN, INCIDENTS, Shift, integration_for, on_shift, page, seed
from tests.integrations.slack.line import until

NOTE = n.NoCommander(5)


async def test_setting_up_an_incident_leaves_channel_cards_topic_pin_bookmarks_and_a_message(shift: Shift):
    await shift.set_up(services=("checkout",))
    room, card = shift.incident.room, shift.incident.messages[f.CARD]
    assert room is not None
    seen = await shift.channel(room.channel)
    assert [pin["ts"] for pin in seen["pins"]] == [card.ts]
    assert [mark["title"] for mark in seen["bookmarks"]] == ["Summary for everyone", "Checkout dashboard"]
    assert "SEV1" in seen["topic"]
    summary = shift.incident.messages[f.SUMMARY_CARD]
    assert (summary.channel, summary.permalink) == (INCIDENTS, seen["bookmarks"][0]["link"])
    assert [row["ts"] for row in await shift.messages(INCIDENTS)] == [summary.ts]
    assert ANA in seen["members"]


async def test_three_calls_make_a_channel_usable(shift: Shift):
    shift.world.declare()
    await shift.do(f.PostCard(f.SUMMARY_CARD))  # by now the bot knows who it is and where it announces
    before = Counter[str]((await shift.see())["calls"])
    for effect in (f.OpenRoom(), f.InviteToRoom(users=(ANA,)), f.PostCard(f.CARD)):
        await shift.do(effect)
    spent = Counter[str]((await shift.see())["calls"]) - before
    assert spent == {"conversations.create": 1, "conversations.invite": 1, "chat.postMessage": 1}


async def test_a_private_incident_has_no_card_in_the_summary_channel(shift: Shift):
    await shift.set_up(private=True)
    assert await shift.do(f.PostCard(f.SUMMARY_CARD)) == f.Done()
    assert await shift.messages(INCIDENTS) == []


async def test_every_message_carries_its_key_and_keeps_it_when_edited(shift: Shift):
    shift.world.declare()
    await shift.do(f.OpenRoom())
    view = shift.view()
    shift.world.settle(f.PostCard(f.CARD), await shift.perform(f.PostCard(f.CARD), view))
    await shift.do(f.RefreshCard(f.CARD))
    room = shift.incident.room
    assert room is not None
    [card] = await shift.messages(room.channel)
    assert card["metadata"] == {"event_type": "firebell_effect", "event_payload": {"key": view.key}}
    assert "edited" in card


Kind = Callable[[Shift], Awaitable[f.Effect]]


async def _room_message(shift: Shift) -> f.Effect:
    return f.PostMessage(f.ROOM, NOTE)


async def _reply(shift: Shift) -> f.Effect:
    return f.PostMessage("summary", NOTE, broadcast=True)


async def _direct(shift: Shift) -> f.Effect:
    return f.DirectMessage(BEA, NOTE)


async def _card(shift: Shift) -> f.Effect:
    return f.PostCard(f.CARD)


async def _summary_card(shift: Shift) -> f.Effect:
    return f.PostCard(f.SUMMARY_CARD)


@pytest.mark.parametrize("kind", [_room_message, _reply, _direct, _card, _summary_card])
async def test_a_message_whose_answer_was_lost_is_found_by_its_key(shift: Shift, kind: Kind):
    await shift.set_up()
    effect = await kind(shift)
    shift.fail("chat.postMessage", "lost_answer")
    again, error = await shift.lose(effect)
    assert error.reason is Reason.UNKNOWN_OUTCOME
    found = await shift.find(effect, again)
    assert isinstance(found, f.Placed)
    row = next(row for row in (await shift.channel(found.channel))["messages"] if row["ts"] == found.ts)
    assert row["metadata"]["event_payload"]["key"] == again.key


@pytest.mark.parametrize("kind", [_room_message, _reply, _direct, _card, _summary_card])
async def test_a_message_that_never_arrived_is_known_not_to_have(shift: Shift, kind: Kind):
    await shift.set_up()
    effect = await kind(shift)
    shift.fail("chat.postMessage", "500")
    again, error = await shift.lose(effect)
    assert error.reason is Reason.SERVER
    assert await shift.find(effect, again) is None


async def test_a_message_is_found_behind_hundreds_of_others(shift: Shift):
    await shift.set_up()
    room = shift.incident.room
    assert room is not None
    shift.fail("chat.postMessage", "lost_answer")
    again, _ = await shift.lose(f.PostMessage(f.ROOM, NOTE))
    for number in range(250):
        await page(shift.integration, shift.slack, f"as/{ANA}/messages", channel=room.channel, text=f"word {number}")
    assert isinstance(await shift.find(f.PostMessage(f.ROOM, NOTE), again), f.Placed)


async def test_an_update_goes_to_the_room_and_is_broadcast_from_the_summary_thread(shift: Shift):
    await shift.set_up()
    shift.world.do(PostUpdate("Half of the checkouts fail"))
    await shift.play()
    summary = shift.incident.messages[f.SUMMARY_CARD]
    reply = next(row for row in await shift.messages(INCIDENTS) if row["ts"] != summary.ts)
    assert (reply["thread_ts"], reply["subtype"]) == (summary.ts, "thread_broadcast")
    room = shift.incident.room
    assert room is not None
    assert any("Half of the checkouts fail" in str(row["blocks"]) for row in await shift.messages(room.channel))


async def test_a_direct_message_opens_the_conversation_once(shift: Shift):
    await shift.set_up()
    await shift.do(f.DirectMessage(BEA, NOTE))
    await shift.do(f.DirectMessage(BEA, NOTE))
    opened = await shift.calls("conversations.open")
    assert opened == 2, "one for the declarer's receipt, one for Bea"


async def test_nobody_is_told_at_a_deactivated_account(shift: Shift):
    await shift.set_up()
    effect = f.DirectMessage(DAN, NOTE)
    assert isinstance(await shift.perform(effect), f.Gone)
    assert await shift.find(effect, shift.view(attempt=2, first_attempt_at=shift.clock.now())) is None


async def test_nobody_is_told_at_an_account_that_does_not_exist(shift: Shift):
    await shift.set_up()
    effect = f.DirectMessage("U0GONE0000", NOTE)
    assert isinstance(await shift.perform(effect), f.Gone)
    assert await shift.find(effect, shift.view(attempt=2, first_attempt_at=shift.clock.now())) is None


async def test_editing_a_deleted_message_is_an_answer_and_no_error(shift: Shift):
    await shift.set_up()
    card = shift.incident.messages[f.CARD]
    await shift.as_bot("chat.delete", channel=card.channel, ts=card.ts)
    assert isinstance(await shift.perform(f.RefreshCard(f.CARD)), f.Gone)


async def test_a_message_to_a_channel_that_was_archived_by_hand_says_why_it_failed(shift: Shift):
    await shift.set_up()
    assert shift.incident.room is not None
    await shift.as_bot("conversations.archive", channel=shift.incident.room.channel)
    with pytest.raises(IntegrationError, match="The channel is archived") as caught:
        await shift.perform(f.PostMessage(f.ROOM, NOTE))
    assert caught.value.reason is Reason.CLIENT


async def test_a_failed_look_up_of_the_address_does_not_fail_the_card(shift: Shift):
    shift.world.declare()
    shift.fail("chat.getPermalink", "500")
    placed = await shift.do(f.PostCard(f.SUMMARY_CARD))
    assert isinstance(placed, f.Placed)
    assert placed.permalink == ""


async def test_every_call_that_writes_waits_for_its_shared_bucket(shift: Shift):
    await shift.set_up(services=("checkout",))
    await shift.do(f.RefreshCard(f.CARD))
    room = shift.incident.room
    assert room is not None
    paced = dict(shift.desk.paced)
    assert paced["chat.update"] == (1.5, 10)
    assert {paced[what] for what in ("conversations.setTopic", "pins.add", "bookmarks.add")} == {(3.75, 4)}
    assert paced[f"chat.postMessage:{room.channel}"] == (1.0, 1)
    assert {paced[what] for what in ("conversations.create", "conversations.invite")} == {(0.0, 1)}


async def test_in_haste_every_bucket_lets_calls_through_as_much_faster_and_the_bursts_stay_as_they_are():
    async with on_shift(haste=10.0) as shift:
        await shift.set_up()
        await shift.do(f.RefreshCard(f.CARD))
        room = shift.incident.room
        assert room is not None
        paced = dict(shift.desk.paced)
        assert paced["chat.update"] == (0.15, 10)
        assert paced[f"chat.postMessage:{room.channel}"] == (0.1, 1)
        assert paced["conversations.create"] == (0.0, 1)


def test_only_a_slack_on_this_machine_may_be_called_in_haste():
    local = SlackSettings(bot_token=SecretStr("xoxb-1"), api_url="http://127.0.0.1:4000/api/", haste=10)
    assert local.haste == 10
    assert SlackSettings(bot_token=SecretStr("xoxb-1")).haste == 1
    with pytest.raises(ValidationError, match="only a Slack on this machine"):
        SlackSettings(bot_token=SecretStr("xoxb-1"), haste=10)
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        SlackSettings(bot_token=SecretStr("xoxb-1"), api_url="http://127.0.0.1:4000/api/", haste=0.5)


async def test_the_bot_enters_a_public_summary_channel_by_one_greeting():
    async with on_shift(seed=seed(bot_in_summary=False)) as shift:
        shift.world.declare()
        await shift.do(f.PostCard(f.SUMMARY_CARD))
        greeting, card = await shift.messages(INCIDENTS)
        assert "announces incidents here" in greeting["text"]
        assert card["ts"] == shift.incident.messages[f.SUMMARY_CARD].ts
        assert await shift.calls("conversations.join") == 1
        assert await shift.calls("conversations.list") == 0


async def test_once_it_listens_the_bot_enters_by_itself_and_greets_only_once():
    async with on_shift(seed=seed(bot_in_summary=False)) as shift:
        async with shift.integration.listen():
            await until(lambda: shift.slack._traffic.calls.get("conversations.join", 0) == 1)
        again = integration_for(shift.slack, shift.clock)
        async with again.open(), again.listen():
            shift.world.declare()
            await shift.do(f.PostCard(f.SUMMARY_CARD))
        assert len(await shift.messages(INCIDENTS)) == 2, "one greeting and one card"


async def test_before_slack_has_answered_links_are_left_out_and_nobody_waits(shift: Shift):
    shift.world.declare()
    await shift.do(f.OpenRoom())
    assert (await shift.integration.links(shift.incident)).room_url is None
    await shift.do(f.PostCard(f.SUMMARY_CARD))
    links = await shift.integration.links(shift.incident)
    assert links.room_url == f"{shift.slack.url}/archives/{(await shift.channel('inc-42-checkout-returns-500s'))['id']}"
    assert links.summary_url == shift.incident.messages[f.SUMMARY_CARD].permalink


async def test_a_summary_channel_may_be_named_by_its_id():
    async with on_shift(seed=seed(bot_in_summary=False), summary=INCIDENTS) as shift:
        shift.world.declare()
        await shift.do(f.PostCard(f.SUMMARY_CARD))
        [card] = await shift.messages(INCIDENTS)
        assert card["ts"] == shift.incident.messages[f.SUMMARY_CARD].ts


async def test_a_summary_channel_that_does_not_exist_is_told_with_its_mend():
    async with on_shift(summary="nowhere") as shift:
        shift.world.declare()
        with pytest.raises(IntegrationError, match=r"no public channel #nowhere\. Create it"):
            await shift.perform(f.PostCard(f.SUMMARY_CARD))
