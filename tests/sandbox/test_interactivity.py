"""Commands, clicks, shortcuts and modals, as the app gets them over a socket."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.house import (
    ANA,
    BEA,
    NO_ACK,
    OPS,
    ROOT,
    SECRET,
    Bench,
    SocketApp,
    button,
    eventually_async,
    manifest,
    modal,
    typed,
)

FIELDS = json.loads((ROOT / "tests" / "data" / "slack-payloads" / "fields.json").read_text(encoding="utf-8"))
# Newer than the recorded samples, on the reference pages of docs.slack.dev.
NEWER = {
    "": {"is_enterprise_install", "response_urls", "enterprise", "api_app_id", "state"},
    "message": {"metadata", "reply_count", "reply_users_count", "reply_users", "latest_reply", "is_locked"},
    "view": {"blocks"},
}


def assert_shape(payload: dict[str, Any], sample: str) -> None:
    """Fail if the payload has a field that Slack's recorded one does not have."""
    for part, names in FIELDS[sample].items():
        inner = payload if part == "" else payload.get(part, {})
        assert inner.keys() - set(names) - NEWER.get(part, set()) == set(), (sample, part)


async def test_a_command_arrives_with_slacks_fields_and_escaped(bench: Bench, app: SocketApp) -> None:
    text = "/incident assign @bea & @nobody #ops <b> @oncall"
    assert (await bench.act(ANA, "commands", channel=OPS, text=text))["ok"]
    payload = app.payloads("slash_commands")[0]
    assert payload["text"] == f"assign <@{BEA}|bea> &amp; @nobody <#{OPS}|ops> &lt;b&gt; <!subteam^S0ONCALL|@oncall>"
    assert_shape(payload, "SlashCommandPayload")
    assert (payload["command"], payload["user_name"], payload["channel_name"]) == ("/incident", "ana", "ops")
    assert app.envelopes[0]["accepts_response_payload"] is True


async def test_without_should_escape_the_text_stays_as_typed() -> None:
    plain = manifest()
    plain["features"]["slash_commands"][0]["should_escape"] = False
    async with Bench(manifest=plain) as bench, SocketApp(bench) as app:
        await bench.act(ANA, "commands", channel=OPS, text="/incident take @bea & co")
        assert app.payloads("slash_commands")[0]["text"] == "take @bea & co"


async def test_a_private_channel_is_not_named_to_the_app(bench: Bench, app: SocketApp) -> None:
    await bench.act(ANA, "commands", channel=SECRET, text="/incident")
    assert app.payloads("slash_commands")[0]["channel_name"] == "privategroup"


async def test_an_answer_in_the_ack_is_for_the_person_alone(bench: Bench, app: SocketApp) -> None:
    app.answers["slash_commands"] = {"text": "Nothing is burning."}
    await bench.act(ANA, "commands", channel=OPS, text="/incident")
    assert "Nothing is burning." in await bench.texts(OPS, ANA)
    assert "Nothing is burning." not in await bench.texts(OPS, BEA)


async def test_an_answer_in_the_channel_is_for_everyone(bench: Bench, app: SocketApp) -> None:
    app.answers["slash_commands"] = {"text": "All well.", "response_type": "in_channel"}
    await bench.act(ANA, "commands", channel=OPS, text="/incident")
    assert "All well." in await bench.texts(OPS, BEA)


async def test_commands_that_cannot_run_say_why(bench: Bench, app: SocketApp) -> None:
    unknown = await bench.act(ANA, "commands", channel=OPS, text="/party now")
    assert (unknown["ok"], unknown["error"]) == (False, "unknown_command")
    threaded = await bench.act(ANA, "commands", channel=OPS, text="/incident", thread_ts="1.0")
    assert "not supported in threads" in threaded["text"]
    app.answers["slash_commands"] = NO_ACK
    late = await bench.act(ANA, "commands", channel=OPS, text="/incident")
    assert (late["error"], app.payloads("slash_commands")[0]["text"]) == ("operation_timeout", "")


async def test_without_any_app_a_command_fails_at_once(bench: Bench) -> None:
    assert (await bench.act(ANA, "commands", channel=OPS, text="/incident"))["error"] == "dispatch_failed"


async def test_a_button_in_a_message_arrives_whole(bench: Bench, app: SocketApp) -> None:
    ts = await bench.post("card", blocks=[button("take", value="42")])
    action = {"type": "button", "action_id": "take", "value": "42"}
    container = {"type": "message", "channel": OPS, "ts": ts}
    done = await bench.act(ANA, "actions", container=container, block_id="block-take", action=action)
    assert done == {"ok": True}
    payload = app.payloads("interactive")[0]
    assert_shape(payload, "BlockActionPayload")
    assert payload["container"] == {"type": "message", "message_ts": ts, "channel_id": OPS, "is_ephemeral": False}
    assert payload["message"]["text"] == "card"
    assert payload["actions"][0].items() >= {"value": "42", "block_id": "block-take"}.items()
    assert payload["response_url"].startswith(bench.slack.url)


async def test_a_button_in_an_ephemeral_message_sends_no_message(bench: Bench, app: SocketApp) -> None:
    await bench.ok("chat.postEphemeral", channel=OPS, user=ANA, text="x", blocks=[button("yes")])
    shown = (await bench.see(f"channels/{OPS}/messages?user={ANA}"))["messages"][-1]
    container = {"type": "message", "channel": OPS, "ts": shown["ts"], "is_ephemeral": True}
    action = {"type": "button", "action_id": "yes"}
    await bench.act(ANA, "actions", container=container, block_id="block-yes", action=action)
    payload = app.payloads("interactive")[0]
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload


async def test_a_control_that_is_gone_cannot_be_used(bench: Bench, app: SocketApp) -> None:
    ts = await bench.post("card", blocks=[button("take")])
    await bench.ok("chat.update", channel=OPS, ts=ts, text="done", blocks=[])
    container = {"type": "message", "channel": OPS, "ts": ts}
    action = {"type": "button", "action_id": "take"}
    refused = await bench.act(ANA, "actions", container=container, block_id="block-take", action=action)
    assert refused["error"] == "action_not_found"
    assert app.payloads("interactive") == []


async def test_an_unanswered_click_is_told_to_the_person(bench: Bench, app: SocketApp) -> None:
    app.answers["block_actions"] = NO_ACK
    ts = await bench.post("card", blocks=[button("take")])
    container = {"type": "message", "channel": OPS, "ts": ts}
    action = {"type": "button", "action_id": "take"}
    late = await bench.act(ANA, "actions", container=container, block_id="block-take", action=action)
    assert (late["error"], "try again" in late["text"]) == ("operation_timeout", True)


async def open_modal(bench: Bench, app: SocketApp, **more: Any) -> dict[str, Any]:
    await bench.act(ANA, "commands", channel=OPS, text="/incident")
    trigger = app.payloads("slash_commands")[-1]["trigger_id"]
    view: dict[str, Any] = (await bench.ok("views.open", trigger_id=trigger, view=modal(**more)))["view"]
    return view


async def stack(bench: Bench) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await bench.see(f"views?user={ANA}"))["stack"]
    return found


async def test_a_modal_is_sent_and_closes(bench: Bench, app: SocketApp) -> None:
    view = await open_modal(bench, app, private_metadata="inc-42")
    sent = await bench.act(ANA, f"views/{view['id']}/submit", state=typed("Checkout"))
    assert sent == {"ok": True}
    payload = app.payloads("interactive")[0]
    assert_shape(payload, "ViewSubmissionPayload")
    assert payload["view"]["state"] == typed("Checkout")
    assert payload["view"]["private_metadata"] == "inc-42"
    assert await stack(bench) == []


async def test_slack_itself_checks_required_fields_and_lengths(bench: Bench, app: SocketApp) -> None:
    view = await open_modal(bench, app)
    empty = await bench.act(ANA, f"views/{view['id']}/submit", state=typed(""))
    long = await bench.act(ANA, f"views/{view['id']}/submit", state=typed("x" * 51))
    assert empty["errors"] == {"title": "Please complete this required field."}
    assert "no more than 50" in long["errors"]["title"]
    assert app.payloads("interactive") == []


async def test_errors_of_the_app_reach_their_fields_and_keep_the_input(bench: Bench, app: SocketApp) -> None:
    app.answers["view_submission"] = {"response_action": "errors", "errors": {"title": "Say what is broken."}}
    view = await open_modal(bench, app)
    sent = await bench.act(ANA, f"views/{view['id']}/submit", state=typed("?"))
    assert sent == {"ok": False, "errors": {"title": "Say what is broken."}}
    assert (await stack(bench))[0]["state"] == typed("?")


async def test_a_submit_may_update_push_or_clear(bench: Bench, app: SocketApp) -> None:
    view = await open_modal(bench, app)
    app.answers["view_submission"] = {"response_action": "update", "view": modal("second")}
    await bench.act(ANA, f"views/{view['id']}/submit", state=typed("a"))
    assert [v["callback_id"] for v in await stack(bench)] == ["second"]
    app.answers["view_submission"] = {"response_action": "push", "view": modal("third")}
    await bench.act(ANA, f"views/{view['id']}/submit", state=typed("a"))
    assert [v["callback_id"] for v in await stack(bench)] == ["second", "third"]
    app.answers["view_submission"] = {"response_action": "clear"}
    await bench.act(ANA, f"views/{view['id']}/submit", state=typed("a"))
    assert await stack(bench) == []


async def test_an_unanswered_submit_keeps_the_form(bench: Bench, app: SocketApp) -> None:
    app.answers["view_submission"] = NO_ACK
    view = await open_modal(bench, app)
    sent = await bench.act(ANA, f"views/{view['id']}/submit", state=typed("kept"))
    assert sent["error"] == "operation_timeout"
    assert (await stack(bench))[0]["state"] == typed("kept")


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"no such field": "x"}},
        {"response_action": "update"},
        {"response_action": "update", "view": {"type": "modal"}},
    ],
)
async def test_an_answer_that_makes_no_sense_is_told(bench: Bench, app: SocketApp, answer: dict[str, Any]) -> None:
    app.answers["view_submission"] = answer
    view = await open_modal(bench, app)
    sent = await bench.act(ANA, f"views/{view['id']}/submit", state=typed("x"))
    assert (sent["ok"], "error" in sent) == (False, True)
    assert len(await stack(bench)) == 1


async def test_closing_is_told_only_to_who_asked(bench: Bench, app: SocketApp) -> None:
    quiet = await open_modal(bench, app)
    await bench.act(ANA, f"views/{quiet['id']}/close")
    assert app.payloads("interactive") == []
    curious = await open_modal(bench, app, notify_on_close=True)
    await bench.act(ANA, f"views/{curious['id']}/close", cleared=True)
    payload = app.payloads("interactive")[0]
    assert_shape(payload, "ViewClosedPayload")
    assert (payload["type"], payload["is_cleared"]) == ("view_closed", True)
    assert await stack(bench) == []


async def test_an_action_in_a_modal_carries_what_is_typed_so_far(bench: Bench, app: SocketApp) -> None:
    field = modal()["blocks"][0] | {"dispatch_action": True}
    view = await open_modal(bench, app, blocks=[field])
    await bench.act(
        ANA,
        "actions",
        container={"type": "view", "view_id": view["id"]},
        block_id="title",
        action={"type": "plain_text_input", "action_id": "text", "value": "check"},
        state=typed("check"),
    )
    payload = app.payloads("interactive")[0]
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert payload["view"]["state"] == typed("check")
    updated = modal(blocks=[field, {"type": "divider"}])
    await bench.ok("views.update", view_id=view["id"], hash=payload["view"]["hash"], view=updated)
    assert (await stack(bench))[0]["state"] == typed("check")


async def test_a_form_belongs_to_one_person(bench: Bench, app: SocketApp) -> None:
    view = await open_modal(bench, app)
    stolen = await bench.act(BEA, f"views/{view['id']}/submit", state=typed("x"))
    assert stolen["error"] == "view_not_found"


async def test_options_are_loaded_from_the_app(bench: Bench, app: SocketApp) -> None:
    option = {"text": {"type": "plain_text", "text": "checkout"}, "value": "checkout"}
    app.answers["block_suggestion"] = {"options": [option]}
    element = {"type": "external_select", "action_id": "service"}
    ts = await bench.post("x", blocks=[{"type": "actions", "block_id": "b", "elements": [element]}])
    container = {"type": "message", "channel": OPS, "ts": ts}
    loaded = await bench.act(ANA, "suggestions", container=container, block_id="b", action_id="service", value="che")
    assert loaded == {"ok": True, "options": [option]}
    assert app.payloads("interactive")[0]["value"] == "che"


async def test_shortcuts_on_messages_and_anywhere(bench: Bench, app: SocketApp) -> None:
    ts = await bench.post("interesting")
    await bench.act(ANA, "shortcuts", callback_id="declare_from_message", channel=OPS, ts=ts)
    await bench.act(ANA, "shortcuts", callback_id="declare_incident")
    on_message, anywhere = app.payloads("interactive")
    assert_shape(on_message, "MessageShortcutPayload")
    assert (on_message["type"], on_message["message"]["text"]) == ("message_action", "interesting")
    assert (anywhere["type"], "channel" in anywhere) == ("shortcut", False)
    wrong = await bench.act(ANA, "shortcuts", callback_id="declare_from_message")
    assert wrong["error"] == "unknown_shortcut"


async def respond(bench: Bench, url: str, **body: Any) -> int:
    async with bench.http.post(url, json=body) as answer:
        return answer.status


async def test_a_response_url_works_five_times(bench: Bench, app: SocketApp) -> None:
    await bench.act(ANA, "commands", channel=OPS, text="/incident")
    url = app.payloads("slash_commands")[0]["response_url"]
    statuses = [await respond(bench, url, text=f"answer {n}") for n in range(6)]
    assert statuses == [200] * 5 + [404]
    assert "answer 4" in await bench.texts(OPS, ANA)
    assert "answer 4" not in await bench.texts(OPS, BEA)


async def test_a_response_url_lives_half_an_hour(bench: Bench, app: SocketApp) -> None:
    await bench.act(ANA, "commands", channel=OPS, text="/incident")
    url = app.payloads("slash_commands")[0]["response_url"]
    bench.clock.advance(1801)
    async with bench.http.post(url, json={"text": "late"}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (404, "expired_url")


async def test_a_response_url_replaces_and_deletes_what_was_clicked(bench: Bench, app: SocketApp) -> None:
    await bench.ok("chat.postEphemeral", channel=OPS, user=ANA, text="sure?", blocks=[button("yes")])
    shown = (await bench.see(f"channels/{OPS}/messages?user={ANA}"))["messages"][-1]
    container = {"type": "message", "channel": OPS, "ts": shown["ts"]}
    await bench.act(ANA, "actions", container=container, block_id="block-yes", action={"action_id": "yes"})
    url = app.payloads("interactive")[0]["response_url"]
    await respond(bench, url, text="done", replace_original=True)
    assert (await bench.texts(OPS, ANA))[-1] == "done"
    await respond(bench, url, delete_original=True)
    assert "done" not in await bench.texts(OPS, ANA)


async def test_a_response_url_is_strict_too(bench: Bench, app: SocketApp) -> None:
    await bench.act(ANA, "commands", channel=OPS, text="/incident")
    url = app.payloads("slash_commands")[0]["response_url"]
    assert await respond(bench, url) == 404
    assert await respond(bench, url, text="x", blocks=[button("b" * 300)]) == 404


async def test_the_home_tab_tells_that_it_was_opened(bench: Bench, app: SocketApp) -> None:
    assert (await bench.act(ANA, "home"))["view"] is None
    event = await app.event("app_home_opened")
    assert (event["user"], event["tab"], event["channel"][0]) == (ANA, "home", "D")

    async def published() -> bool:
        home = {"type": "home", "blocks": [button("declare")]}
        await bench.ok("views.publish", user_id=ANA, view=home)
        return bool((await bench.see(f"home?user={ANA}"))["view"])

    await eventually_async(published)
    view = (await bench.see(f"home?user={ANA}"))["view"]
    container = {"type": "view", "view_id": view["id"]}
    await bench.act(ANA, "actions", container=container, block_id="block-declare", action={"action_id": "declare"})
    assert app.payloads("interactive")[0]["view"]["type"] == "home"
