"""Events: which, to whom, in which shape, and how often; and the sockets they travel on."""

from __future__ import annotations

import aiohttp
import pytest

from tests.sandbox.house import (
    ANA,
    BEA,
    GENERAL,
    NO_ACK,
    OPS,
    SAM,
    SECRET,
    WAR_ROOM,
    Bench,
    SocketApp,
    button,
    eventually,
    eventually_async,
    manifest,
)

EVERYTHING = ("message.channels", "message.groups", "channel_created", "pin_added", "pin_removed")


async def test_a_mention_reaches_the_app_with_its_envelope(bench: Bench, app: SocketApp) -> None:
    await bench.act(ANA, "messages", channel=OPS, text="@firebell status")
    event = await app.event("app_mention")
    assert (event["text"], event["user"], event["channel"]) == ("<@U0SANDBOX01> status", ANA, OPS)
    outer = app.payloads("events_api")[0]
    assert (outer["type"], outer["api_app_id"], outer["team_id"]) == ("event_callback", "A0SANDBOX01", "T0TEST")
    assert outer["authorizations"][0]["user_id"] == "U0SANDBOX01"
    envelope = app.envelopes[0]
    assert (envelope["retry_attempt"], envelope["accepts_response_payload"]) == (0, False)


async def test_only_subscribed_events_are_sent(bench: Bench, app: SocketApp) -> None:
    await bench.act(ANA, "messages", channel=OPS, text="nobody listens")
    await bench.act(ANA, "messages", channel=OPS, text="@firebell hears")
    await app.event("app_mention")
    assert app.events("message") == []


async def test_messages_in_every_kind_of_place() -> None:
    async with Bench(manifest=manifest(events=EVERYTHING)) as bench, SocketApp(bench) as app:
        direct = (await bench.act(ANA, "dm", user="U0SANDBOX01"))["channel"]["id"]
        for channel in (OPS, WAR_ROOM, direct, SECRET):
            await bench.act(ANA, "messages", channel=channel, text="hi")
        await app.event("message", 3)
        assert [e["channel_type"] for e in app.events("message")] == ["channel", "group", "im"]
        said = app.events("message")[0]
        await bench.act(ANA, "messages/edit", channel=OPS, ts=said["ts"], text="hello")
        edited = await app.event("message", 4)
        assert (edited["subtype"], edited["previous_message"]["text"]) == ("message_changed", "hi")
        await bench.act(ANA, "messages/delete", channel=OPS, ts=said["ts"])
        deleted = await app.event("message", 5)
        assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", said["ts"])


async def test_reactions_are_told_with_what_and_whose(bench: Bench, app: SocketApp) -> None:
    ts = await bench.post("x")
    await bench.act(BEA, "reactions", channel=OPS, ts=ts, name=":pushpin:", add=True)
    added = await app.event("reaction_added")
    assert (added["user"], added["reaction"], added["item_user"]) == (BEA, "pushpin", "U0SANDBOX01")
    assert added["item"] == {"type": "message", "channel": OPS, "ts": ts}
    await bench.act(BEA, "reactions", channel=OPS, ts=ts, name="pushpin", add=False)
    assert (await app.event("reaction_removed"))["reaction"] == "pushpin"


async def test_comings_and_goings(bench: Bench, app: SocketApp) -> None:
    await bench.act(SAM, "join", channel=OPS)
    await bench.act(SAM, "leave", channel=OPS)
    await bench.act(ANA, "invite", channel=OPS, users=[SAM])
    joined = await app.event("member_joined_channel")
    assert (joined["user"], joined["channel_type"], "inviter" in joined) == (SAM, "C", False)
    assert (await app.event("member_left_channel"))["user"] == SAM
    assert (await app.event("member_joined_channel", 2))["inviter"] == ANA


async def test_what_happens_to_channels() -> None:
    async with Bench(manifest=manifest(events=EVERYTHING)) as bench, SocketApp(bench) as app:
        made = (await bench.act(ANA, "channels", name="new-one"))["channel"]["id"]
        assert (await app.event("channel_created"))["channel"]["id"] == made
        await bench.act(ANA, "archive", channel=OPS, archived=True)
        assert (await app.event("channel_archive"))["channel"] == OPS
        await bench.act(ANA, "archive", channel=OPS, archived=False)
        assert (await app.event("channel_unarchive"))["user"] == ANA
        await bench.ok("conversations.join", channel=OPS)
        await bench.ok("conversations.rename", channel=OPS, name="operations")
        assert (await app.event("channel_rename"))["channel"]["name"] == "operations"
        await bench.act(ANA, "archive", channel=WAR_ROOM, archived=True)
        assert (await app.event("group_archive"))["channel"] == WAR_ROOM


async def test_pins_and_people() -> None:
    async with Bench(manifest=manifest(events=EVERYTHING)) as bench, SocketApp(bench) as app:
        ts = await bench.post("x")
        await bench.act(ANA, "pins", channel=OPS, ts=ts, add=True)
        pinned = await app.event("pin_added")
        assert (pinned["channel_id"], pinned["item"]["message"]["ts"], pinned["pin_count"]) == (OPS, ts, 1)
        await bench.act(ANA, "pins", channel=OPS, ts=ts, add=False)
        assert (await app.event("pin_removed"))["pin_count"] == 0
        await bench.act(SAM, "deactivate", deleted=True)
        assert (await app.event("user_change"))["user"]["deleted"] is True


async def test_an_event_is_repeated_at_once_then_after_one_and_five_minutes(bench: Bench, app: SocketApp) -> None:
    app.answers["events_api"] = NO_ACK
    await bench.act(ANA, "messages", channel=OPS, text="@firebell hello")
    await app.event("app_mention", 2)
    for attempt, wait in ((2, 61), (3, 301)):
        await eventually_async(lambda attempt=attempt: waits_for(bench, attempt))
        bench.clock.advance(wait)
        await app.event("app_mention", attempt + 1)
    await eventually_async(lambda: pending(bench, 0))
    assert len({p["event_id"] for p in app.payloads("events_api")}) == 1
    assert [e["retry_attempt"] for e in app.envelopes] == [0, 1, 2, 3]
    assert [e["retry_reason"] for e in app.envelopes] == ["", *["http_timeout"] * 3]


async def pending(bench: Bench, count: int) -> bool:
    return len((await bench.see("world"))["pending_events"]) == count


async def waits_for(bench: Bench, attempt: int) -> bool:
    return [p["attempt"] for p in (await bench.see("world"))["pending_events"]] == [attempt]


async def test_an_event_waits_for_an_app_that_is_away(bench: Bench) -> None:
    await bench.act(ANA, "messages", channel=OPS, text="@firebell hello")
    await eventually_async(lambda: pending(bench, 1))
    async with SocketApp(bench) as app:
        bench.clock.advance(61)
        await app.event("app_mention")
        assert app.envelopes[0]["retry_reason"] == "connection_failed"
    await eventually_async(lambda: pending(bench, 0))


async def test_a_lost_ack_brings_the_event_again(bench: Bench, app: SocketApp) -> None:
    await bench.switch(delivery={"drop_ack": 1})
    await bench.act(ANA, "messages", channel=OPS, text="@firebell hello")
    await app.event("app_mention", 2)
    await eventually_async(lambda: pending(bench, 0))


async def test_duplicates_and_swapped_order_can_be_switched_on(bench: Bench, app: SocketApp) -> None:
    await bench.switch(delivery={"duplicate": True})
    await bench.act(ANA, "messages", channel=OPS, text="@firebell once")
    await app.event("app_mention", 2)
    assert len({p["event_id"] for p in app.payloads("events_api")}) == 1
    await bench.switch(delivery={"reorder": True})
    for text in ("first", "second"):
        await bench.act(ANA, "messages", channel=OPS, text=f"@firebell {text}")
    await app.event("app_mention", 4)
    assert [e["text"].split()[-1] for e in app.events("app_mention")[2:]] == ["second", "first"]


async def test_a_dropped_socket_fails_the_delivery_and_the_next_one_works(bench: Bench, app: SocketApp) -> None:
    await bench.switch(delivery={"drop_socket": 1})
    ts = await bench.post("card", blocks=[button("take")])
    act = {"container": {"type": "message", "channel": OPS, "ts": ts}, "block_id": "block-take"}
    failed = await bench.act(ANA, "actions", **act, action={"action_id": "take"})
    assert failed["error"] == "dispatch_failed"
    await eventually(lambda: app.closed)
    async with SocketApp(bench) as again:
        assert (await bench.act(ANA, "actions", **act, action={"action_id": "take"}))["ok"]
        assert len(again.payloads("interactive")) == 1


async def test_the_hello_names_the_app_and_counts_the_sockets(bench: Bench, app: SocketApp) -> None:
    assert app.hello["connection_info"] == {"app_id": "A0SANDBOX01"}
    async with SocketApp(bench) as second:
        assert (second.hello["type"], second.hello["num_connections"]) == ("hello", 2)


async def test_each_payload_goes_to_one_socket_in_turn(bench: Bench, app: SocketApp) -> None:
    async with SocketApp(bench) as second:
        for _ in range(4):
            await bench.act(ANA, "commands", channel=OPS, text="/incident")
        assert (len(app.envelopes), len(second.envelopes)) == (2, 2)


async def test_a_ticket_opens_one_socket(bench: Bench) -> None:
    url = (await bench.raw("apps.connections.open", bench.slack.app_token))[2]["url"]
    async with bench.http.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await bench.http.ws_connect(url)


async def test_the_eleventh_socket_is_sent_away(bench: Bench) -> None:
    apps = [SocketApp(bench) for _ in range(10)]
    for app in apps:
        await app.__aenter__()
    url = (await bench.raw("apps.connections.open", bench.slack.app_token))[2]["url"]
    async with bench.http.ws_connect(url) as extra:
        goodbye = await extra.receive_json()
        assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "too_many_websockets")
    for app in apps:
        await app.__aexit__()


async def test_a_socket_is_warned_then_asked_to_renew(bench: Bench, app: SocketApp) -> None:
    await bench.slack.sockets.disconnect("warning")
    await eventually(lambda: [g["reason"] for g in app.goodbyes] == ["warning"])
    assert not app.closed
    await bench.slack.sockets.disconnect("refresh_requested")
    await eventually(lambda: app.closed)
    assert app.goodbyes[-1]["reason"] == "refresh_requested"


async def test_nonsense_on_the_socket_is_passed_over(bench: Bench, app: SocketApp) -> None:
    assert app._socket is not None
    await app._socket.send_str("{nonsense")
    await app._socket.send_str("[]")
    assert (await bench.act(ANA, "commands", channel=GENERAL, text="/incident"))["ok"]
