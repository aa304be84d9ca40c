"""conversations.*: names, members, headers, history."""

from __future__ import annotations

import pytest

from tests.sandbox.house import ANA, BEA, DAN, GENERAL, OPS, SAM, SECRET, WAR_ROOM, Bench, manifest


async def test_a_new_channel_has_its_creator_in_it(bench: Bench) -> None:
    channel = (await bench.ok("conversations.create", name="inc-42-checkout"))["channel"]
    assert (channel["name"], channel["is_channel"], channel["is_member"]) == ("inc-42-checkout", True, True)
    members = await bench.ok("conversations.members", channel=channel["id"])
    assert members["members"] == ["U0SANDBOX01"]


async def test_a_private_channel_is_a_group(bench: Bench) -> None:
    channel = (await bench.ok("conversations.create", name="quiet", is_private="true"))["channel"]
    assert (channel["is_private"], channel["is_group"]) == (True, True)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("Upper", "invalid_name_specials"),
        ("with space", "invalid_name_specials"),
        ("dot.dot", "invalid_name_specials"),
        ("---", "invalid_name_punctuation"),
        ("ops", "name_taken"),
        ("secret", "name_taken"),
    ],
)
async def test_names_slack_refuses_are_refused(bench: Bench, name: str, code: str) -> None:
    assert await bench.error("conversations.create", name=name) == code


async def test_an_archived_channel_keeps_its_name(bench: Bench) -> None:
    channel = (await bench.ok("conversations.create", name="inc-1"))["channel"]["id"]
    await bench.ok("conversations.archive", channel=channel)
    assert await bench.error("conversations.create", name="inc-1") == "name_taken"
    assert await bench.error("conversations.setTopic", channel=channel, topic="x") == "is_archived"


async def test_archiving_takes_the_app_out_so_that_archiving_again_is_none_of_its_business(bench: Bench) -> None:
    channel = (await bench.ok("conversations.create", name="inc-1"))["channel"]["id"]
    await bench.ok("conversations.archive", channel=channel)
    assert await bench.error("conversations.archive", channel=channel) == "not_in_channel"
    shown = (await bench.ok("conversations.info", channel=channel))["channel"]
    assert (shown["is_archived"], shown["is_member"]) == (True, False)


async def test_an_app_cannot_bring_an_archived_channel_back(bench: Bench) -> None:
    channel = (await bench.ok("conversations.create", name="inc-1"))["channel"]["id"]
    assert await bench.error("conversations.unarchive", channel=channel) == "not_archived"
    await bench.ok("conversations.archive", channel=channel)
    # The method's page does not list this code; it is what Slack answers (the page's "Bug alert").
    assert (await bench.raw("conversations.unarchive", channel=channel))[2]["error"] == "not_in_channel"


async def test_a_rename_remembers_the_old_name(bench: Bench) -> None:
    channel = (await bench.ok("conversations.rename", channel=OPS, name="operations"))["channel"]
    assert (channel["name"], channel["previous_names"]) == ("operations", ["ops"])
    assert await bench.error("conversations.rename", channel=OPS, name="general") == "name_taken"
    assert await bench.error("conversations.rename", channel=GENERAL, name="x") == "not_in_channel"


async def test_inviting_brings_people_in_and_says_so(bench: Bench) -> None:
    channel = (await bench.ok("conversations.create", name="inc-1"))["channel"]["id"]
    await bench.ok("conversations.invite", channel=channel, users=f"{ANA},{BEA}")
    members = (await bench.ok("conversations.members", channel=channel))["members"]
    assert members == ["U0SANDBOX01", ANA, BEA]
    assert f"<@{BEA}> has joined the channel" in await bench.texts(channel)


@pytest.mark.parametrize(
    ("users", "code"),
    [
        ([], "no_user"),
        ([ANA], "already_in_channel"),
        (["U0SANDBOX01"], "cant_invite_self"),
        (["U0NOBODY"], "user_not_found"),
        ([DAN], "cant_invite"),
        ([f"U{n}" for n in range(101)], "invalid_arguments"),
    ],
)
async def test_invitations_slack_refuses_are_refused(bench: Bench, users: list[str], code: str) -> None:
    assert await bench.error("conversations.invite", channel=OPS, users=users) == code


async def test_one_bad_invitation_stops_all_unless_forced(bench: Bench) -> None:
    assert await bench.error("conversations.invite", channel=OPS, users=[SAM, DAN]) == "cant_invite"
    forced = await bench.ok("conversations.invite", channel=OPS, users=[SAM, DAN], force=True)
    assert [row["user"] for row in forced["errors"]] == [DAN]
    assert SAM in (await bench.ok("conversations.members", channel=OPS))["members"]


async def test_joining_twice_is_a_warning(bench: Bench) -> None:
    assert "warning" not in await bench.ok("conversations.join", channel=GENERAL)
    assert (await bench.ok("conversations.join", channel=GENERAL))["warning"] == "already_in_channel"


async def test_private_channels_of_others_do_not_exist(bench: Bench) -> None:
    for method in ("conversations.info", "conversations.join", "conversations.history", "pins.list"):
        assert await bench.error(method, channel=SECRET) == "channel_not_found"
    assert await bench.error("conversations.join", channel=WAR_ROOM) == "method_not_supported_for_channel_type"


async def test_leaving_and_removing(bench: Bench) -> None:
    await bench.ok("conversations.kick", channel=OPS, user=BEA)
    assert await bench.error("conversations.kick", channel=OPS, user=BEA) == "user_not_found"
    assert await bench.error("conversations.kick", channel=OPS, user="U0SANDBOX01") == "cant_kick_self"
    assert await bench.error("conversations.kick", channel=GENERAL, user=ANA) == "not_in_channel"
    await bench.ok("conversations.leave", channel=OPS)
    assert (await bench.ok("conversations.leave", channel=OPS))["not_in_channel"]
    await bench.ok("conversations.join", channel=GENERAL)
    assert await bench.error("conversations.leave", channel=GENERAL) == "cant_leave_general"
    assert await bench.error("conversations.archive", channel=GENERAL) == "cant_archive_general"


async def test_topic_and_purpose_are_escaped_and_limited(bench: Bench) -> None:
    topic = (await bench.ok("conversations.setTopic", channel=OPS, topic="a > b & c &amp; <@U0ANA>"))["channel"][
        "topic"
    ]
    assert (topic["value"], topic["creator"]) == ("a &gt; b &amp; c &amp; <@U0ANA>", "U0SANDBOX01")
    assert (await bench.ok("conversations.setPurpose", channel=OPS, purpose="p"))["purpose"] == "p"
    assert await bench.error("conversations.setTopic", channel=OPS, topic="x" * 251) == "too_long"
    assert await bench.error("conversations.setPurpose", channel=OPS, purpose="x" * 251) == "too_long"
    assert await bench.error("conversations.setTopic", channel=GENERAL, topic="x") == "not_in_channel"


async def test_info_counts_members_when_asked(bench: Bench) -> None:
    assert "num_members" not in (await bench.ok("conversations.info", channel=OPS))["channel"]
    counted = await bench.ok("conversations.info", channel=OPS, include_num_members=True)
    assert counted["channel"]["num_members"] == 3


async def test_listing_follows_types_and_cursors(bench: Bench) -> None:
    first = await bench.ok("conversations.list", types="public_channel,private_channel", limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await bench.ok("conversations.list", types="public_channel,private_channel", cursor=cursor)
    names = [c["name"] for c in first["channels"] + rest["channels"]]
    assert names == ["general", "ops", "war-room"]
    assert rest["response_metadata"]["next_cursor"] == ""
    mine = await bench.ok("users.conversations", types="public_channel,private_channel")
    assert [c["name"] for c in mine["channels"]] == ["ops", "war-room"]


async def test_bad_listings_are_refused(bench: Bench) -> None:
    assert await bench.error("conversations.list", types="secret_channel") == "invalid_types"
    assert await bench.error("conversations.list", cursor="nonsense") == "invalid_cursor"
    assert await bench.error("conversations.list", limit=0) == "invalid_limit"
    assert await bench.error("conversations.list", types="im") == "missing_scope"


async def test_a_direct_message_is_opened_once(bench: Bench) -> None:
    first = await bench.ok("conversations.open", users=ANA, return_im=True)
    again = await bench.ok("conversations.open", users=[ANA])
    assert first["channel"]["user"] == ANA
    assert (again["channel"]["id"], again["already_open"]) == (first["channel"]["id"], True)
    await bench.ok("conversations.close", channel=first["channel"]["id"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "users_list_not_supplied"),
        ({"users": "U0NOBODY"}, "user_not_found"),
        ({"users": DAN}, "user_disabled"),
        ({"users": [f"U{n}" for n in range(9)]}, "too_many_users"),
        ({"users": SAM, "prevent_creation": True}, "channel_not_found"),
        ({"channel": OPS}, "method_not_supported_for_channel_type"),
    ],
)
async def test_direct_messages_slack_refuses_are_refused(bench: Bench, arguments: dict, code: str) -> None:
    assert await bench.error("conversations.open", **arguments) == code


async def test_header_methods_do_not_exist_for_direct_messages(bench: Bench) -> None:
    direct = (await bench.ok("conversations.open", users=ANA))["channel"]["id"]
    assert await bench.error("conversations.archive", channel=direct) == "method_not_supported_for_channel_type"


async def test_marking_needs_membership(bench: Bench) -> None:
    ts = await bench.post()
    await bench.ok("conversations.mark", channel=OPS, ts=ts)
    assert await bench.error("conversations.mark", channel=GENERAL, ts=ts) == "not_in_channel"
    assert await bench.error("conversations.mark", channel=OPS, ts="soon") == "invalid_timestamp"


async def test_history_is_newest_first_and_pages(bench: Bench) -> None:
    stamps = [await bench.post(str(n)) for n in range(4)]
    first = await bench.ok("conversations.history", channel=OPS, limit=3)
    assert [m["text"] for m in first["messages"]] == ["3", "2", "1"]
    assert first["has_more"]
    rest = await bench.ok("conversations.history", channel=OPS, cursor=first["response_metadata"]["next_cursor"])
    assert [m["text"] for m in rest["messages"]] == ["0", "Checkout is slow"]
    assert stamps[0] == rest["messages"][0]["ts"]


async def test_history_between_two_moments(bench: Bench) -> None:
    low, mid, high = [await bench.post(str(n)) for n in range(3)]

    async def texts(**bounds: object) -> list[str]:
        found = await bench.ok("conversations.history", channel=OPS, oldest=low, latest=high, **bounds)
        return [m["text"] for m in found["messages"]]

    assert await texts() == ["1"]
    assert await texts(inclusive=True) == ["2", "1", "0"]
    one = await bench.ok("conversations.history", channel=OPS, latest=mid, oldest=mid, inclusive=True, limit=1)
    assert [m["ts"] for m in one["messages"]] == [mid]


async def test_history_is_for_members(bench: Bench) -> None:
    assert await bench.error("conversations.history", channel=GENERAL) == "not_in_channel"
    assert await bench.error("conversations.history", channel=OPS, oldest="then") == "invalid_ts_oldest"
    assert await bench.error("conversations.history", channel=OPS, latest="now") == "invalid_ts_latest"
    assert await bench.error("conversations.history", channel=OPS, cursor="x") == "invalid_cursor"


async def test_a_thread_reads_oldest_first_and_its_root_leads_every_page(bench: Bench) -> None:
    root = await bench.post("root")
    for number in range(3):
        await bench.post(str(number), thread_ts=root)
    first = await bench.ok("conversations.replies", channel=OPS, ts=root, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await bench.ok("conversations.replies", channel=OPS, ts=root, cursor=cursor)
    assert [m["text"] for m in first["messages"]] == ["root", "0", "1"]
    assert [m["text"] for m in rest["messages"]] == ["root", "2"]
    assert await bench.error("conversations.replies", channel=OPS, ts="1.0") == "thread_not_found"


async def test_each_kind_of_channel_has_its_own_scope() -> None:
    async with Bench(manifest=manifest(without=("groups:history", "groups:write"))) as bench:
        await bench.ok("conversations.history", channel=OPS)
        body = await bench.call("conversations.history", channel=WAR_ROOM)
        assert (body["error"], body["needed"]) == ("missing_scope", "groups:history")
        assert "channels:history" in body["provided"]
        assert await bench.error("conversations.create", name="x", is_private=True) == "missing_scope"


async def test_a_lenient_workspace_asks_for_nothing() -> None:
    async with Bench(strict=False, manifest=manifest(without=("channels:history",))) as bench:
        await bench.ok("conversations.history", channel=OPS)
        await bench.ok("conversations.create", name="Any Name")
        await bench.ok("chat.postMessage", channel=OPS, text="x", blocks=[{"type": "unheard of"}])
