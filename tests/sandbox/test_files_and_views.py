"""files.* and views.*: uploads in three steps, modals and the Home tab."""

from __future__ import annotations

import struct

import aiohttp
import pytest

from tests.sandbox.house import ANA, DAN, GENERAL, OPS, WAR_ROOM, Bench, SocketApp, manifest, modal, section

HOME = {"type": "home", "blocks": [section("Nothing is burning.")]}


async def uploaded(bench: Bench, name: str, content: bytes) -> str:
    announced = await bench.ok("files.getUploadURLExternal", filename=name, length=len(content))
    async with bench.http.post(announced["upload_url"], data=content) as answer:
        assert (answer.status, await answer.text()) == (200, f"OK - {len(content)}")
    return str(announced["file_id"])


async def test_a_file_is_announced_uploaded_and_shared(bench: Bench) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 8 + struct.pack(">II", 640, 480)
    file = await uploaded(bench, "chart.png", png)
    done = await bench.ok(
        "files.completeUploadExternal",
        files=[{"id": file, "title": "Latency"}],
        channel_id=OPS,
        initial_comment="before and after",
    )
    shown = done["files"][0]
    assert (shown["title"], shown["mimetype"], shown["original_w"]) == ("Latency", "image/png", 640)
    message = (await bench.ok("conversations.history", channel=OPS, limit=1))["messages"][0]
    assert (message["text"], [f["id"] for f in message["files"]]) == ("before and after", [file])
    assert shown["shares"]["public"][OPS][0]["ts"] == message["ts"]
    async with bench.http.get(shown["url_private"]) as answer:
        assert await answer.read() == png
        assert "Content-Security-Policy" not in answer.headers


async def test_a_multipart_upload_works_too(bench: Bench) -> None:
    announced = await bench.ok("files.getUploadURLExternal", filename="a.md", length=5)
    form = aiohttp.FormData()
    form.add_field("file", b"hello", filename="a.md")
    async with bench.http.post(announced["upload_url"], data=form) as answer:
        assert answer.status == 200
    files = [{"id": announced["file_id"]}]
    await bench.ok("files.completeUploadExternal", files=files)
    assert (await bench.ok("files.info", file=announced["file_id"]))["file"]["size"] == 5


async def test_html_is_served_as_nobody(bench: Bench) -> None:
    file = await uploaded(bench, "postmortem.html", b"<h1>INC-42</h1>")
    await bench.ok("files.completeUploadExternal", files=[{"id": file}], channel_id=OPS)
    url = (await bench.ok("files.info", file=file))["file"]["url_private"]
    async with bench.http.get(url) as answer:
        assert answer.content_type == "text/html"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")


async def test_uploads_slack_refuses_are_refused(bench: Bench) -> None:
    assert await bench.error("files.getUploadURLExternal", filename="x") == "missing_argument"
    announced = await bench.ok("files.getUploadURLExternal", filename="x", length=5)
    async with bench.http.post(announced["upload_url"], data=b"too long") as answer:
        assert answer.status == 400
    never = [{"id": announced["file_id"]}]
    assert await bench.error("files.completeUploadExternal", files=never) == "file_not_found"
    file = [{"id": await uploaded(bench, "x.txt", b"x")}]
    assert await bench.error("files.completeUploadExternal", files=file, channel_id="C0NO") == "channel_not_found"
    assert await bench.error("files.completeUploadExternal", files=file, channel_id=GENERAL) == "not_in_channel"


async def test_deleting_a_file_takes_its_message_along(bench: Bench) -> None:
    file = await uploaded(bench, "x.txt", b"x")
    await bench.ok("files.completeUploadExternal", files=[{"id": file}], channel_id=OPS)
    assert [f["id"] for f in (await bench.ok("files.list", channel=OPS))["files"]] == [file]
    await bench.ok("files.delete", file=file)
    assert await bench.error("files.info", file=file) == "file_not_found"
    messages = (await bench.ok("conversations.history", channel=OPS))["messages"]
    assert [m["text"] for m in messages] == ["Checkout is slow"]


async def test_a_file_of_a_person_is_not_the_apps_to_delete(bench: Bench) -> None:
    form = aiohttp.FormData()
    form.add_field("channel", OPS)
    form.add_field("file", b"notes", filename="notes.txt")
    url = f"{bench.slack.url}/sandbox/api/as/{ANA}/files"
    async with bench.http.post(url, data=form) as answer:
        file = (await answer.json())["file"]["id"]
    assert await bench.error("files.delete", file=file) == "cant_delete_file"


async def trigger(bench: Bench, app: SocketApp) -> str:
    """Have Ana type the command and return the trigger id the app got."""
    await bench.act(ANA, "commands", channel=OPS, text="/incident")
    return str(app.payloads("slash_commands")[-1]["trigger_id"])


async def test_a_trigger_opens_one_modal(bench: Bench, app: SocketApp) -> None:
    used = await trigger(bench, app)
    view = (await bench.ok("views.open", trigger_id=used, view=modal()))["view"]
    assert (view["type"], view["callback_id"], view["root_view_id"]) == ("modal", "form", view["id"])
    assert [v["id"] for v in (await bench.see(f"views?user={ANA}"))["stack"]] == [view["id"]]
    assert await bench.error("views.open", trigger_id=used, view=modal()) == "exchanged_trigger_id"
    assert await bench.error("views.open", trigger_id="1.2.3", view=modal()) == "invalid_trigger_id"


async def test_a_trigger_lives_three_seconds(bench: Bench, app: SocketApp) -> None:
    late = await trigger(bench, app)
    bench.clock.advance(3.1)
    assert await bench.error("views.open", trigger_id=late, view=modal()) == "expired_trigger_id"


async def test_a_view_slack_would_refuse_does_not_cost_the_trigger(bench: Bench, app: SocketApp) -> None:
    fresh = await trigger(bench, app)
    wrong = modal(title={"type": "plain_text", "text": "x" * 25})
    body = await bench.call("views.open", trigger_id=fresh, view=wrong)
    assert body["error"] == "invalid_arguments"
    assert "/view/title" in body["response_metadata"]["messages"][0]
    await bench.ok("views.open", trigger_id=fresh, view=modal())


async def test_a_view_of_a_quarter_megabyte_is_too_large(bench: Bench, app: SocketApp) -> None:
    fresh = await trigger(bench, app)
    blocks = [section("é" * 2900) for _ in range(90)]
    assert await bench.error("views.open", trigger_id=fresh, view=modal(blocks=blocks)) == "view_too_large"


async def test_three_modals_stack_and_a_fourth_does_not(bench: Bench, app: SocketApp) -> None:
    await bench.ok("views.open", trigger_id=await trigger(bench, app), view=modal())
    for _ in range(2):
        await bench.ok("views.push", trigger_id=await trigger(bench, app), view=modal())
    stack = (await bench.see(f"views?user={ANA}"))["stack"]
    assert [v["previous_view_id"] for v in stack] == [None, stack[0]["id"], stack[1]["id"]]
    code = await bench.error("views.push", trigger_id=await trigger(bench, app), view=modal())
    assert code == "push_limit_reached"


async def test_an_update_checks_the_hash_and_keeps_what_was_typed(bench: Bench, app: SocketApp) -> None:
    opened = (await bench.ok("views.open", trigger_id=await trigger(bench, app), view=modal(external_id="mine")))[
        "view"
    ]
    updated = await bench.ok("views.update", external_id="mine", hash=opened["hash"], view=modal(external_id="mine"))
    assert updated["view"]["id"] == opened["id"]
    assert updated["view"]["hash"] != opened["hash"]
    stale = await bench.error("views.update", view_id=opened["id"], hash=opened["hash"], view=modal())
    assert stale == "hash_conflict"
    assert await bench.error("views.update", view_id="V0NONE", view=modal()) == "not_found"


async def test_external_ids_are_unique(bench: Bench, app: SocketApp) -> None:
    await bench.ok("views.open", trigger_id=await trigger(bench, app), view=modal(external_id="mine"))
    again = modal(external_id="mine")
    code = await bench.error("views.push", trigger_id=await trigger(bench, app), view=again)
    assert code == "duplicate_external_id"


async def test_home_is_published_per_person(bench: Bench) -> None:
    view = (await bench.ok("views.publish", user_id=ANA, view=HOME))["view"]
    assert (await bench.see(f"home?user={ANA}"))["view"]["id"] == view["id"]
    assert (await bench.see(f"home?user={DAN}"))["view"] is None
    again = (await bench.ok("views.publish", user_id=ANA, view=HOME, hash=view["hash"]))["view"]
    assert again["id"] == view["id"]
    assert await bench.error("views.publish", user_id=ANA, view=HOME, hash=view["hash"]) == "hash_conflict"


async def test_home_must_be_enabled_in_the_manifest() -> None:
    closed = manifest()
    closed["features"]["app_home"]["home_tab_enabled"] = False
    async with Bench(manifest=closed) as bench:
        assert await bench.error("views.publish", user_id=ANA, view=HOME) == "not_enabled"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"blocks": [section("x" * 3001)]}, "invalid_blocks"),
        ({"message": {"text": "x", "blocks": [section("x" * 3001)]}}, "invalid_message"),
        ({"view": modal(title={"type": "plain_text", "text": "x" * 25})}, "invalid_view"),
        ({}, "invalid_arguments"),
    ],
)
async def test_blocks_validate_says_what_is_wrong(bench: Bench, arguments: dict, code: str) -> None:
    body = await bench.call("blocks.validate", **arguments)
    assert body["error"] == code
    if arguments:
        assert body["errors"][0]["pointer"]


async def test_blocks_validate_passes_what_is_right(bench: Bench) -> None:
    await bench.ok("blocks.validate", blocks=[section("x")])
    await bench.ok("blocks.validate", view=modal())


async def test_files_of_private_channels_stay_there(bench: Bench) -> None:
    form = aiohttp.FormData()
    form.add_field("channel", WAR_ROOM)
    form.add_field("file", b"notes", filename="notes.txt")
    async with bench.http.post(f"{bench.slack.url}/sandbox/api/as/{ANA}/files", data=form) as answer:
        file = (await answer.json())["file"]
    assert (file["is_public"], file["groups"]) == (False, [WAR_ROOM])
    await bench.ok("conversations.leave", channel=WAR_ROOM)
    assert await bench.error("files.info", file=file["id"]) == "file_not_found"
