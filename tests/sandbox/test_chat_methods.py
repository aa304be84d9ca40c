"""chat.*: what the app posts, edits, deletes and schedules."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.house import (
    ANA,
    BEA,
    DAN,
    GENERAL,
    OPS,
    SAM,
    SECRET,
    START,
    Bench,
    eventually_async,
    manifest,
    section,
)


async def test_a_post_is_answered_with_the_whole_message(bench: Bench) -> None:
    answer = await bench.ok("chat.postMessage", channel=OPS, text="hello", blocks=[section("*hello*")])
    message = answer["message"]
    assert answer["channel"] == OPS
    assert message["ts"] == answer["ts"]
    assert (message["type"], message["text"], message["bot_id"]) == ("message", "hello", "B0SANDBOX01")
    assert message["blocks"][0]["block_id"], "Slack gives every block an id"
    assert message["bot_profile"]["name"] == "firebell"


async def test_timestamps_rise_even_while_the_clock_stands_still(bench: Bench) -> None:
    stamps = [await bench.post(str(n), GENERAL) for n in range(4)]
    assert stamps == sorted(set(stamps))
    assert stamps[0].startswith(str(int(START)))


async def test_a_clock_set_back_tells_an_older_story_in_a_new_channel(bench: Bench) -> None:
    now = await bench.post("now")
    bench.clock.advance(-3600)
    channel = (await bench.ok("conversations.create", name="older"))["channel"]["id"]
    assert float(await bench.post("then", channel)) == pytest.approx(START - 3600, abs=1)
    assert await bench.post("still after what was said here") > now


async def test_a_public_channel_takes_posts_of_an_app_that_is_not_in_it_only_with_the_scope(bench: Bench) -> None:
    await bench.post("no member here", GENERAL)
    async with Bench(manifest=manifest(without=("chat:write.public",))) as other:
        assert await other.error("chat.postMessage", channel=GENERAL, text="x") == "not_in_channel"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": SECRET, "text": "x"}, "channel_not_found"),
        ({"channel": DAN, "text": "x"}, "channel_not_found"),
        ({"channel": OPS}, "no_text"),
        ({"channel": OPS, "text": "x", "blocks": "not a list"}, "invalid_blocks_format"),
        ({"channel": OPS, "text": "x", "blocks": [section("y" * 3001)]}, "invalid_blocks"),
        ({"channel": OPS, "text": "x", "blocks": [section("y")] * 51}, "invalid_blocks"),
        ({"channel": OPS, "text": "x", "blocks": [section("y" * 2999)] * 5}, "msg_blocks_too_long"),
        ({"channel": OPS, "text": "x", "thread_ts": "1.000001"}, "cannot_reply_to_message"),
        ({"channel": OPS, "text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"channel": OPS, "text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_schema"),
        (
            {"channel": OPS, "text": "x", "metadata": {"event_type": "e", "event_payload": {"k": "v" * 9000}}},
            "metadata_too_large",
        ),
        ({"channel": OPS, "text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
    ],
)
async def test_a_post_slack_would_refuse_is_refused(bench: Bench, arguments: dict, code: str) -> None:
    assert await bench.error("chat.postMessage", **arguments) == code


async def test_a_refused_block_is_named_by_its_place(bench: Bench) -> None:
    body = await bench.call("chat.postMessage", channel=OPS, text="x", blocks=[section("y"), section("z" * 3001)])
    assert "/blocks/1/text/text" in body["response_metadata"]["messages"][0]


async def test_an_archived_channel_takes_no_posts(bench: Bench) -> None:
    await bench.ok("conversations.archive", channel=OPS)
    assert await bench.error("chat.postMessage", channel=OPS, text="x") == "is_archived"


async def test_text_above_forty_thousand_characters_is_cut(bench: Bench) -> None:
    answer = await bench.ok("chat.postMessage", channel=OPS, text="x" * 40_010)
    assert len(answer["message"]["text"]) == 40_000


async def test_a_user_id_as_channel_posts_into_the_direct_message(bench: Bench) -> None:
    answer = await bench.ok("chat.postMessage", channel=BEA, text="psst")
    assert answer["channel"].startswith("D")
    assert await bench.texts(answer["channel"], BEA) == ["psst"]


async def test_a_reply_counts_at_its_root_and_stays_out_of_the_channel(bench: Bench) -> None:
    root = await bench.post("root")
    await bench.post("reply", thread_ts=root)
    history = (await bench.ok("conversations.history", channel=OPS, limit=1))["messages"][0]
    assert (history["text"], history["reply_count"], history["thread_ts"]) == ("root", 1, root)


async def test_a_broadcast_reply_is_in_the_channel_too(bench: Bench) -> None:
    root = await bench.post("root")
    answer = await bench.ok("chat.postMessage", channel=OPS, text="reply", thread_ts=root, reply_broadcast=True)
    assert answer["message"]["subtype"] == "thread_broadcast"
    history = (await bench.ok("conversations.history", channel=OPS, limit=2))["messages"]
    assert [m["text"] for m in history] == ["reply", "root"]
    assert history[0]["root"]["text"] == "root"


async def test_a_reply_to_a_reply_lands_in_the_same_thread(bench: Bench) -> None:
    root = await bench.post("root")
    reply = await bench.post("reply", thread_ts=root)
    answer = await bench.ok("chat.postMessage", channel=OPS, text="deeper", thread_ts=reply)
    assert answer["message"]["thread_ts"] == root


async def test_metadata_comes_back_only_when_asked_for(bench: Bench) -> None:
    metadata = {"event_type": "effect", "event_payload": {"key": "42"}}
    await bench.post("x", metadata=json.dumps(metadata))
    plain = await bench.ok("conversations.history", channel=OPS, limit=1)
    full = await bench.ok("conversations.history", channel=OPS, limit=1, include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


async def test_an_edit_keeps_what_it_does_not_name(bench: Bench) -> None:
    ts = await bench.post("old", blocks=[section("kept")])
    answer = await bench.ok("chat.update", channel=OPS, ts=ts, text="new")
    assert answer["message"]["text"] == "new"
    assert answer["message"]["blocks"][0]["text"]["text"] == "kept"
    assert answer["message"]["edited"]["user"] == "U0SANDBOX01"
    bare = await bench.ok("chat.update", channel=OPS, ts=ts, blocks=[])
    assert "blocks" not in bare["message"]


async def test_edits_slack_would_refuse_are_refused(bench: Bench) -> None:
    ts = await bench.post()
    said = await bench.act(ANA, "messages", channel=OPS, text="mine")
    assert await bench.error("chat.update", channel=OPS, ts="1.000001", text="x") == "message_not_found"
    assert await bench.error("chat.update", channel=OPS, ts=said["message"]["ts"], text="x") == "cant_update_message"
    assert await bench.error("chat.update", channel=OPS, ts=ts, text="") == "no_text"
    assert (
        await bench.error("chat.update", channel=OPS, ts=ts, text="x", reply_broadcast=True) == "cant_broadcast_message"
    )
    await bench.ok("conversations.archive", channel=OPS)
    assert await bench.error("chat.update", channel=OPS, ts=ts, text="x") == "is_inactive"


async def test_deleting_a_root_leaves_its_thread_a_tombstone(bench: Bench) -> None:
    root = await bench.post("root")
    await bench.post("reply", thread_ts=root)
    await bench.ok("chat.delete", channel=OPS, ts=root)
    thread = (await bench.ok("conversations.replies", channel=OPS, ts=root))["messages"]
    assert [m.get("subtype") for m in thread] == ["tombstone", None]
    assert await bench.error("chat.delete", channel=OPS, ts=root) == "message_not_found"


async def test_only_ones_own_messages_can_be_deleted(bench: Bench) -> None:
    said = await bench.act(ANA, "messages", channel=OPS, text="mine")
    assert await bench.error("chat.delete", channel=OPS, ts=said["message"]["ts"]) == "cant_delete_message"


async def test_an_ephemeral_message_is_for_one_pair_of_eyes(bench: Bench) -> None:
    await bench.ok("chat.postEphemeral", channel=OPS, user=ANA, text="only you")
    assert "only you" in await bench.texts(OPS, ANA)
    assert "only you" not in await bench.texts(OPS, BEA)
    history = await bench.ok("conversations.history", channel=OPS)
    assert "only you" not in [m["text"] for m in history["messages"]]


async def test_ephemeral_messages_need_both_in_the_channel(bench: Bench) -> None:
    assert await bench.error("chat.postEphemeral", channel=GENERAL, user=ANA, text="x") == "not_in_channel"
    assert await bench.error("chat.postEphemeral", channel=OPS, user=SAM, text="x") == "user_not_in_channel"


async def test_a_permalink_leads_to_the_page(bench: Bench) -> None:
    ts = await bench.post()
    link = (await bench.ok("chat.getPermalink", channel=OPS, message_ts=ts))["permalink"]
    assert link == f"{bench.slack.url}/archives/{OPS}/p{ts.replace('.', '')}"
    assert await bench.error("chat.getPermalink", channel=OPS, message_ts="1.0") == "message_not_found"


async def test_a_scheduled_post_waits_for_the_clock(bench: Bench) -> None:
    at = int(START) + 600
    answer = await bench.ok("chat.scheduleMessage", channel=OPS, text="later", post_at=at)
    listed = await bench.ok("chat.scheduledMessages.list")
    assert [row["id"] for row in listed["scheduled_messages"]] == [answer["scheduled_message_id"]]
    bench.clock.advance(601)

    async def posted() -> bool:
        return "later" in await bench.texts(OPS)

    await eventually_async(posted)
    assert (await bench.ok("chat.scheduledMessages.list"))["scheduled_messages"] == []


async def test_a_scheduled_post_can_be_taken_back(bench: Bench) -> None:
    at = int(START) + 600
    made = await bench.ok("chat.scheduleMessage", channel=OPS, text="later", post_at=at)
    scheduled = made["scheduled_message_id"]
    await bench.ok("chat.deleteScheduledMessage", channel=OPS, scheduled_message_id=scheduled)
    gone = await bench.error("chat.deleteScheduledMessage", channel=OPS, scheduled_message_id=scheduled)
    assert gone == "invalid_scheduled_message_id"


@pytest.mark.parametrize(("ahead", "code"), [(-5, "time_in_past"), (121 * 86_400, "time_too_far")])
async def test_a_post_is_scheduled_at_most_120_days_ahead(bench: Bench, ahead: int, code: str) -> None:
    assert await bench.error("chat.scheduleMessage", channel=OPS, text="x", post_at=int(START) + ahead) == code


async def test_a_name_of_its_own_needs_the_scope(bench: Bench) -> None:
    plain = await bench.ok("chat.postMessage", channel=OPS, text="x", username="Siren", icon_emoji=":bell:")
    assert "username" not in plain["message"]
