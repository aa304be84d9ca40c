"""users, user groups, team; pins, bookmarks, reactions."""

from __future__ import annotations

import pytest

from tests.sandbox.house import ANA, BEA, DAN, GENERAL, OPS, WAR_ROOM, Bench, manifest


async def test_auth_test_says_who_the_bot_is(bench: Bench) -> None:
    body = await bench.ok("auth.test")
    assert (body["user"], body["user_id"], body["bot_id"]) == ("firebell", "U0SANDBOX01", "B0SANDBOX01")
    assert (body["team"], body["team_id"]) == ("Test", "T0TEST")


async def test_api_test_echoes(bench: Bench) -> None:
    assert (await bench.ok("api.test", foo="bar"))["args"] == {"foo": "bar"}
    _, _, body = await bench.raw("api.test", error="my_error")
    assert (body["ok"], body["error"]) == (False, "my_error")


async def test_a_user_has_a_zone_and_an_address(bench: Bench) -> None:
    user = (await bench.ok("users.info", user=ANA))["user"]
    assert (user["name"], user["tz"], user["tz_offset"]) == ("ana", "Europe/Madrid", 3600)
    assert user["profile"]["email"] == "ana@test.example"
    assert await bench.error("users.info", user="U0NOBODY") == "user_not_found"


async def test_a_deactivated_user_is_marked(bench: Bench) -> None:
    assert (await bench.ok("users.info", user=DAN))["user"]["deleted"] is True


async def test_people_are_listed_in_pages(bench: Bench) -> None:
    first = await bench.ok("users.list", limit=3)
    rest = await bench.ok("users.list", cursor=first["response_metadata"]["next_cursor"])
    assert {u["name"] for u in first["members"] + rest["members"]} == {"ana", "bea", "sam", "dan", "firebell"}


async def test_people_are_found_by_address_unless_deactivated(bench: Bench) -> None:
    assert (await bench.ok("users.lookupByEmail", email="BEA@test.example"))["user"]["id"] == BEA
    assert await bench.error("users.lookupByEmail", email="dan@test.example") == "users_not_found"
    assert await bench.error("users.lookupByEmail") == "invalid_arguments"


async def test_addresses_are_hidden_without_their_scope() -> None:
    async with Bench(manifest=manifest(without=("users:read.email",))) as bench:
        assert "email" not in (await bench.ok("users.info", user=ANA))["user"]["profile"]
        assert await bench.error("users.lookupByEmail", email="ana@test.example") == "missing_scope"


async def test_user_groups_and_their_people(bench: Bench) -> None:
    plain = (await bench.ok("usergroups.list"))["usergroups"][0]
    full = (await bench.ok("usergroups.list", include_users=True, include_count=True))["usergroups"][0]
    assert (plain["handle"], "users" in plain) == ("oncall", False)
    assert (full["users"], full["user_count"]) == ([ANA, BEA], 2)
    assert (await bench.ok("usergroups.users.list", usergroup="S0ONCALL"))["users"] == [ANA, BEA]
    assert await bench.error("usergroups.users.list", usergroup="S0NONE") == "no_such_subteam"


async def test_team_and_bot_describe_themselves() -> None:
    async with Bench(manifest=manifest(scopes=("team:read",))) as bench:
        assert (await bench.ok("team.info"))["team"]["domain"] == "test"
        assert await bench.error("team.info", team="T0OTHER") == "team_not_found"
        assert (await bench.ok("bots.info", bot="B0SANDBOX01"))["bot"]["user_id"] == "U0SANDBOX01"
        assert await bench.error("bots.info", bot="B0OTHER") == "bot_not_found"


async def test_a_pin_is_on_the_message_and_in_the_list(bench: Bench) -> None:
    ts = await bench.post("pin me")
    await bench.ok("pins.add", channel=OPS, timestamp=ts)
    items = (await bench.ok("pins.list", channel=OPS))["items"]
    assert [(item["message"]["ts"], item["message"]["pinned_to"]) for item in items] == [(ts, [OPS])]
    assert await bench.error("pins.add", channel=OPS, timestamp=ts) == "already_pinned"
    await bench.ok("pins.remove", channel=OPS, timestamp=ts)
    assert await bench.error("pins.remove", channel=OPS, timestamp=ts) == "no_pin"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"channel": OPS}, "no_item_specified"),
        ({"channel": OPS, "timestamp": "soon"}, "bad_timestamp"),
        ({"channel": OPS, "timestamp": "1.000001"}, "message_not_found"),
        ({"channel": "C0NOWHERE", "timestamp": "1.000001"}, "channel_not_found"),
    ],
)
async def test_pins_and_reactions_need_a_message(bench: Bench, arguments: dict, code: str) -> None:
    assert await bench.error("pins.add", **arguments) == code
    assert await bench.error("reactions.add", name="eyes", **arguments) == code


async def test_pinning_needs_membership(bench: Bench) -> None:
    ts = await bench.post("x", GENERAL)
    assert await bench.error("pins.add", channel=GENERAL, timestamp=ts) == "not_in_channel"


async def test_at_most_a_hundred_pins() -> None:
    async with Bench(strict=False) as bench:
        for number in range(100):
            await bench.ok("pins.add", channel=OPS, timestamp=await bench.post(str(number)))
        assert await bench.error("pins.add", channel=OPS, timestamp=await bench.post("x")) == "too_many_pins"


async def test_bookmarks_are_added_edited_and_removed(bench: Bench) -> None:
    made = await bench.ok(
        "bookmarks.add", channel_id=OPS, title="Runbook", type="link", link="https://x.example", emoji=":book:"
    )
    mark = made["bookmark"]["id"]
    await bench.ok("bookmarks.edit", channel_id=OPS, bookmark_id=mark, title="Book")
    listed = (await bench.ok("bookmarks.list", channel_id=OPS))["bookmarks"]
    assert [(m["title"], m["link"], m["emoji"]) for m in listed] == [("Book", "https://x.example", ":book:")]
    await bench.ok("bookmarks.remove", channel_id=OPS, bookmark_id=mark)
    assert await bench.error("bookmarks.remove", channel_id=OPS, bookmark_id=mark) == "not_found"


async def test_bookmarks_slack_refuses_are_refused(bench: Bench) -> None:
    good = {"channel_id": OPS, "title": "t", "type": "link", "link": "https://x.example"}
    assert await bench.error("bookmarks.add", **{**good, "link": "x"}) == "invalid_link"
    assert await bench.error("bookmarks.add", **{**good, "type": "file"}) == "invalid_bookmark_type"
    assert await bench.error("bookmarks.add", **{**good, "channel_id": GENERAL}) == "permission_denied"
    assert await bench.error("bookmarks.list", channel_id=GENERAL) == "channel_not_found"


async def test_reactions_are_counted_per_person(bench: Bench) -> None:
    ts = await bench.post()
    await bench.ok("reactions.add", channel=OPS, timestamp=ts, name="eyes")
    await bench.act(ANA, "reactions", channel=OPS, ts=ts, name="eyes", add=True)
    message = (await bench.ok("reactions.get", channel=OPS, timestamp=ts))["message"]
    assert message["reactions"] == [{"name": "eyes", "users": ["U0SANDBOX01", ANA], "count": 2}]
    assert await bench.error("reactions.add", channel=OPS, timestamp=ts, name="eyes") == "already_reacted"
    await bench.ok("reactions.remove", channel=OPS, timestamp=ts, name="eyes")
    assert await bench.error("reactions.remove", channel=OPS, timestamp=ts, name="eyes") == "no_reaction"
    assert await bench.error("reactions.add", channel=OPS, timestamp=ts, name="no such") == "invalid_name"


async def test_reacting_in_private_channels_and_archives(bench: Bench) -> None:
    ts = await bench.post("x", WAR_ROOM)
    await bench.ok("reactions.add", channel=WAR_ROOM, timestamp=ts, name="eyes")
    await bench.ok("conversations.archive", channel=WAR_ROOM)
    assert await bench.error("reactions.add", channel=WAR_ROOM, timestamp=ts, name="wave") == "channel_not_found"
    ts = await bench.post("x")
    await bench.ok("conversations.archive", channel=OPS)
    assert await bench.error("reactions.add", channel=OPS, timestamp=ts, name="wave") == "is_archived"
