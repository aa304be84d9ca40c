"""What the page reads and does, and how it stays live."""

from __future__ import annotations

import aiohttp
import pytest

from tests.sandbox.house import ANA, BEA, DAN, GENERAL, OPS, SAM, SECRET, START, WAR_ROOM, Bench, modal, section


async def test_the_page_starts_with_everything_it_draws(bench: Bench) -> None:
    body = await bench.see(f"bootstrap?user={ANA}")
    assert (body["team"]["name"], body["me"]["name"], body["socket_connected"]) == ("Test", "ana", False)
    assert {c["name"] for c in body["channels"]} == {"general", "ops", "secret", "war-room"}
    assert body["commands"][0]["command"] == "/incident"
    assert {s["type"] for s in body["shortcuts"]} == {"global", "message"}
    assert body["clock"] == {"now": START, "offset": 0.0}


async def test_private_channels_are_invisible_to_others(bench: Bench) -> None:
    names = {c["name"] for c in (await bench.see(f"bootstrap?user={BEA}"))["channels"]}
    assert names == {"general", "ops"}
    with pytest.raises(aiohttp.ClientResponseError):
        await bench.see(f"channels/{SECRET}/messages?user={BEA}")
    refused = await bench.act(BEA, "messages", channel=SECRET, text="hello")
    assert refused == {"ok": False, "error": "channel_not_found"}


async def test_saying_something_escapes_it_and_links_people(bench: Bench) -> None:
    said = await bench.act(ANA, "messages", channel=OPS, text="@bea see #general & <b>, mail x@y.z")
    assert said["message"]["text"] == f"<@{BEA}> see <#{GENERAL}|general> &amp; &lt;b&gt;, mail x@y.z"


async def test_unread_counts_and_mentions_until_read(bench: Bench) -> None:
    await bench.act(ANA, "messages", channel=OPS, text="@bea look")
    last = (await bench.act(ANA, "messages", channel=OPS, text="and this"))["message"]["ts"]

    async def counts() -> tuple[int, int]:
        channel = (await bench.see(f"channels/{OPS}?user={BEA}"))["channel"]
        return channel["unread"], channel["mentions"]

    assert await counts() == (2, 1)
    await bench.act(BEA, "read", channel=OPS, ts=last)
    assert await counts() == (0, 0)


async def test_messages_page_backwards(bench: Bench) -> None:
    for number in range(5):
        await bench.act(ANA, "messages", channel=OPS, text=str(number))
    newest = await bench.see(f"channels/{OPS}/messages?user={ANA}&limit=2")
    assert ([m["text"] for m in newest["messages"]], newest["has_more"]) == (["3", "4"], True)
    before = newest["messages"][0]["ts"]
    older = await bench.see(f"channels/{OPS}/messages?user={ANA}&limit=10&before={before}")
    assert [m["text"] for m in older["messages"]] == ["Checkout is slow", "0", "1", "2"]


async def test_a_thread_is_read_and_answered(bench: Bench) -> None:
    root = (await bench.see(f"channels/{OPS}/messages?user={ANA}"))["messages"][0]
    assert root["reply_count"] == 1
    await bench.act(SAM, "join", channel=OPS)
    await bench.act(SAM, "messages", channel=OPS, text="me too", thread_ts=root["ts"], broadcast=True)
    thread = await bench.see(f"channels/{OPS}/threads/{root['ts']}?user={ANA}")
    assert [m["text"] for m in thread["messages"]] == ["Checkout is slow", "Looking", "me too"]
    assert "me too" in await bench.texts(OPS)


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("messages", {"channel": OPS, "text": " "}, "no_text"),
        ("messages", {"channel": GENERAL, "text": "x", "thread_ts": "1.0"}, "message_not_found"),
        ("messages/edit", {"channel": OPS, "ts": "1.0", "text": "x"}, "message_not_found"),
        ("leave", {"channel": GENERAL}, "cant_leave_general"),
        ("archive", {"channel": OPS, "archived": False}, "not_archived"),
        ("channels", {"name": "Not Good"}, "invalid_name_specials"),
        ("invite", {"channel": OPS, "users": ["U0NOBODY"]}, "user_not_found"),
        ("dm", {"user": "U0NOBODY"}, "user_not_found"),
        ("views/V0NONE/submit", {}, "view_not_found"),
    ],
)
async def test_what_cannot_be_done_says_why(bench: Bench, path: str, body: dict, error: str) -> None:
    assert (await bench.act(ANA, path, **body))["error"] == error


async def test_an_archived_channel_is_silent(bench: Bench) -> None:
    await bench.act(ANA, "archive", channel=OPS, archived=True)
    for path, body in (("messages", {"text": "x"}), ("join", {}), ("commands", {"text": "/incident"})):
        assert (await bench.act(ANA, path, channel=OPS, **body))["error"] == "is_archived"


async def test_a_deactivated_person_does_nothing(bench: Bench) -> None:
    with pytest.raises(aiohttp.ClientResponseError):
        await bench.act(DAN, "messages", channel=GENERAL, text="boo")


@pytest.mark.parametrize("body", [b"{nonsense", b"[]"])
async def test_a_body_that_is_no_object_is_refused(bench: Bench, body: bytes) -> None:
    url = f"{bench.slack.url}/sandbox/api/as/{ANA}/messages"
    async with bench.http.post(url, data=body) as answer:
        assert answer.status == 400


async def test_pins_and_members_of_a_channel(bench: Bench) -> None:
    ts = await bench.post("pin me", WAR_ROOM)
    await bench.act(ANA, "pins", channel=WAR_ROOM, ts=ts, add=True)
    body = await bench.see(f"channels/{WAR_ROOM}?user={ANA}")
    assert [m["ts"] for m in body["pins"]] == [ts]
    assert [u["name"] for u in body["members"]] == ["ana", "firebell"]


async def test_an_open_page_is_told_of_everything_its_person_may_see(bench: Bench) -> None:
    socket = await bench.http.ws_connect(f"{bench.slack.url}/sandbox/ws?user={BEA}")
    await bench.act(ANA, "messages", channel=SECRET, text="not for bea")
    await bench.act(ANA, "messages", channel=OPS, text="for all")
    assert (await socket.receive_json())["message"]["text"] == "for all"
    ts = await bench.post("card", blocks=[section("x")])
    kinds = [(await socket.receive_json())["type"] for _ in range(2)]
    assert sorted(kinds) == ["message", "traffic"]
    await bench.ok("chat.delete", channel=OPS, ts=ts)
    gone = [await socket.receive_json() for _ in range(2)]
    assert {"type": "message_deleted", "channel": OPS, "ts": ts} in gone
    await socket.close()


async def test_an_open_page_follows_views_channels_and_the_clock(bench: Bench) -> None:
    async with bench.http.ws_connect(f"{bench.slack.url}/sandbox/ws?user={ANA}") as socket:

        async def next_of(kind: str) -> dict:
            while True:
                item = await socket.receive_json(timeout=30)
                if item["type"] == kind:
                    return dict(item)

        await bench.ok("views.publish", user_id=ANA, view={"type": "home", "blocks": [section("hi")]})
        assert (await next_of("home"))["view"]["type"] == "home"
        await bench.ok("conversations.setTopic", channel=OPS, topic="new")
        assert (await next_of("channel"))["channel"]["topic"] == "new"
        async with bench.http.post(f"{bench.slack.url}/sandbox/api/clock", json={"advance": 60}) as answer:
            assert (await answer.json())["offset"] == 60.0
        assert (await next_of("clock"))["now"] == START + 60
        view = bench.slack._workspace.views.open(ANA, modal())
        assert (await next_of("view_open"))["view"]["id"] == view.id
        await bench.act(ANA, f"views/{view.id}/close")
        assert (await next_of("view_close"))["view_id"] == view.id


async def test_the_clock_moves_only_forward(bench: Bench) -> None:
    async with bench.http.post(f"{bench.slack.url}/sandbox/api/clock", json={"advance": -1}) as answer:
        assert answer.status == 400


async def test_controls_belong_to_the_process_around(bench: Bench) -> None:
    pressed: list[str] = []

    async def crash() -> str:
        pressed.append("crash")
        return "The bot was killed."

    bench.slack.add_control(id="crash", label="Crash the bot now", hint="SIGKILL", callback=crash)
    controls = (await bench.see(f"bootstrap?user={ANA}"))["controls"]
    assert controls == [{"id": "crash", "label": "Crash the bot now", "hint": "SIGKILL"}]
    async with bench.http.post(f"{bench.slack.url}/sandbox/api/controls/crash") as answer:
        assert await answer.json() == {"ok": True, "text": "The bot was killed."}
    async with bench.http.post(f"{bench.slack.url}/sandbox/api/controls/none") as answer:
        assert answer.status == 404
    assert pressed == ["crash"]


async def test_the_world_counts_what_was_deleted(bench: Bench) -> None:
    await bench.ok("chat.delete", channel=OPS, ts=await bench.post())
    world = await bench.see("world")
    assert world["deleted_messages"] == 1
    assert [m["text"] for m in world["channels"][OPS]["messages"]] == ["Checkout is slow", "Looking"]
