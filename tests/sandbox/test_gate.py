"""What every Web API call passes: transport, token, scope, rate, faults, and the log."""

from __future__ import annotations

import ast
import asyncio
import io
import json
from pathlib import Path

import aiohttp
import pytest

from sandbox.errors import PLATFORM_WIDE
from sandbox.methods import METHODS
from sandbox.web_api.table import ANSWERS
from tests.sandbox.house import OPS, ROOT, Bench, manifest, section


def test_every_method_served_is_one_slack_documents_and_the_other_way_round() -> None:
    assert set(ANSWERS) == set(METHODS)


def raised_codes(path: Path) -> set[str]:
    """Return the literal codes a module raises as SlackError."""
    return {
        argument.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "SlackError"
        for argument in node.args[:1]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_every_error_code_in_the_code_is_one_slack_documents() -> None:
    known = set().union(*(facts.errors for facts in METHODS.values()))
    used = set().union(*(raised_codes(path) for path in (ROOT / "sandbox").rglob("*.py")))
    assert len(used) > 50
    assert used - known - PLATFORM_WIDE == set()


def test_the_codes_allowed_everywhere_are_documented_somewhere() -> None:
    known = set().union(*(facts.errors for facts in METHODS.values()))
    assert known >= PLATFORM_WIDE


@pytest.mark.parametrize("how", ["get", "query", "form", "json", "multipart", "token in form"])
async def test_arguments_arrive_however_they_are_sent(bench: Bench, how: str) -> None:
    url = f"{bench.slack.api_url}chat.postMessage"
    blocks = [section("from a form")]
    plain = {"channel": OPS, "text": "hi", "blocks": json.dumps(blocks)}
    headers = {"Authorization": f"Bearer {bench.slack.bot_token}"}
    match how:
        case "get":
            request = bench.http.get(url, params=plain, headers=headers)
        case "query":
            request = bench.http.post(url, params=plain, headers=headers)
        case "form":
            request = bench.http.post(url, data=plain, headers=headers)
        case "json":
            request = bench.http.post(url, json={**plain, "blocks": blocks}, headers=headers)
        case "multipart":
            form = aiohttp.FormData(plain, default_to_multipart=True)
            request = bench.http.post(url, data=form, headers=headers)
        case _:
            request = bench.http.post(url, data={**plain, "token": bench.slack.bot_token})
    async with request as answer:
        body = await answer.json()
    assert body["ok"], body
    assert body["message"]["blocks"][0]["text"]["text"] == "from a form"


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/json", b"{nonsense", "invalid_arguments"),
        ("application/json", b"[]", "invalid_arguments"),
        ("text/xml", b"<x/>", "invalid_post_type"),
    ],
)
async def test_bodies_that_make_no_sense_are_refused(bench: Bench, content_type: str, body: bytes, code: str) -> None:
    headers = {"Content-Type": content_type, "Authorization": f"Bearer {bench.slack.bot_token}"}
    url = f"{bench.slack.api_url}auth.test"
    async with bench.http.post(url, data=io.BytesIO(body), headers=headers) as answer:
        assert (await answer.json())["error"] == code


async def test_tokens_are_checked(bench: Bench) -> None:
    async with bench.http.post(f"{bench.slack.api_url}users.list") as answer:
        assert (await answer.json())["error"] == "not_authed"
    assert (await bench.raw("users.list", "xoxb-wrong"))[2]["error"] == "invalid_auth"
    assert (await bench.raw("users.list", bench.slack.app_token))[2]["error"] == "not_allowed_token_type"
    assert (await bench.raw("apps.connections.open"))[2]["error"] == "not_allowed_token_type"


async def test_an_unknown_method_is_named(bench: Bench) -> None:
    body = (await bench.raw("chat.shout"))[2]
    assert (body["error"], body["req_method"]) == ("unknown_method", "chat.shout")


async def test_a_missing_scope_names_what_is_needed_and_what_is_there() -> None:
    async with Bench(manifest=manifest(without=("pins:write",))) as bench:
        body = await bench.call("pins.add", channel=OPS, timestamp="1.0")
        assert (body["error"], body["needed"]) == ("missing_scope", "pins:write")
        assert "chat:write" in body["provided"].split(",")


async def test_a_tier_two_method_takes_twenty_calls_a_minute(bench: Bench) -> None:
    for _ in range(20):
        await bench.ok("pins.list", channel=OPS)
    status, headers, body = await bench.raw("pins.list", channel=OPS)
    assert (status, body["error"], headers["Retry-After"]) == (429, "ratelimited", "3")
    bench.clock.advance(2.9)
    assert (await bench.raw("pins.list", channel=OPS))[0] == 429
    bench.clock.advance(0.2)
    assert (await bench.raw("pins.list", channel=OPS))[0] == 200


async def test_posts_are_limited_per_channel_to_one_a_second_after_a_burst(bench: Bench) -> None:
    for number in range(5):
        await bench.post(str(number))
    status, headers, _ = await bench.raw("chat.postMessage", channel=OPS, text="x")
    assert (status, headers["Retry-After"]) == (429, "1")
    await bench.post("another channel is free", "C0GENERAL")
    bench.clock.advance(1.0)
    await bench.post("again")


async def test_in_haste_the_tiers_fill_up_as_much_faster_and_the_bursts_stay_as_they_are() -> None:
    async with Bench(haste=10.0) as bench:
        for number in range(5):
            await bench.post(str(number))
        assert (await bench.raw("chat.postMessage", channel=OPS, text="x"))[0] == 429
        bench.clock.advance(0.11)
        await bench.post("again")
        assert (await bench.raw("chat.postMessage", channel=OPS, text="x"))[0] == 429


async def test_a_lenient_workspace_has_no_rate_tiers() -> None:
    async with Bench(strict=False) as bench:
        for _ in range(25):
            await bench.ok("pins.list", channel=OPS)


@pytest.mark.parametrize(("kind", "status"), [("500", 500), ("503", 503), ("429", 429)])
async def test_faults_answer_with_their_status_as_often_as_told(bench: Bench, kind: str, status: int) -> None:
    await bench.switch(rules=[{"method": "auth.test", "kind": kind, "count": 2, "after": 1, "retry_after": 7}])
    seen = [await bench.raw("auth.test") for _ in range(4)]
    assert [row[0] for row in seen] == [200, status, status, 200]
    assert seen[1][1].get("Retry-After") == ("7" if kind == "429" else None)


async def test_a_fault_may_be_any_error_code(bench: Bench) -> None:
    await bench.switch(rules=[{"method": "*", "kind": "error:fatal_error"}])
    assert await bench.error("auth.test") == "fatal_error"
    await bench.switch(rules=[{"method": "pins.add", "kind": "missing_scope"}])
    body = await bench.call("pins.add", channel=OPS, timestamp="1.0")
    assert body["needed"] == "pins:write"


async def test_a_lost_answer_was_performed(bench: Bench) -> None:
    await bench.switch(rules=[{"method": "chat.postMessage", "kind": "lost_answer"}])
    with pytest.raises(aiohttp.ClientError):
        await bench.raw("chat.postMessage", channel=OPS, text="posted all the same")
    assert "posted all the same" in await bench.texts(OPS)


async def test_a_timeout_never_answers(bench: Bench) -> None:
    await bench.switch(rules=[{"method": "chat.postMessage", "kind": "timeout"}])
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bench.raw("chat.postMessage", channel=OPS, text="never posted"), 0.2)
    assert "never posted" not in await bench.texts(OPS)


async def test_an_unknown_fault_is_refused(bench: Bench) -> None:
    assert "no fault" in (await bench.switch(rules=[{"method": "*", "kind": "earthquake"}]))["error"]


async def test_latency_is_added_to_every_call(bench: Bench) -> None:
    await bench.switch(latency_ms=80)
    await bench.ok("auth.test")
    entries = (await bench.see("traffic"))["entries"]
    assert entries[-1]["ms"] >= 80


async def test_calls_are_counted_and_logged_without_secrets(bench: Bench) -> None:
    async with bench.http.post(f"{bench.slack.api_url}auth.test", data={"token": bench.slack.bot_token}) as answer:
        assert (await answer.json())["ok"]
    world = await bench.see("world")
    log = await bench.see("traffic")
    assert world["calls"] == {"auth.test": 1}
    assert (log["entries"][0]["name"], log["entries"][0]["direction"]) == ("auth.test", "in")
    assert bench.slack.bot_token not in json.dumps(log)


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_other_hosts_and_other_sites_are_turned_away(bench: Bench, headers: dict[str, str]) -> None:
    for path in ("/sandbox/api/world", "/api/auth.test", "/"):
        async with bench.http.get(bench.slack.url + path, headers=headers) as answer:
            assert answer.status == 403


def test_only_this_machine_is_served() -> None:
    with pytest.raises(ValueError, match=r"0\.0\.0\.0 is not a loopback address"):
        Bench(host="0.0.0.0")
